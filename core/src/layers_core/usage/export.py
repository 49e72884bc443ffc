"""Exporting a study's events: pseudonyms, no words, only people who opted in and only from that moment on."""

from __future__ import annotations

import ast
import inspect
import json
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any, TextIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from layers_core.usage import csv_writer
from layers_core.usage.events import UsageEvent
from layers_core.usage.models import UsageEventRow
from layers_core.usage.studies import CONSENTED, StudyView, counted

if TYPE_CHECKING:
    from layers_core.host.loader import Host

COLUMNS: Mapping[str, str] = {
    "study": "The study's short name",
    "sequence": "The order in which events were written; gaps are events that are not exported",
    "occurred_at": "When it happened, UTC, ISO 8601",
    "event": "What happened; see the events below",
    "event_version": "Version of the event's declaration",
    "tier": "aware, using or producing (ImproveCareNow)",
    "actor": "Pseudonym of the person, the same throughout this study and another in any other",
    "practice": "Pseudonym of the practice",
    "thing": "Pseudonym of the thing that it was about; empty where there is none",
    "plugin": "The part of the software that recorded it; core is always there",
    "mix_version": "Version of the practice's mix at that moment",
    "props": "What else the event's declaration holds, as JSON; never words that somebody wrote",
}
CHUNK = 1_000


def rows(session: Session, study: StudyView) -> Iterator[dict[str, Any]]:
    """The study's events in their order, as COLUMNS; read in chunks, so that memory does not grow with the log."""
    found = session.execute(
        select(
            UsageEventRow.sequence,
            UsageEventRow.occurred_at,
            UsageEventRow.name,
            UsageEventRow.version,
            UsageEventRow.tier,
            UsageEventRow.actor_key,
            UsageEventRow.practice_id,
            UsageEventRow.artefact_id,
            UsageEventRow.plugin,
            UsageEventRow.mix_version,
            UsageEventRow.props,
        )
        .select_from(CONSENTED)
        .where(counted(study))
        .order_by(UsageEventRow.sequence)
        .execution_options(yield_per=CHUNK)
    )
    for row in found:
        yield {
            "study": study.slug,
            "sequence": row.sequence,
            "occurred_at": row.occurred_at.isoformat(timespec="milliseconds"),
            "event": row.name,
            "event_version": row.version,
            "tier": row.tier,
            "actor": study.pseudonym(row.actor_key),
            "practice": study.pseudonym(row.practice_id),
            "thing": study.pseudonym(row.artefact_id) if row.artefact_id else "",
            "plugin": row.plugin,
            "mix_version": row.mix_version,
            "props": json.dumps(row.props, sort_keys=True),
        }


def write_csv(session: Session, study: StudyView, stream: TextIO) -> None:
    """Write the study's events as CSV, with a header row."""
    csv_writer.write(rows(session, study), list(COLUMNS), stream)


def write_jsonl(session: Session, study: StudyView, stream: TextIO) -> None:
    """Write the study's events as one JSON object a line; `props` is an object of its own."""
    for row in rows(session, study):
        stream.write(json.dumps({**row, "props": json.loads(row["props"])}) + "\n")


FORMATS = {"csv": write_csv, "jsonl": write_jsonl}


def codebook(host: Host, study: StudyView) -> str:
    """What each column and each event means, as Markdown, to go with an export."""
    lines = [f"# Codebook: {study.title}", "", study.approval, "", "## Columns", ""]
    lines += [f"- `{name}`: {meaning}" for name, meaning in COLUMNS.items()]
    lines += ["", "## Events", ""]
    for name, event in sorted(host.registry.event_types.items()):
        lines.append(f"- `{name}` (version {event.version}, {event.tier}): {_first_line(event)}")
        lines += [f"  - `{field}`: {meaning}" for field, meaning in field_docs(event)]
    lines += [
        "",
        "Only people who opted in are here, from that moment on. Somebody who opts out is in no later export.",
        "Pseudonymised data is still personal data: keep it as your approval says.",
        "",
    ]
    return "\n".join(lines)


def _first_line(event: type[UsageEvent]) -> str:
    return (inspect.getdoc(event) or "").partition("\n")[0]


def field_docs(event: type[UsageEvent]) -> Iterable[tuple[str, str]]:
    """The fields of an event with the sentence that stands below each in its declaration."""
    names = {item.name for item in fields(event)}
    if not names:
        return ()
    tree = ast.parse(textwrap.dedent(inspect.getsource(event))).body[0]
    assert isinstance(tree, ast.ClassDef)
    documented = []
    for statement, after in zip(tree.body, tree.body[1:], strict=False):
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            said = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
            if statement.target.id in names and said:
                documented.append((statement.target.id, str(after.value.value)))  # type: ignore[attr-defined]
    return documented
