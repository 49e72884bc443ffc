"""A portfolio as one page to read and print: contents first, then each entry. It loads nothing."""

from __future__ import annotations

import shutil
import tempfile
from html import escape
from typing import BinaryIO

from layers_core.i18n import format_date, language_tag, ngettext, text_direction
from layers_core.i18n import gettext as _
from layers_reflect.portfolio import readable
from layers_reflect.portfolio.interchange import Entry, Portfolio

IN_MEMORY = 2_000_000
_STYLE = """
body{font:1.0625rem/1.5 Arial,Helvetica,sans-serif;color:#212b32;max-width:44rem;margin:0 auto;padding:1.5rem}
h1{font-size:2rem;line-height:1.2;margin:0 0 .5rem}h2{font-size:1.375rem;line-height:1.3;margin:2rem 0 .5rem}
h3{font-size:1.0625rem;margin:1rem 0 .25rem}p,dd{overflow-wrap:anywhere}p{margin:0 0 .75rem;white-space:pre-line}
dl{display:grid;grid-template-columns:minmax(7rem,11rem) 1fr;gap:.25rem 1rem;margin:0 0 1rem;font-size:.9375rem}
dt{color:#4c6272}dd{margin:0}ol{padding-inline-start:1.5rem}a{color:#005eb8}
article{border-top:1px solid #d8dde0;margin-top:2rem}.small{color:#4c6272;font-size:.9375rem}
@media (max-width:30rem){dl{display:block}dd{margin-bottom:.5rem}}
@media print{body{max-width:none;padding:0;font-size:11pt}a{color:inherit;text-decoration:none}
h2,h3,dt{break-after:avoid}dl{break-inside:avoid}p{orphans:3;widows:3}
nav{break-after:page}nav a::after{content:leader(" .") " " target-counter(attr(href),page)}
article{break-before:page;border:0;margin:0}.first{break-before:auto}h2{margin-top:0}}
@page{size:A4;margin:20mm;@bottom-right{content:counter(page) " / " counter(pages);font-size:9pt;color:#4c6272}}
"""


def write(portfolio: Portfolio, out: BinaryIO) -> None:
    """Write a portfolio as one HTML page. Entries are read once; what is kept of each is a line of the contents."""
    contents: list[str] = []
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as entries:
        for number, entry in enumerate(portfolio.entries, 1):
            entries.write(_bytes(_article(entry, number)))
            day = escape(format_date(readable.happened_on(entry)))
            contents.append(
                f'<li><a href="#e{number}">{escape(entry.title)} <span class="small">{day}</span></a></li>\n'
            )
        out.write(_bytes(_head(portfolio, len(contents))))
        out.writelines(_bytes(line) for line in contents)
        out.write(b"</ol></nav>\n")
        entries.seek(0)
        shutil.copyfileobj(entries, out)
    out.write(b"</main></body></html>\n")


def heading_of(portfolio: Portfolio) -> str:
    """What stands on top of a printed portfolio."""
    return _("Portfolio of %(name)s", name=portfolio.person_name) if portfolio.person_name else _("Portfolio")


def made_on(portfolio: Portfolio, entries: int) -> str:
    """The line under the heading: how much it is and when it was made."""
    many = ngettext("%(num)s entry", "%(num)s entries", entries)
    return _("%(many)s. Made on %(date)s.", many=many, date=format_date(portfolio.made_at))


def _head(portfolio: Portfolio, entries: int) -> str:
    title = escape(heading_of(portfolio))
    return (
        f'<!DOCTYPE html>\n<html lang="{language_tag()}" dir="{text_direction()}">'
        f'<head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<style>{_STYLE}</style></head><body><main>\n<h1 dir="auto">{title}</h1>\n'
        f'<p class="small">{escape(made_on(portfolio, entries))}</p>\n'
        f'<nav aria-labelledby="contents"><h2 id="contents">{escape(_("Contents"))}</h2>\n<ol>\n'
    )


def _article(entry: Entry, number: int) -> str:
    lines = [
        f'<article id="e{number}"{" class=first" if number == 1 else ""} lang="{escape(entry.language)}">'
        f'<h2 dir="auto">{escape(entry.title)}</h2>\n<dl>'
    ]
    lines += [f'<dt>{escape(name)}</dt><dd dir="auto">{escape(words)}</dd>' for name, words in readable.facts(entry)]
    lines.append("</dl>\n")
    for heading, text in readable.said(entry):
        lines.append(f"<h3>{escape(heading)}</h3>" if heading else "")
        lines.append(f'<p dir="auto">{escape(text)}</p>\n')
    if entry.actions:
        lines.append(f"<h3>{escape(_('What I will do'))}</h3>")
        lines += [f'<p dir="auto">{escape(readable.promised(action))}</p>\n' for action in entry.actions]
    lines.append("</article>\n")
    return "".join(lines)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")
