"""The reader of the NHS register of practices: right rows come in, wrong ones are told by line."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from layers_core.practices.display_names import display_name
from layers_core.practices.ods import OdsPractice, OdsProblem, data, read

# Other programs on the machine may be slow; the time of the code itself is measured where it matters.
calm = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
SAMPLE = Path(__file__).parents[4] / "shared" / "data" / "practices" / "epraccur_sample.csv"


def line(**cells: str) -> str:
    row = {
        "code": "X10001",
        "name": "EXAMPLE SURGERY",
        "icb": "QZZ",
        "address_1": "1 HIGH STREET",
        "address_3": "STOKE-ON-TRENT",
        "postcode": "ZE1 0AA",
        "opened": "19740401",
        "status": "A",
        "commissioner": "00X",
        "phone": "01632 960000",
        "setting": "4",
        **cells,
    }
    return ",".join(f'"{row.get(column, "")}"' for column in data()["columns"])


def results(*lines: str) -> list[OdsPractice | OdsProblem]:
    return list(read("\r\n".join(lines).encode()))


def only(*lines: str) -> OdsPractice | OdsProblem:
    [result] = results(*lines)
    return result


def test_a_row_becomes_a_practice() -> None:
    assert only(line()) == OdsPractice(
        line=1,
        ods_code="X10001",
        name="Example Surgery",
        address=("1 High Street", "Stoke-on-Trent"),
        postcode="ZE1 0AA",
        phone="01632 960000",
        opened=date(1974, 4, 1),
        closed=None,
        status="active",
        icb_code="QZZ",
        sub_icb_code="00X",
        setting="4",
    )


@pytest.mark.real_files
def test_the_real_sample() -> None:
    with SAMPLE.open("rb") as stream:
        practices = list(read(stream))
    assert [(p.ods_code, p.name, p.postcode) for p in practices if isinstance(p, OdsPractice)][:2] == [
        ("A81043", "The Manor House Surgery", "TS6 0HA"),
        ("A81044", "McKenzie House Surgery", "TS25 1QU"),
    ]
    assert all(isinstance(practice, OdsPractice) for practice in practices)
    assert [p.is_gp_practice for p in practices if isinstance(p, OdsPractice)] == [False, True, False]


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"code": ""}, "code is missing"),
        ({"code": "A8104"}, "“A8104” is not a practice code"),
        ({"code": "=CMD()"}, "is not a practice code"),
        ({"name": " "}, "X10001 has no name"),
        ({"status": "Q"}, "“Q” is not a known status"),
        ({"status": ""}, "is not a known status"),
    ],
)
def test_a_wrong_row_is_told_and_the_rest_comes_in(cells: dict[str, str], words: str) -> None:
    problem, practice = results(line(**cells), line(code="X10002"))
    assert isinstance(problem, OdsProblem)
    assert (problem.line, problem.imported, problem.harmless) == (1, False, False)
    assert words in str(problem.what)
    assert str(problem.advice)
    assert isinstance(practice, OdsPractice)
    assert practice.line == 2


def test_a_wrong_number_of_columns_tells_both_numbers() -> None:
    problem = only(line() + ',"extra"')
    assert isinstance(problem, OdsProblem)
    assert str(problem.what) == "This line has 28 columns instead of 27."


def test_an_open_quote_costs_its_own_line_only() -> None:
    problem, practice = results('"X10009,"A SURGERY', line())
    assert isinstance(problem, OdsProblem)
    assert "quote marks" in str(problem.what)
    assert isinstance(practice, OdsPractice)


def test_the_second_of_two_equal_codes_is_told_with_the_first_ones_line() -> None:
    first, second = results(line(), line(code="x10001", name="ANOTHER"))
    assert isinstance(first, OdsPractice)
    assert isinstance(second, OdsProblem)
    assert str(second.what) == "X10001 is already in line 1."


def test_a_broken_row_does_not_reserve_its_code() -> None:
    problem, practice = results(line(name=""), line())
    assert isinstance(problem, OdsProblem)
    assert isinstance(practice, OdsPractice)


def test_a_wrong_date_leaves_the_practice_in() -> None:
    problem, practice = results(line(opened="19741301", closed="soon"))[0], results(line(closed="20240230"))[-1]
    assert isinstance(problem, OdsProblem)
    assert problem.imported
    assert "19741301" in str(problem.what)
    assert isinstance(practice, OdsPractice)
    assert practice.closed is None
    assert practice.opened == date(1974, 4, 1)


def test_a_header_row_is_a_harmless_remark() -> None:
    header = ",".join(["Organisation Code", "Name"] + ["x"] * 25)
    remark, practice = results(header, line())
    assert isinstance(remark, OdsProblem)
    assert remark.harmless
    assert isinstance(practice, OdsPractice)


def test_blank_lines_are_passed_over_but_counted() -> None:
    practice = only("", "  ", "," * 26, line())
    assert isinstance(practice, OdsPractice)
    assert practice.line == 4


@pytest.mark.parametrize(
    "content",
    [
        line(name="CAFÉ SURGERY").encode("utf-8-sig"),
        line(name="CAFÉ SURGERY").encode("utf-8"),
        line(name="CAFÉ SURGERY").encode("cp1252"),
    ],
)
def test_encodings_and_a_byte_order_mark(content: bytes) -> None:
    for source in (content, io.BytesIO(content), io.BytesIO(content).readlines()):
        [practice] = read(source)
        assert isinstance(practice, OdsPractice)
        assert practice.name == "Café Surgery"


def test_lines_of_text_are_read_too() -> None:
    [practice] = read(["\ufeff" + line()])
    assert isinstance(practice, OdsPractice)


@pytest.mark.parametrize("content", [b"PK\x03\x04\x14\x00", line().encode("utf-16")])
def test_another_kind_of_file_is_told_once(content: bytes) -> None:
    [problem] = read(content)
    assert isinstance(problem, OdsProblem)
    assert problem.line == 0


@pytest.mark.parametrize(
    ("code", "status"),
    [("A", "active"), ("C", "closed"), ("D", "dormant"), ("P", "proposed"), ("ACTIVE", "active"), ("a", "active")],
)
def test_statuses_of_both_layouts(code: str, status: str) -> None:
    practice = only(line(status=code, setting="RO76"))
    assert isinstance(practice, OdsPractice)
    assert practice.status == status
    assert practice.is_gp_practice


@calm
@given(st.binary(max_size=400) | st.text(max_size=400).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_never_raises_whatever_the_file_holds(content: bytes) -> None:
    for result in read(content):
        assert isinstance(result, OdsPractice | OdsProblem)


@pytest.mark.parametrize(
    ("register", "shown"),
    [
        ("THE MANOR HOUSE SURGERY", "The Manor House Surgery"),
        ("ST MARY'S SURGERY", "St Mary's Surgery"),
        ("DR A B SMITH & PARTNERS", "Dr A B Smith & Partners"),
        ("MCKENZIE HOUSE", "McKenzie House"),
        ("O'NEILL (NHS) GP-LED CENTRE", "O'Neill (NHS) GP-Led Centre"),
        ("PRACTICE OF THE OAKS", "Practice of the Oaks"),
        ("1ST AVENUE  SURGERY", "1st Avenue Surgery"),
        ("BURTON UPON TRENT", "Burton upon Trent"),
        ("iHealth at Home", "iHealth at Home"),
        ("", ""),
    ],
)
def test_names_for_people(register: str, shown: str) -> None:
    assert display_name(register) == shown
