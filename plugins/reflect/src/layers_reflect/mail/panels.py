"""What a note that came by e-mail shows to its writer, until they have looked through it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy.orm import Session

from layers_core.contract import Actor, Panel, Thing
from layers_core.i18n import lazy_gettext as _l
from layers_core.privacy import identifiers
from layers_reflect.kinds import NOTE, words_of_note
from layers_reflect.mail import reading


def to_look_through(session: Session, actor: Actor, artefacts: Sequence[Thing]) -> Iterable[Panel]:
    """For notes of the actor's own that nobody has changed since they came: what the guard marked.

    The database is asked only about notes that have marks: most have none.
    """
    untouched = [
        thing.id
        for thing in artefacts
        if thing.kind == NOTE
        and thing.available
        and thing.revision == 1
        and thing.author_id == actor.person_id
        and thing.audience.type == "person"
        and any(identifiers.find(text) for text in (thing.title, words_of_note(thing.body)))
    ]
    marks = reading.marks_of(session, untouched)
    return [
        Panel(
            thing_id, _l("Came by e-mail"), "reflect/mail/panel.html", {"thing_id": thing_id, "marks": marks[thing_id]}
        )
        for thing_id in untouched
        if thing_id in marks
    ]
