"""CSV that a spreadsheet may open: nothing runs, nothing is lost, numbers stay numbers."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from layers_core.i18n import lazy_gettext
from layers_core.usage.csv_writer import escape, unescape, write

# Other programs on the machine may be slow; the time of the code itself is measured where it matters.
calm = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
hostile = st.text(st.sampled_from("=+-@\t\r\n,;|\"' \u00a0\u200b＝＋－＠a1"), max_size=30) | st.text(max_size=30)
SEPARATORS = re.compile('[,;|"\t\r\n]')


def written(rows: list[dict[str, object]], fields: list[str]) -> str:
    stream = io.StringIO(newline="")
    write(rows, fields, stream)
    return stream.getvalue()


def read_back(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


@calm
@given(st.lists(st.fixed_dictionaries({"a": hostile, "b": hostile}), max_size=5))
def test_reading_back_gives_safe_cells_and_loses_nothing(rows: list[dict[str, str]]) -> None:
    lines = read_back(written(rows, ["a", "b"]))
    assert lines[0] == ["a", "b"]
    assert [[unescape(cell) for cell in line] for line in lines[1:]] == [[row["a"], row["b"]] for row in rows]
    for line in lines[1:]:
        for cell in line:
            # However a spreadsheet splits the cell again, no part starts a formula.
            for part in SEPARATORS.split(cell):
                assert not part.lstrip(" \u00a0\u200b\ufeff").startswith(tuple("=+-@＝＋－＠")), cell
            assert not cell.startswith(("\t", "\r", "\n"))


@calm
@given(hostile)
def test_escape_can_be_undone(text: str) -> None:
    assert unescape(escape(text)) == text


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("+44 7700 900123", "'+44 7700 900123"),
        ("-", "'-"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t'=1"),
        ("\rx", "'\rx"),
        ("  =1", "'  =1"),
        ("fine\n=cmd", "fine\n'=cmd"),
        ('a",=cmd|x', "a\",'=cmd|x"),
        ("a;+1", "a;'+1"),
        ("＝1", "'＝1"),
        ("'=already", "''=already"),
        ("it's 5 - 3 = 2", "it's 5 - 3 = 2"),
        ("'quoted'", "'quoted'"),
        ("", ""),
    ],
)
def test_the_written_rule(text: str, safe: str) -> None:
    assert escape(text) == safe


def test_numbers_stay_numbers_and_other_values_are_plain() -> None:
    row: dict[str, object] = {
        "int": -5,
        "float": -0.5,
        "decimal": Decimal("-1.50"),
        "yes": True,
        "none": None,
        "day": date(2026, 11, 22),
        "moment": datetime(2026, 11, 22, 9, 0, tzinfo=UTC),
        "words": lazy_gettext("-yes"),
        "infinite": float("-inf"),
        "id": UUID(int=1),
    }
    header, values = written([row], list(row)).split("\r\n")[:2]
    assert header.startswith('"int","float"')
    assert values == (
        '-5,-0.5,-1.50,"true","","2026-11-22","2026-11-22T09:00:00+00:00","\'-yes","\'-inf",'
        '"00000000-0000-0000-0000-000000000001"'
    )


def test_a_missing_field_is_empty_an_unknown_one_refused_and_headers_are_escaped() -> None:
    assert read_back(written([{"=a": "x"}], ["=a", "b"])) == [["'=a", "b"], ["x", ""]]
    with pytest.raises(ValueError, match="fields without a column: c"):
        written([{"c": 1}], ["a"])


def test_write_tells_the_number_of_rows_and_takes_a_stream_of_them() -> None:
    stream = io.StringIO(newline="")
    assert write(({"n": n} for n in range(3)), ["n"], stream) == 3
    assert stream.getvalue() == '"n"\r\n0\r\n1\r\n2\r\n'
