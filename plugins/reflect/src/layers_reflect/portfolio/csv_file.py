"""A portfolio as a table for a spreadsheet: one line for each entry, through the core's one writer of CSV."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from layers_core.usage import csv_writer
from layers_core.vocabulary import vocabulary
from layers_reflect.portfolio import readable
from layers_reflect.portfolio.bodies import classified
from layers_reflect.portfolio.interchange import Entry, Portfolio
from layers_reflect.prompts import PACKAGE

HEAD = ("date", "title", "written_as", "hours", "hours_with_others", "importance")
TAIL = ("topics", "text", "actions", "files", "recorded_at", "id")


def fields() -> tuple[str, ...]:
    """The columns, in order: they stay the same in every language, so that a program can read them."""
    return (*HEAD, *vocabulary("classification", PACKAGE), *TAIL)


def write(portfolio: Portfolio, out: BinaryIO) -> None:
    """Write a portfolio as CSV in UTF-8, entry by entry. The mark at its start tells Excel which encoding it is."""
    text = io.TextIOWrapper(out, encoding="utf-8-sig", errors="replace", newline="", write_through=True)
    try:
        csv_writer.write(_rows(portfolio), fields(), text)
    finally:
        # The stream belongs to whoever opened it.
        text.detach()


def _rows(portfolio: Portfolio) -> Iterator[Mapping[str, object]]:
    for entry in portfolio.entries:
        counted: dict[str, list[str]] = {}
        for scheme, _code, words in classified(entry.about):
            counted.setdefault(scheme, []).append(words)
        yield {
            "date": readable.happened_on(entry),
            "title": entry.title,
            "written_as": readable.template_label(entry),
            "hours": _hours(entry, "minutes"),
            "hours_with_others": _hours(entry, "participatory_minutes"),
            "importance": entry.about.get("importance"),
            **{scheme: "; ".join(words) for scheme, words in counted.items()},
            "text": "\n\n".join(f"{heading}\n{text}" if heading else text for heading, text in readable.said(entry)),
            "actions": "\n\n".join(readable.promised(action) for action in entry.actions),
            "files": "; ".join(file.name for file in entry.files),
            "recorded_at": entry.created_at,
            "id": str(entry.id),
        }


def _hours(entry: Entry, name: str) -> float:
    return round(int(entry.about.get(name) or 0) / 60, 2)
