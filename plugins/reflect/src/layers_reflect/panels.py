"""What Reflect shows on a note's page, to its author alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy.orm import Session

from layers_core.contract import Actor, Panel, Thing
from layers_core.i18n import lazy_gettext as _l
from layers_core.vocabulary import vocabulary
from layers_reflect import reading
from layers_reflect.classification import assumed
from layers_reflect.kinds import NOTE
from layers_reflect.prompts import PACKAGE, Template, newest
from layers_reflect.told import facts_in_words


def structure(actor: Actor, artefacts: Sequence[Thing]) -> Iterable[Panel]:
    """What the actor's own notes count for, and the way to add structure; no query: their bodies say it."""
    first = actor_first(actor)
    return [
        Panel(
            thing.id,
            _l("For your portfolio"),
            "reflect/structure.html",
            {"facts": list(facts_in_words(thing.body)), "templates": first, "used": thing.body["template"]},
        )
        for thing in artefacts
        if thing.kind == NOTE and thing.author_id == actor.person_id
    ]


def actor_first(actor: Actor) -> list[tuple[str, str, str]]:
    """The templates as (code, name, what it is), those for the actor's profession first, others' last."""
    mine = assumed(actor.profession)
    ranked = sorted(map(newest, vocabulary("templates", PACKAGE)), key=lambda template: _rank(template, mine))
    return [(template.id, template.label, template.about) for template in ranked]


def _rank(template: Template, professions: Sequence[str]) -> int:
    if not template.professions:
        return 1
    return 0 if set(template.professions) & set(professions) else 2


def only_for_me(session: Session, actor: Actor, artefacts: Sequence[Thing]) -> Iterable[Panel]:
    """What the actor keeps for themselves beside these notes; one query for all of them."""
    mine = [thing.id for thing in artefacts if thing.kind == NOTE and thing.author_id == actor.person_id]
    asides = reading.asides_of(session, actor, mine)
    return [
        Panel(
            note_id,
            _l("Only for me"),
            "reflect/panel.html",
            {"asides": [aside for aside in asides if aside.note_id == note_id]},
        )
        for note_id in dict.fromkeys(aside.note_id for aside in asides)
    ]
