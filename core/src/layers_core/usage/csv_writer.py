"""The one writer of CSV files: whoever opens one in a spreadsheet must not run what a stranger typed.

A spreadsheet takes a cell that begins with ``= + - @`` (also in full width), a tab or a line break for a formula.
Some split a cell again at a comma, semicolon, tab, bar, quote or line break inside it. So an apostrophe is put
before such a sign at the start of a text cell and after each of those separators. Rule, exactly: at each *cell start*
(the start, or just after a separator) where the text reads apostrophes, then spaces, then a sign, one apostrophe is
added. `unescape` takes exactly that one away again, so nothing is lost. Numbers are never touched.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import TextIO

_SIGNS = "=+\\-@\\t\\r\\n\uff1d\uff0b\uff0d\uff20"
# Spaces that a spreadsheet trims before it looks; separators are not among them.
_SPACES = "[ \u00a0\u200b\ufeff]*"
_CELL_START = '(?:(?<=[,;|"\\t\\r\\n])|\\A)'
_DANGEROUS = re.compile(f"{_CELL_START}(?='*{_SPACES}[{_SIGNS}])")
_ESCAPED = re.compile(f"{_CELL_START}'(?='*{_SPACES}[{_SIGNS}])")

Cell = object


def escape(text: str) -> str:
    """Return the text as a spreadsheet may open it; `unescape` gives the text back."""
    return _DANGEROUS.sub("'", text)


def unescape(cell: str) -> str:
    """Return what was given to `escape`: the reverse, for programs that read our files."""
    return _ESCAPED.sub("", cell)


def _cell(value: Cell) -> str | int | float | Decimal:
    """Return the value as the csv module writes it: numbers unquoted and untouched, all else as escaped text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | Decimal):
        is_finite = value == value and value not in (float("inf"), float("-inf"))
        return value if is_finite else escape(str(value))
    if isinstance(value, date | datetime | time):
        return escape(value.isoformat())
    return escape(str(value))


def write(rows: Iterable[Mapping[str, Cell]], fields: Sequence[str], stream: TextIO) -> int:
    """Write a header of the field names and one line for each row; return the number of rows.

    Args:
        rows: one mapping for each line; a field that is missing or ``None`` is an empty cell.
        fields: the columns, in order; they are escaped too.
        stream: a text stream opened with ``newline=""``. Lines end with CR LF (RFC 4180).

    Raises:
        ValueError: a row holds a field that is not among ``fields``; nothing is dropped in silence.
    """
    writer = csv.writer(stream, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    writer.writerow([escape(name) for name in fields])
    known = set(fields)
    count = 0
    for row in rows:
        if not known.issuperset(row):
            raise ValueError(f"fields without a column: {', '.join(sorted(set(row) - known))}")
        writer.writerow([_cell(row.get(name)) for name in fields])
        count += 1
    return count
