"""Reading tables as they come: letters, separators, line breaks, and what is no table."""

from __future__ import annotations

import csv
import io
import time
import tracemalloc
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers_patient_input.importing.csv_reading import LIMITS, Shape, rows, shape_of
from layers_patient_input.importing.letters import Unreadable

TABLE = "Date,Answer,Comments\r\n01/03/2026,Very good,“Kind” – like a café\r\n02/03/2026,Poor,\r\n"


def cells(content: bytes) -> list[tuple[str, ...]]:
    stream = io.BytesIO(content)
    return [row.cells for row in rows(stream, shape_of(stream))]


def found(content: bytes) -> list[tuple[int, str]]:
    """The lines of the rows with their faults."""
    stream = io.BytesIO(content)
    return [(row.line, row.fault) for row in rows(stream, shape_of(stream))]


def written(table: list[list[str]], delimiter: str = ",") -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(table)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_letters_and_separators_are_found_out(encoding: str, delimiter: str) -> None:
    content = TABLE.replace(",", delimiter).encode(encoding)
    stream = io.BytesIO(content)
    shape = shape_of(stream)
    assert shape.delimiter == delimiter
    assert shape.header == ("Date", "Answer", "Comments")
    assert cells(content)[0] == ("01/03/2026", "Very good", "“Kind” – like a café")


def test_a_line_that_names_the_separator_is_no_row() -> None:
    content = b"sep=;\r\nDate;Answer\r\n1/3/2026;Good, really\r\n"
    assert cells(content) == [("1/3/2026", "Good, really")]
    assert found(content) == [(3, "")]


def test_line_breaks_within_quotation_marks_belong_to_the_cell() -> None:
    content = b'Date,Answer,Text\n1/3/2026,Good,"First line\r\nsecond, ""said"" line"\n\n,,\n2/3/2026,Poor,\n'
    assert cells(content) == [
        ("1/3/2026", "Good", 'First line\r\nsecond, "said" line'),
        ("2/3/2026", "Poor", ""),
    ]
    assert [line for line, _fault in found(content)] == [2, 6]


def test_the_comma_in_a_table_of_semicolons_is_text() -> None:
    content = b"Date;Answer;Text\n1/3/2026;Good;Well, well, well\n"
    assert cells(content) == [("1/3/2026", "Good", "Well, well, well")]


def test_a_quotation_mark_that_is_not_closed_costs_its_own_row_alone() -> None:
    content = b'Date,Answer,Text\n1/3/2026,Good,"not closed\n2/3/2026,Poor,\n3/3/2026,Good,"fine"\n4/3/2026,Good,x\n'
    assert found(content) == [(2, "quotes"), (3, ""), (4, ""), (5, "")]
    assert found(content[: content.index(b"4/3") - 1].replace(b'"fine"', b"")) == [(2, "quotes"), (3, ""), (4, "")]


def test_quotation_marks_within_words_are_no_guess() -> None:
    content = b'Date,Answer,Text\n1/3/2026,Good,"she said "hello" to me"\n2/3/2026,Poor,5" away\n'
    assert found(content) == [(2, "quotes"), (3, "")]


def test_rows_of_another_width() -> None:
    content = b"Date,Answer,Text\n1/3/2026,Good\n2/3/2026,Good,I came, I saw\n3/3/2026,Good,x,,\n"
    assert found(content) == [(2, ""), (3, "columns"), (4, "")]


def test_a_row_that_is_too_long_costs_itself_alone() -> None:
    most = LIMITS["characters_a_row"]
    content = f"Date,Answer,Text\n1/3/2026,Good,{'x' * 1_000_000}\n2/3/2026,Poor,{'y' * (most - 20)}\n".encode()
    assert found(content) == [(2, "huge"), (3, "")]
    quoted = 'Date,Answer,Text\n1/3/2026,Good,"' + "line\n" * most + "2/3/2026,Poor,fine\n"
    assert found(quoted.encode())[0] == (2, "huge")
    assert cells(quoted.encode())[-1] == ("2/3/2026", "Poor", "fine")


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("answers.csv", TABLE)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b" \r\n\r\n", "empty"),
        (zipped(), "no CSV file"),
        (b"\xd0\xcf\x11\xe0" + bytes(1000), "no CSV file"),
        (b"Date,Answer\n" + bytes(range(32)) * 100, "no CSV file"),
        (b"only one column\nvery good\n", "no columns"),
        (b'"never closed,Answer\n1/3/2026,Good\n', "no columns"),
        (("x," * 10_000 + "\n1/3/2026,Good\n").encode(), "more than 100 columns"),
        ("Date,Answer,Text\n1/3/2026,Good,café\n".encode() + "2/3/2026,Poor,café\n".encode("cp1252"), "Line 3"),
        (b"Date,Answer,Text\n1/3/2026,Good,\x81\x8d\n", "line 2"),
        (b"\xff\xfeD\x00a\x00\x00\xd8", "letters on line"),
    ],
    ids=["empty", "blank", "zip", "xls", "bytes", "one column", "quote", "columns", "mixed", "undefined", "surrogate"],
)
def test_what_is_no_table_is_refused_with_what_to_do(content: bytes, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        shape_of(io.BytesIO(content))


def test_what_is_kept_of_the_shape_is_the_shape() -> None:
    shape = shape_of(io.BytesIO(TABLE.encode()))
    assert Shape.from_json(shape.as_json()) == shape


def test_memory_stays_flat_and_reading_is_linear() -> None:
    """Also where each row begins with a quotation mark that is not closed."""
    line = b'1/3/2026,Good,"not closed\n'
    took = []
    for number in (20_000, 80_000):
        stream = io.BytesIO(b"Date,Answer,Text\n" + line * number)
        shape = shape_of(stream)
        tracemalloc.start()
        begun = time.process_time()
        assert sum(1 for row in rows(stream, shape)) == number
        took.append(time.process_time() - begun)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert most < 4_000_000
    assert took[1] < 10 * took[0]


_CELL = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20).map(str.strip)


@given(
    st.lists(st.lists(_CELL, min_size=3, max_size=3).filter(any), min_size=1, max_size=8),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["utf-8-sig", "utf-16"]),
)
@settings(max_examples=60, deadline=None)
def test_what_a_spreadsheet_writes_is_read_as_it_was(table: list[list[str]], delimiter: str, encoding: str) -> None:
    header = ["Date", "Answer", "Comments"]
    content = written([header, *table], delimiter).encode(encoding)
    stream = io.BytesIO(content)
    # The separator itself is found out in the tests above: free words may hold every one of them more often.
    shape = Shape(encoding, delimiter, 0, tuple(header), headed=True)
    assert [list(row.cells) for row in rows(stream, shape)] == table


@given(st.binary(max_size=400))
@settings(max_examples=200, deadline=None)
def test_no_file_is_a_fault_of_ours(content: bytes) -> None:
    stream = io.BytesIO(content)
    try:
        shape = shape_of(stream)
    except Unreadable:
        return
    assert len(shape.header) >= 2
    list(rows(stream, shape))
