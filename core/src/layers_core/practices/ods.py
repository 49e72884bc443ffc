"""Reader of the NHS register of practices, `epraccur`: 27 columns, no header row, one practice a line.

Source of the columns and codes: NHS England's Organisation Data Service; they are kept in `data/ods.json`, since the
register changed its codes once already (status A became ACTIVE, setting 4 became RO76; both are read).
The file names no primary care network: those are in another of the register's files.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, BinaryIO

from layers_core.i18n import LazyString
from layers_core.i18n import lazy_gettext as _l
from layers_core.practices.display_names import display_name

_ZIP_START = b"PK\x03\x04"
_UTF16_STARTS = (b"\xff\xfe", b"\xfe\xff")
_LONGEST_LINE = 20_000


@dataclass(frozen=True)
class OdsPractice:
    """One practice of the register. ``name`` and ``address`` are written for people, the rest as in the file."""

    line: int
    ods_code: str
    name: str
    address: tuple[str, ...]
    postcode: str
    phone: str
    opened: date | None
    closed: date | None
    status: str
    icb_code: str
    sub_icb_code: str
    setting: str

    @property
    def is_gp_practice(self) -> bool:
        """Whether the prescribing setting is a GP practice (and not a prison, hospice or walk-in centre)."""
        return self.setting in data()["gp_practice_settings"]


@dataclass(frozen=True)
class OdsProblem:
    """What is wrong in one line (``line`` 0: the whole file) and what to do about it.

    ``imported`` tells whether the line still gave a practice; ``harmless`` marks a remark that is no fault.
    """

    line: int
    what: LazyString
    advice: LazyString
    imported: bool = False
    harmless: bool = False


@cache
def data() -> dict[str, Any]:
    """Return the register's columns and codes, read once."""
    text = files("layers_core.practices").joinpath("data/ods.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


@cache
def _code_pattern() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in data()["code_patterns"]))


def read(source: bytes | BinaryIO | Iterable[str] | Iterable[bytes]) -> Iterator[OdsPractice | OdsProblem]:
    """Yield a practice or a problem for each line that says something; blank lines are passed over.

    ``source`` is the file's bytes, a binary file, or its lines. Bytes are read as UTF-8, else as Windows-1252.
    Each line is read on its own, so one open quote cannot swallow the rest. Never raises on what the file holds.
    """
    first_line_of: dict[str, int] = {}
    may_be_header = True
    for number, raw in enumerate(_lines(source), start=1):
        if number == 1 and isinstance(raw, bytes) and (problem := _wrong_kind_of_file(raw)):
            yield problem
            return
        line = _decode(raw).strip("\r\n")
        if number == 1:
            line = line.removeprefix("\ufeff")
        if not line.strip(' ,\t"'):
            continue
        cells = _cells(line)
        if isinstance(cells, str):
            yield _problem_of_shape(number, cells)
            continue
        if may_be_header and cells[0].casefold() in data()["header_words"]:
            may_be_header = False
            yield _header_remark(number)
            continue
        may_be_header = False
        yield from _practice(number, cells, first_line_of)


def _lines(source: bytes | BinaryIO | Iterable[str] | Iterable[bytes]) -> Iterator[str | bytes]:
    if isinstance(source, bytes):
        yield from source.splitlines()
    else:
        yield from source


def _decode(raw: str | bytes) -> str:
    if isinstance(raw, str):
        return raw
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def _wrong_kind_of_file(start: bytes) -> OdsProblem | None:
    if start.startswith(_ZIP_START):
        return OdsProblem(0, _l("This is a ZIP or Excel file."), _l("Unpack it or save it as CSV, then try again."))
    if start.startswith(_UTF16_STARTS):
        return OdsProblem(0, _l("This file is saved as UTF-16."), _l("Save it as CSV in UTF-8, then try again."))
    return None


def _header_remark(line: int) -> OdsProblem:
    return OdsProblem(
        line,
        _l("The first row holds column names."),
        _l("We left it out. The epraccur file has no such row, so check that this is the right file."),
        harmless=True,
    )


def _cells(line: str) -> list[str] | str:
    """Return the line's cells, or a word for what is wrong with its shape."""
    if len(line) > _LONGEST_LINE:
        return "long"
    try:
        rows = list(csv.reader([line], strict=True))
    except csv.Error:
        return "quotes"
    cells = [cell.strip() for cell in rows[0]]
    return cells if len(cells) == len(data()["columns"]) else f"{len(cells)}"


def _problem_of_shape(line: int, shape: str) -> OdsProblem:
    wanted = len(data()["columns"])
    if shape == "long":
        return OdsProblem(line, _l("This line is far too long."), _l("Check that this is the epraccur file."))
    if shape == "quotes":
        what = _l("The quote marks in this line do not match.")
        return OdsProblem(line, what, _l("Each cell needs a quote mark at both ends or none."))
    what = _l("This line has %(found)s columns instead of %(wanted)s.", found=shape, wanted=wanted)
    return OdsProblem(line, what, _l("Use the file as it was downloaded; do not add or remove columns."))


def _practice(line: int, cells: list[str], first_line_of: dict[str, int]) -> Iterator[OdsPractice | OdsProblem]:
    row = dict(zip(data()["columns"], cells, strict=True))
    code = row["code"].upper()
    status = data()["status"].get(row["status"].upper())
    if problem := _fault(line, row, code, status, first_line_of):
        yield problem
        return
    first_line_of[code] = line
    dates: dict[str, date | None] = {}
    for name in ("opened", "closed"):
        dates[name] = _date(row[name])
        if row[name] and dates[name] is None:
            yield OdsProblem(
                line,
                _l("“%(value)s” is not a date.", value=row[name][:40]),
                _l("Dates are written as year, month and day: 19740401. We imported the practice without it."),
                imported=True,
            )
    yield OdsPractice(
        line=line,
        ods_code=code,
        name=display_name(row["name"]),
        address=tuple(display_name(row[f"address_{n}"]) for n in range(1, 6) if row[f"address_{n}"]),
        postcode=" ".join(row["postcode"].upper().split()),
        phone=row["phone"],
        opened=dates["opened"],
        closed=dates["closed"],
        status=str(status),
        icb_code=row["icb"].upper(),
        sub_icb_code=row["commissioner"].upper(),
        setting=row["setting"].upper(),
    )


def _fault(
    line: int, row: dict[str, str], code: str, status: str | None, first_line_of: dict[str, int]
) -> OdsProblem | None:
    """Return why the line gives no practice, or ``None``."""
    if not code:
        return OdsProblem(line, _l("The practice code is missing."), _l("Add the code in the first column."))
    if not _code_pattern().fullmatch(code):
        what = _l("“%(code)s” is not a practice code.", code=code[:40])
        return OdsProblem(line, what, _l("A practice code is a letter and five digits, such as A81043."))
    if not row["name"]:
        return OdsProblem(line, _l("%(code)s has no name.", code=code), _l("Add the name in the second column."))
    if status is None:
        what = _l("“%(status)s” is not a known status.", status=row["status"][:40])
        return OdsProblem(line, what, _l("Use A (active), C (closed), D (dormant) or P (proposed)."))
    if code in first_line_of:
        what = _l("%(code)s is already in line %(first)s.", code=code, first=first_line_of[code])
        return OdsProblem(line, what, _l("We kept the first one. Remove the line that is wrong."))
    return None


def _date(text: str) -> date | None:
    if not re.fullmatch(r"[0-9]{8}", text):
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None
