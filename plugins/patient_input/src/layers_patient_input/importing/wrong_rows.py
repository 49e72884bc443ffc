"""The rows that could not be brought in as a file: to be mended and brought again. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import TextIOWrapper
from typing import IO

from layers_core.usage import csv_writer
from layers_core.vocabulary import label
from layers_patient_input.importing.csv_reading import LINE, WHY, Row, Shape
from layers_patient_input.wording import PACKAGE


def write(shape: Shape, rows: Iterable[Row], faults: Iterable[tuple[int, str]], out: IO[bytes]) -> None:
    """Write those rows of a file that `faults` names, by their number and why; both come in the file's order.

    With a mark for UTF-8 first, because a spreadsheet takes the letters for others without it.
    """
    stream = TextIOWrapper(out, "utf-8-sig", newline="")
    # A list of wrong rows that was brought again has these columns already.
    ours = 2 * (shape.header[:2] == (LINE, WHY))
    columns = _unique(shape.header[ours:])
    csv_writer.write(_cells(shape, columns, ours, rows, faults), [LINE, WHY, *columns], stream)
    stream.detach()


def _cells(
    shape: Shape, columns: Sequence[str], ours: int, rows: Iterable[Row], faults: Iterable[tuple[int, str]]
) -> Iterator[Mapping[str, object]]:
    left = iter(faults)
    wanted = next(left, None)
    last = len(columns) - 1
    for row in rows:
        if wanted is None:
            return
        if row.number == wanted[0]:
            # Nothing is lost of a row with too many cells: those that have no column stand in the last one.
            cells = [*row.cells[ours : ours + last], shape.delimiter.join(row.cells[ours + last :])]
            why = label("import_faults", wanted[1], PACKAGE)
            yield {LINE: row.line, WHY: why, **dict(zip(columns, cells, strict=False))}
            wanted = next(left, None)


def _unique(header: Sequence[str]) -> list[str]:
    """The names of the columns, each once."""
    names: list[str] = []
    for name in header:
        unique, number = name, 2
        while unique in names or unique in {LINE, WHY}:
            unique, number = f"{name} ({number})", number + 1
        names.append(unique)
    return names
