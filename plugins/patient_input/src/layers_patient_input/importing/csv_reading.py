"""Reading a table of comma-separated values as it comes: letters, separators, line breaks inside of cells. Pure.

Nothing is guessed in silence: what the file seems to be (`Shape`) is shown before anything is kept, and a row that can
be read in two ways is a fault of that row. The whole file is never in memory.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from io import TextIOWrapper
from itertools import islice
from typing import Any, BinaryIO, cast

from layers_core.i18n import gettext as _
from layers_core.usage.csv_writer import unescape
from layers_core.vocabulary import vocabulary
from layers_patient_input.importing.letters import Unreadable, encoding_of
from layers_patient_input.redaction import cleaned
from layers_patient_input.wording import PACKAGE

LIMITS: dict[str, Any] = vocabulary("import_limits", PACKAGE)
DELIMITERS = (",", ";", "\t", "|")
_MOST = LIMITS["characters_a_row"]
_MOST_OF_A_NAME = 200
_LOOKED_AT = 100
"""So many rows tell which separator it is."""
LINE, WHY = "layers_line", "layers_why"
"""The first columns of our own list of wrong rows, in which cells that a spreadsheet could run are made harmless."""
_SEPARATOR_LINE = re.compile(r"sep=(.)\s*\Z")


@dataclass(frozen=True)
class Shape:
    """How a file is read: its letters, its separator, the line before the first row, and the names of its columns.

    `headed` says whether the first row holds those names.
    """

    encoding: str
    delimiter: str
    skipped: int
    header: tuple[str, ...]
    headed: bool

    def as_json(self) -> dict[str, Any]:
        """For a column of a table."""
        return {**asdict(self), "header": list(self.header)}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Shape:
        """What `as_json` gave."""
        return cls(**{**kept, "header": tuple(kept["header"])})


@dataclass(frozen=True)
class Row:
    """A row: which one of the file's rows it is, from 0, and the line on which it begins, from 1.

    `fault` is a code of data/import_faults.json where its cells cannot be told apart; `cells` is what there is of them.
    """

    number: int
    line: int
    cells: tuple[str, ...]
    fault: str = ""


def shape_of(stream: BinaryIO) -> Shape:
    """Find out how a file is read. Raises Unreadable for one that is no table, or whose letters are mixed."""
    encoding = encoding_of(stream)
    skipped, delimiter = 0, ""
    first = next(_lines(stream, encoding), "")
    if (said := _SEPARATOR_LINE.match(first)) and said[1] in DELIMITERS:
        skipped, delimiter = 1, said[1]
    delimiter = delimiter or _delimiter(stream, encoding)
    unnamed = Shape(encoding, delimiter, skipped, (), headed=False)
    top = next(rows(stream, unnamed), None)
    if top is None or top.fault or len(top.cells) < 2:
        raise Unreadable(_("We found no columns in this file. Save it as CSV, with a date and an answer in each row"))
    if len(top.cells) > LIMITS["columns"]:
        raise Unreadable(
            _("This file has more than %(number)s columns. Keep those with answers", number=LIMITS["columns"])
        )
    return Shape(
        encoding, delimiter, skipped, tuple(cleaned(name)[:_MOST_OF_A_NAME] for name in top.cells), headed=True
    )


def without_header(shape: Shape) -> Shape:
    """The same file where its first row is an answer already: columns are called by their number."""
    names = tuple(_("Column %(number)s", number=number) for number in range(1, len(shape.header) + 1))
    return Shape(shape.encoding, shape.delimiter, shape.skipped, names, headed=False)


def rows(stream: BinaryIO, shape: Shape) -> Iterator[Row]:
    """The rows below the header in order, without empty ones; from the start, whatever was read before."""
    lines = _Lines(islice(_lines(stream, shape.encoding), shape.skipped, None), shape.skipped)
    reader = csv.reader(lines, delimiter=shape.delimiter, strict=True)
    ours = shape.header[:2] == (LINE, WHY)
    number = -shape.headed
    while True:
        line = lines.begin()
        fault = ""
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, _TooLong) as error:
            # Strict: a stray quotation mark would swallow the rows below it. They are read again from the next line.
            fault = "huge" if isinstance(error, _TooLong) else "quotes"
            cells = [lines.again().rstrip("\r\n")]
        if ours:
            cells = [unescape(cell) for cell in cells]
        if not any(cell.strip() for cell in cells):
            continue
        if number >= 0:
            width = len(shape.header)
            if not fault and shape.header and any(cell.strip() for cell in cells[width:]):
                fault = "columns"
            yield Row(number, line, tuple(cells), fault)
        number += 1


class _TooLong(Exception):
    """A row goes on for longer than anybody writes."""


class _Lines:
    """Lines for the csv module, which remembers those of the present row, so that they can be read again."""

    def __init__(self, source: Iterator[str], before: int) -> None:
        self._source = source
        self._row: list[str] = []
        self._waiting: list[str] = []
        self._read, self._size = before, 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._waiting.pop() if self._waiting else next(self._source)
        self._row.append(line)
        self._read += 1
        self._size += len(line)
        if self._size > _MOST:
            raise _TooLong
        return line

    def begin(self) -> int:
        """Begin a row; gives the number of its first line."""
        self._row, self._size = [], 0
        return self._read + 1

    def again(self) -> str:
        """Let the csv module have all lines of the present row once more, but its first, which this gives."""
        first, *others = self._row
        self._waiting += reversed(others)
        self._read -= len(others)
        return first


def _lines(stream: BinaryIO, encoding: str) -> Iterator[str]:
    """The lines of a file with their ends; of one that is too long just enough to see that it is."""
    stream.seek(0)
    text = TextIOWrapper(cast("Any", stream), encoding, newline="")
    try:
        while line := text.readline(_MOST + 1):
            rest = line
            while len(rest) > _MOST and not rest.endswith(("\n", "\r")):
                rest = text.readline(_MOST + 1)
            yield line
    finally:
        # Whoever opened the file closes it, maybe before this generator ends.
        if not stream.closed:
            text.detach()


def _delimiter(stream: BinaryIO, encoding: str) -> str:
    """The separator with which most of the first rows have the same number of cells, and most cells."""

    def agreement(delimiter: str) -> tuple[float, int]:
        shape = Shape(encoding, delimiter, 0, (), headed=False)
        widths = [len(row.cells) for row in islice(rows(stream, shape), _LOOKED_AT) if not row.fault]
        if not widths or widths[0] < 2:
            return 0, 0
        same = Counter(widths)[widths[0]]
        return same / len(widths), widths[0]

    return max(DELIMITERS, key=agreement)
