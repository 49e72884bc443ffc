"""What patient input shows on the shell's pages and in mail: cards, reminders, panels on things."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from flask import url_for
from sqlalchemy import literal, null, select
from sqlalchemy.orm import Session

from layers_core.contract import Actor, HomeCard, Panel, Reminder, Thing
from layers_core.i18n import lazy_gettext as _l
from layers_core.i18n import ngettext
from layers_patient_input import next_steps
from layers_patient_input.kinds import ANSWER, PUBLISH, RETURNS, THEME, YOU_SAID
from layers_patient_input.loop import panels as loop
from layers_patient_input.moderating import reading as moderating
from layers_patient_input.moderating.desk import looks
from layers_patient_input.months import reading as months
from layers_patient_input.months import showing as month_showing
from layers_patient_input.themes import reading as themes

_PRIVATE = {"person", "group"}
_TOLD = {ANSWER, YOU_SAID}
"""Kinds on whose pages the way to tell patients is elsewhere, or behind."""


def cards(session: Session, actor: Actor) -> Iterable[HomeCard]:
    """The answers that wait, for those who look at them, and a month's return, for those who send it: one query.

    The answers come first on the home page. Nothing waits, nothing shows.
    """
    moderates, sends = looks(actor), actor.can(RETURNS)
    if not moderates and not sends:
        return
    waiting = moderating.waiting(actor) if moderates else (literal(0), null())
    last_month = months.standing_columns(actor.practice) if sends else (null(), null())
    count, oldest, *stands = session.execute(select(*waiting, *last_month)).one()
    if count:
        yield _waiting(count, oldest)
    if standing := months.standing_of(actor.practice, *stands):
        yield month_showing.card(standing, url_for("patient_input.fft_month", month=standing.month))


def reminders(session: Session, actor: Actor) -> Iterable[Reminder]:
    """A month's return in the weekly mail of those who send it."""
    if actor.can(RETURNS) and (standing := months.standing(session, actor.practice)):
        yield month_showing.reminder(standing)


def _waiting(count: int, oldest: UUID) -> HomeCard:
    url = url_for("patient_input.answer", answer_id=oldest) if count == 1 else url_for("patient_input.index")
    return HomeCard(
        heading=_l("More than %(most)s new answers to look at", most=f"{moderating.MOST_COUNTED:,}")
        if count > moderating.MOST_COUNTED
        else ngettext("%(num)s new answer to look at", "%(num)s new answers to look at", count),
        why=_l("Patients answered your form. Your colleagues see an answer once you have released it."),
        action=_l("Look at it") if count == 1 else _l("Look at them"),
        url=url,
        first=True,
    )


def panels(session: Session, actor: Actor, things: Sequence[Thing]) -> Iterable[Panel]:
    """What may come next on an answer, where an entry is shown, and the way to tell patients on the rest."""
    own = [thing for thing in things if thing.available and thing.practice_id == actor.practice.id]
    may_publish = actor.can(PUBLISH)
    offers = {"may_publish": may_publish, "may_translate": looks(actor)}
    for thing in own:
        if thing.kind == ANSWER:
            more = {
                "steps": next_steps.steps(actor.practice, thing.id),
                "themes": themes.themes_of(session, actor, thing.id),
            }
            yield Panel(thing.id, _l("What next?"), "patient_input/panel_answer.html", offers | more)
        elif thing.kind == THEME:
            yield Panel(thing.id, _l("Answers in this theme"), "patient_input/themes/panel.html")
        if thing.kind not in _TOLD and may_publish and thing.audience.type not in _PRIVATE:
            yield Panel(thing.id, _l("Tell patients"), "patient_input/panel_tell.html")
    yield from loop.panels(session, actor, own)
