"""A whole portfolio as one zip: everything twice, once for machines (JSON lines, Leap2A) and once for people (HTML).

portfolio.json   what this is: version, whose, when
entries.jsonl    an entry a line
leap2a.xml       the same for other tools; its enclosures are the files below
index.html       the same to read without any tool
files/<digest>   the content of each file, once, under its SHA-256
"""

from __future__ import annotations

import json
import shutil
import tempfile
from html import escape
from typing import BinaryIO, cast
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from layers_core.i18n import format_date, language_tag, text_direction
from layers_core.i18n import gettext as _
from layers_reflect.portfolio.codec import line_of
from layers_reflect.portfolio.interchange import Entry, FileRecord, Portfolio
from layers_reflect.portfolio.leap2a_writer import FILES, Leap2AWriter
from layers_reflect.portfolio.sections import sections

VERSION = 1
ABOUT, ENTRIES, LEAP2A, INDEX = "portfolio.json", "entries.jsonl", "leap2a.xml", "index.html"
_IN_MEMORY = 1_000_000
_STYLE = (
    "body{font:1rem/1.5 sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem}"
    "article{border-top:1px solid;padding-bottom:1rem}p{white-space:pre-wrap;overflow-wrap:anywhere}"
    "@media print{article{break-inside:avoid}}"
)


def write(portfolio: Portfolio, out: BinaryIO) -> None:
    """Write the archive to a stream, which need not be seekable.

    Entries are read once and none is kept: what belongs into the later parts of the zip waits in temporary files.
    """
    with (
        ZipFile(out, "w", ZIP_DEFLATED) as archive,
        tempfile.SpooledTemporaryFile(_IN_MEMORY) as lines,
        tempfile.SpooledTemporaryFile(_IN_MEMORY) as feed,
        tempfile.SpooledTemporaryFile(_IN_MEMORY) as page,
    ):
        about = {"version": VERSION, "person": portfolio.person_name, "made_at": portfolio.made_at.isoformat()}
        archive.writestr(_member(ABOUT, portfolio), json.dumps(about, indent=1))
        leap = Leap2AWriter(cast("BinaryIO", feed))
        leap.begin(portfolio.person_name, portfolio.made_at)
        page.write(_head(portfolio).encode())
        digests: set[str] = set()
        for entry in portfolio.entries:
            lines.write(line_of(entry).encode("ascii") + b"\n")
            leap.entry(entry)
            page.write(_article(entry).encode("utf-8", "replace"))
            for file in entry.files:
                if file.digest not in digests:
                    digests.add(file.digest)
                    _store(archive, file, portfolio)
        leap.end()
        page.write(b"</main></body></html>\n")
        for name, spool in ((ENTRIES, lines), (LEAP2A, feed), (INDEX, page)):
            spool.seek(0)
            with archive.open(_member(name, portfolio), "w", force_zip64=True) as member:
                shutil.copyfileobj(spool, member)


def _member(name: str, portfolio: Portfolio, method: int = ZIP_DEFLATED) -> ZipInfo:
    """A member dated like the portfolio; a zip knows no year before 1980 or after 2107."""
    made = portfolio.made_at
    info = ZipInfo(name, (min(max(made.year, 1980), 2107), *made.timetuple()[1:6]))
    info.compress_type = method
    return info


def _store(archive: ZipFile, file: FileRecord, portfolio: Portfolio) -> None:
    try:
        content = file.open()
    except FileNotFoundError:
        # The store has lost it (`layers files check` says so). The rest of a portfolio shall not wait for it; whoever
        # reads the archive is told that it did not come along.
        return
    # Pictures, sound and documents are compressed already.
    with (
        content,
        archive.open(_member(FILES + file.digest, portfolio, ZIP_STORED), "w", force_zip64=True) as member,
    ):
        shutil.copyfileobj(content, member)


def _head(portfolio: Portfolio) -> str:
    title = escape(_("Portfolio of %(name)s", name=portfolio.person_name))
    made = escape(_("Made on %(date)s", date=format_date(portfolio.made_at)))
    return (
        f'<!doctype html><html lang="{language_tag()}" dir="{text_direction()}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{title}</title><style>{_STYLE}</style></head>'
        f"<body><main><h1>{title}</h1><p>{made}</p>\n"
    )


def _article(entry: Entry) -> str:
    said = "".join(
        (f"<h3>{escape(heading)}</h3>" if heading else "") + f"<p>{escape(text)}</p>"
        for heading, text in sections(entry)
    )
    files = "".join(
        f'<li><a href="{FILES}{file.digest}" type="{escape(file.media_type)}" download="{escape(file.name)}">'
        f"{escape(file.name)}</a></li>"
        for file in entry.files
    )
    return (
        f'<article lang="{escape(entry.language)}" dir="auto"><h2>{escape(entry.title)}</h2>'
        f"{said}{f'<ul>{files}</ul>' if files else ''}</article>\n"
    )
