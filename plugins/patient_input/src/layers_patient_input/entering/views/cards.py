"""The grid for a day's cards. Each row counts once by a key of its own, however often it is sent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from layers_core.artefacts.errors import DraftRefused, NotFound
from layers_core.artefacts.followup import today_in
from layers_core.contract import Problem
from layers_core.db.base import new_id
from layers_core.i18n import gettext as _
from layers_core.i18n import ngettext
from layers_core.web import Submitted, current, parse_uuid, policy, submitted
from layers_patient_input import showing
from layers_patient_input.entering import reading, service
from layers_patient_input.entering.cards import ROWS, Row, key_of, rows_of
from layers_patient_input.entering.service import Entry
from layers_patient_input.entering.views.shared import language_of, scores, shown, taken_out
from layers_patient_input.kinds import ENTER
from layers_patient_input.schemas import TEXT_LIMIT, settings_of
from layers_patient_input.views.blueprints import staff
from layers_patient_input.wording import offered

_DATE = ("on-day", "on-month", "on-year")


@staff.get("/enter/cards")
@policy("member", ENTER)
def enter_cards() -> str:
    """An empty grid; after a save with the same date and language, and the cards that are in."""
    asked = Submitted(request.args)
    return _grid(asked, parse_uuid(asked.get("batch")) or new_id())


@staff.post("/enter/cards")
@policy("member", ENTER)
def keep_cards() -> ResponseReturnValue:
    """Keep the cards that are right and show the others again; or take one out that is in."""
    form = submitted()
    batch, rows = parse_uuid(form.get("batch")) or new_id(), rows_of(form)
    if form.get("undo"):
        flash(*taken_out(form.get("undo")))
        return _grid(form, batch, rows)
    day = form.date("on")
    if words := "" if form.problems else service.day_problem(day, current.practice):
        form.problems.append(Problem(words, "on-day"))
    if form.problems or day is None:
        return _grid(form, batch, rows, form.problems), 422
    kept = _keep(form, batch, rows, day)
    if kept.saved:
        flash(_told(kept.saved, day), "success")
    if kept.problems:
        return _grid(form, batch, kept.wrong, kept.problems), 422
    if form.get("do") == "finish":
        return redirect(url_for("patient_input.enter"), 303)
    again = {"batch": str(batch), **{name: form.get(name) for name in (*_DATE, "language")}}
    return redirect(f"{url_for('patient_input.enter_cards')}?{urlencode(again)}", 303)


@dataclass
class _Kept:
    """What became of the rows of a form."""

    saved: int
    wrong: list[Row]
    problems: list[Problem]


def _keep(form: Submitted, batch: UUID, rows: Sequence[Row], day: date) -> _Kept:
    kept = _Kept(0, [], [])
    language = language_of(form.get("language")).code
    for row in rows:
        entry = Entry("handwritten", row.score, row.text, language, day)
        try:
            service.enter(current.artefacts, current.actor, entry, row.key, batch)
            kept.saved += 1
        except NotFound:
            abort(404)
        except DraftRefused as refused:
            kept.wrong.append(row)
            kept.problems += [_at(row, problem) for problem in refused.problems]
    return kept


def _at(row: Row, problem: Problem) -> Problem:
    words = _("Card %(number)s: %(problem)s", number=row.place + 1, problem=str(problem.message))
    return replace(problem, message=words, field=f"{problem.field}-{row.place}")


def _told(count: int, day: date) -> str:
    words = ngettext("%(num)s card is saved.", "%(num)s cards are saved.", count)
    if not reading.is_late(current.session, current.practice.id, day):
        return words
    month = showing.month(day)
    return f"{words} " + _("The figures of %(month)s were sent before, so it counts as late.", month=month)


def _grid(form: Submitted, batch: UUID, rows: Sequence[Row] = (), problems: Iterable[Problem] = ()) -> str:
    practice, actor = current.practice, current.actor
    typed = {row.place: row for row in rows}
    places = max([ROWS, *(place + 1 for place in typed)])
    # What this request has saved or taken out itself belongs on the page.
    with current.artefacts.database.read() as session:
        saved = shown(reading.of_batch(session, actor, batch))
        count = reading.count_of(session, actor, batch)
        sent = reading.last_sent(session, practice.id)
    return render_template(
        "patient_input/entering/cards.html",
        batch=batch,
        today=today_in(practice.time_zone),
        values=form,
        languages=[(item.code, item.name) for item in offered(settings_of(practice))],
        language=language_of(form.get("language")).code,
        rows=[typed.get(place) or Row(place, key_of(""), "", "") for place in range(places)],
        scores=scores(),
        limit=TEXT_LIMIT,
        saved=saved,
        count=count,
        sent=showing.month(sent.first) if sent else "",
        problems=tuple(problems),
    )
