"""What guidelines show on other pages: decisions under a recommendation, a reminder on the home page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from flask import url_for
from sqlalchemy.orm import Session

from layers_core.artefacts.service import may_edit
from layers_core.contract import Actor, HomeCard, Panel, PracticeView, Thing
from layers_core.host.loader import Host
from layers_core.i18n import lazy_gettext as _l
from layers_core.web import current
from layers_guidelines import editions, reading
from layers_guidelines.kinds import DECIDE, DECISION, IMPORT, RECOMMENDATION

SLUG = "guidelines"
ON_CARD = 3


def panels(session: Session, actor: Actor, artefacts: Sequence[Thing]) -> Iterable[Panel]:
    """Panels for these things: two queries for recommendations, one for decisions."""
    yield from _under_recommendations(session, actor, [item for item in artefacts if item.kind == RECOMMENDATION])
    yield from _under_decisions(session, actor, [item for item in artefacts if item.kind == DECISION])


def _under_recommendations(session: Session, actor: Actor, things: Sequence[Thing]) -> Iterable[Panel]:
    if not things:
        return
    host = current.host
    others = reading.other_editions(session, host, actor, things)
    ids = [thing.id for thing in things] + [other.thing.id for found in others.values() for other in found]
    made = reading.decisions(session, host, actor, ids)
    counts = reading.current(made)
    for thing in things:
        mine = [decision for decision in made if decision.recommendation_id == thing.id]
        yield Panel(
            thing.id,
            _l("What we decided"),
            "guidelines/panel_decisions.html",
            {
                "decisions": mine,
                "may_decide": actor.can(DECIDE),
                "may_correct": not mine and _may_correct(host, actor, thing),
            },
        )
        beside = others.get(thing.id, [])
        if beside:
            yield Panel(
                thing.id,
                _l("Other editions"),
                "guidelines/panel_editions.html",
                {"others": [(other, counts.get(other.thing.id)) for other in beside]},
            )


def _may_correct(host: Host, actor: Actor, thing: Thing) -> bool:
    return bool(thing.body["origin"] == editions.BY_HAND) and may_edit(host, actor, thing)


def _under_decisions(session: Session, actor: Actor, things: Sequence[Thing]) -> Iterable[Panel]:
    about = {thing.id: UUID(thing.body["recommendation"]) for thing in things}
    counts = reading.current(reading.decisions(session, current.host, actor, about.values()))
    for thing_id, recommendation_id in about.items():
        newest = counts.get(recommendation_id)
        if newest and newest.thing.id != thing_id:
            yield Panel(thing_id, _l("Decided again"), "guidelines/panel_replaced.html", {"newest": newest})


def home_cards(practice: PracticeView, actor: Actor, session: Session) -> Iterable[HomeCard]:
    """For leads and managers: recommendations that wait for a decision. One query, none for others."""
    if not actor.can(IMPORT) or not practice.mix.settings(SLUG).get("undecided_card", True):
        return
    waiting = reading.to_decide(session, current.host, actor, ON_CARD)
    if waiting:
        yield HomeCard(
            heading=_l("Recommendations to decide"),
            why=_l("They are here, and your practice has not decided what to do about them."),
            action=_l("See all that wait"),
            url=url_for("guidelines.index", show="undecided"),
            items=tuple((thing.title, url_for("thing.show", thing_id=thing.id)) for thing in waiting),
        )
