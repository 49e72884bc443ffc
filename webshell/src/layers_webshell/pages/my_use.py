"""What is recorded about my use: a person's own events in plain words, and their yes or no to evaluation."""

from __future__ import annotations

import inspect
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import cast

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from layers_core.artefacts import mine
from layers_core.artefacts.mine import MyEvent
from layers_core.i18n import gettext as _
from layers_core.usage import consent
from layers_core.usage.events import UsageEvent
from layers_core.usage.export import field_docs
from layers_core.vocabulary import label
from layers_core.web import current, policy, submitted

pages = Blueprint("my_use", __name__)

PAGE = 50
MOST_DIGITS = 18
SOMEBODY = "Somebody "


@dataclass(frozen=True)
class Line:
    """One event as its person reads it."""

    at: datetime
    words: str
    details: str


@pages.get("/me/use")
@policy("signed_in")
def index() -> str:
    """The person's own events, newest first, and whether they take part in evaluation."""
    older = request.args.get("older", "")
    before = int(older) if older.isascii() and older.isdigit() and len(older) <= MOST_DIGITS else None
    found = mine.events(current.session, current.person.id, before=before, limit=PAGE + 1)
    return render_template(
        "layers/pages/my_use.html",
        lines=[_line(event) for event in found[:PAGE]],
        since=consent.given_at(current.session, current.person.id),
        later=before is not None,
        older=found[PAGE - 1].sequence if len(found) > PAGE else None,
    )


def _line(event: MyEvent) -> Line:
    details = [event.practice_name, label("professions", event.role) if event.role else ""]
    details += said(event)
    return Line(event.occurred_at, words_for(event.name), " · ".join(part for part in details if part))


def said(event: MyEvent) -> list[str]:
    """What an event holds besides, each with the sentence that its type declares; names where it is not installed."""
    known = current.host.registry.event_types.get(event.name)
    meanings = _meanings(cast("Hashable", known)) if known else {}
    return [
        f"{_(meanings[name].rstrip('.')) if name in meanings else name}: {_value(value)}"
        for name, value in event.props.items()
        if value is not None
    ]


@cache
def _meanings(event: Hashable) -> Mapping[str, str]:
    return dict(field_docs(cast("type[UsageEvent]", event)))


def _value(value: object) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value).replace("_", " ")


def words_for(name: str) -> str:
    """What an event says, from its type's own description; its name where the type is not installed any more."""
    known = current.host.registry.event_types.get(name)
    return description(known) if known else name


def description(event: type[UsageEvent]) -> str:
    """An event type's first sentence, said to the person whom it is about."""
    text = _((inspect.getdoc(event) or event.name).partition("\n")[0])
    return _("You %(did)s", did=text.removeprefix(SOMEBODY)) if text.startswith(SOMEBODY) else text


@pages.post("/me/use/evaluation")
@policy("signed_in")
def decide() -> Response:
    """Opt in to evaluation, or out of it."""
    takes_part = submitted().get("evaluation") == "yes"
    with current.artefacts.database.write() as session:
        (consent.give if takes_part else consent.withdraw)(session, current.person.id)
    flash(
        _("Thank you. You take part in the evaluation from now on.")
        if takes_part
        else _("You take no part in the evaluation any more."),
        "success",
    )
    return redirect(url_for("my_use.index"), 303)
