"""With which letters a file is written. Pure; the whole of it is looked at, and never in memory at once."""

from __future__ import annotations

import codecs
from typing import BinaryIO

from layers_core.i18n import gettext as _

_CHUNK = 1 << 20
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_OTHER_FILES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"\x1f\x8b", b"{\\rtf")


class Unreadable(ValueError):
    """The file is no table that can be read. The message is for people and says what to do."""


def encoding_of(stream: BinaryIO) -> str:
    """The letters of a file. Raises Unreadable for a file of another kind, and where they are mixed."""
    stream.seek(0)
    start = stream.read(4096)
    if start.startswith(_OTHER_FILES):
        raise Unreadable(_("This is no CSV file. Open it in your spreadsheet, choose “Save as”, then “CSV UTF-8”"))
    if not start.strip():
        raise Unreadable(_("This file is empty"))
    encoding = next((name for bom, name in _BOMS if start.startswith(bom)), "") or _utf_16(start)
    if not encoding:
        encoding = "cp1252" if _first_wrong(stream, "utf-8") else "utf-8"
    if line := _first_wrong(stream, encoding):
        words = _("We cannot read the letters on line %(line)s. Save the file as “CSV UTF-8”", line=f"{line:,}")
        raise Unreadable(words)
    if encoding == "cp1252" and (line := _mixed(stream)):
        words = _(
            "Line %(line)s has letters of another kind than other lines. Mend it, then save the file as “CSV UTF-8”",
            line=f"{line:,}",
        )
        raise Unreadable(words)
    if start.count(b"\0") > len(start) // 100 and not encoding.startswith("utf-16"):
        raise Unreadable(_("This is no CSV file. Open it in your spreadsheet, choose “Save as”, then “CSV UTF-8”"))
    return encoding


def _utf_16(start: bytes) -> str:
    """UTF-16 without a mark: Latin letters have a zero in each second place."""
    half = len(start) // 2
    if start[1::2].count(0) > 0.7 * half:
        return "utf-16-le"
    return "utf-16-be" if start[0::2].count(0) > 0.7 * half else ""


def _first_wrong(stream: BinaryIO, encoding: str) -> int:
    """The line on which letters are not in this encoding; 0 where all are."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    stream.seek(0)
    line = 1
    while True:
        chunk = stream.read(_CHUNK)
        try:
            line += decoder.decode(chunk, final=not chunk).count("\n")
        except UnicodeDecodeError as error:
            return line + error.object[: error.start].count(b"\n")
        if not chunk:
            return 0


def _mixed(stream: BinaryIO) -> int:
    """The first line with a letter that is not UTF-8, in a file where others are; 0 where none are."""
    wrong = 0
    right = False
    stream.seek(0)
    for number, line in enumerate(iter(lambda: stream.readline(_CHUNK), b""), 1):
        if line.isascii():
            continue
        try:
            line.decode()
            right = True
        except UnicodeDecodeError:
            wrong = wrong or number
    return wrong if right else 0
