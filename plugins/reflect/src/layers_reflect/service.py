"""What people do with Reflect beyond what the core does for every thing."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import delete, select

from layers_core.artefacts.models import Artefact
from layers_core.artefacts.service import TITLE_LIMIT, ArtefactService
from layers_core.artefacts.unit import Unit
from layers_core.contract import Actor, Change, Draft, GuardAnswer, NewLink, Problem, Thing
from layers_core.i18n import gettext as _
from layers_reflect.events import AsideKept
from layers_reflect.kinds import ASIDE, NOTE
from layers_reflect.models import Aside
from layers_reflect.schemas import ANSWER_LIMIT
from layers_reflect.titles import title_from
from layers_reflect.writing import ONLY_FOR_ME, written


def keep_what_is_only_for_me(note: Thing, change: Change, unit: Unit) -> None:
    """Keep the private part of a submitted note as a thing of its own that its author alone sees.

    It is a part of the same submit: both are saved or neither is.
    """
    text = str(change.extras.get(ONLY_FOR_ME, "")).strip()
    if note.kind != NOTE or not text:
        return
    draft = Draft(
        kind=ASIDE,
        # Its own words stay out of lists and trails: somebody may be looking over the writer's shoulder.
        title=_("Only for me: %(title)s", title=note.title)[:TITLE_LIMIT],
        body={"text": text},
        audience="me",
        language=note.language,
        links=(NewLink("prompted_by", note.id),),
    )
    aside = unit.add(draft)
    unit.session.add(Aside(artefact_id=aside.id, note_id=note.id))
    unit.session.flush()
    unit.event(AsideKept(), aside)


def problems_with(draft: Draft) -> list[Problem]:
    """Why a draft can't be saved: what is only for its writer is no part of the body, so its length is checked here."""
    if draft.kind == NOTE and len(str(draft.extras.get(ONLY_FOR_ME, ""))) > ANSWER_LIMIT:
        return [Problem(_("What is only for you must be 20,000 characters or fewer"), ONLY_FOR_ME)]
    return []


def revise(
    service: ArtefactService,
    actor: Actor,
    thing: Thing,
    answers: Mapping[str, str],
    only_for_me: str,
    guard: GuardAnswer,
    base_revision: int,
) -> None:
    """Change a note or a private addition. Raises what `ArtefactService.revise` does."""
    draft = Draft(
        kind=thing.kind,
        title=title_of(thing, answers),
        body=written(thing).body({code: text for code, text in answers.items() if text}),
        language=thing.language,
        extras={ONLY_FOR_ME: only_for_me} if only_for_me else {},
        guard=guard,
    )
    service.revise(actor, thing.id, draft, base_revision)


def title_of(thing: Thing, answers: Mapping[str, str]) -> str:
    """The title of a changed thing: a note's comes from the first question, a private addition keeps its own."""
    return title_from(answers[written(thing).questions[0].id]) if thing.kind == NOTE else thing.title


def erase_person(person_id: UUID, unit: Unit) -> None:
    """Forget which private additions of a person belong to which note."""
    theirs = select(Artefact.id).where(Artefact.author_id == person_id, Artefact.kind == ASIDE)
    unit.session.execute(delete(Aside).where(Aside.artefact_id.in_(theirs)))
