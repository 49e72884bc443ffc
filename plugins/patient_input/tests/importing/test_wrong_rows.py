"""The file of wrong rows: read again it holds the same cells, and a spreadsheet runs none of them."""

from __future__ import annotations

import csv
import io

from hypothesis import given, settings
from hypothesis import strategies as st

from layers_patient_input.importing import wrong_rows
from layers_patient_input.importing.csv_reading import LINE, WHY, Shape, rows, shape_of

_CELL = st.one_of(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12).map(str.strip),
    st.sampled_from(["=1+1", "'=1", "+44", "-", "@x", "a,=b", 'say "hi"', "two\nlines", "''=x", " "]),
)


def written(shape: Shape, content: bytes, numbers: list[int]) -> bytes:
    out = io.BytesIO()
    wrong_rows.write(shape, rows(io.BytesIO(content), shape), ((number, "date") for number in numbers), out)
    return out.getvalue()


@given(
    st.lists(
        st.lists(_CELL, min_size=3, max_size=3).filter(lambda row: any(map(str.strip, row))), min_size=1, max_size=6
    )
)
@settings(max_examples=60, deadline=None)
def test_what_is_brought_again_is_what_it_was(table: list[list[str]]) -> None:
    source = io.StringIO(newline="")
    csv.writer(source).writerows([["Date", "Answer", "Comments"], *table])
    content = source.getvalue().encode()
    shape = Shape("utf-8", ",", 0, ("Date", "Answer", "Comments"), headed=True)
    first = written(shape, content, list(range(len(table))))
    again = Shape("utf-8-sig", ",", 0, (LINE, WHY, "Date", "Answer", "Comments"), headed=True)
    assert [list(row.cells[2:]) for row in rows(io.BytesIO(first), again)] == table
    # And once more: a list of wrong rows that is still wrong.
    second = written(again, first, list(range(len(table))))
    assert [list(row.cells[2:]) for row in rows(io.BytesIO(second), again)] == table
    for cell in (cell for line in csv.reader(io.StringIO(first.decode("utf-8-sig"), newline="")) for cell in line):
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_rows_that_are_no_rows_are_in_it_too() -> None:
    content = b'Date,Answer,Date\n1/3/2026,Good,"not closed\n2/3/2026,I came, I saw, won\n3/3/2026,Good,\n'
    shape = shape_of(io.BytesIO(content))
    lines = list(csv.reader(io.StringIO(written(shape, content, [0, 1]).decode("utf-8-sig"), newline="")))
    assert [line[:1] + line[2:] for line in lines] == [
        [LINE, "Date", "Answer", "Date (2)"],
        ["2", '1/3/2026,Good,"not closed', "", ""],
        ["3", "2/3/2026", "I came", " I saw, won"],
    ]
