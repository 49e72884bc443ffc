"""What people do with Reflect beyond what the core does for every thing."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete, select

from layers_core.artefacts.choices import ONLY_ME
from layers_core.artefacts.errors import DraftRefused
from layers_core.artefacts.models import Artefact
from layers_core.artefacts.service import TITLE_LIMIT, ArtefactService
from layers_core.artefacts.unit import Unit
from layers_core.contract import Actor, Body, Change, Draft, GuardAnswer, NewLink, Problem, Thing
from layers_core.i18n import gettext as _
from layers_reflect.events import AsideKept
from layers_reflect.kinds import ASIDE, NOTE
from layers_reflect.models import Aside, Entry, OwnTemplate, OwnTemplateVersion, Profile, Tag
from layers_reflect.prompts import is_private, template_of
from layers_reflect.schemas import ANSWER_LIMIT, NoteSchema
from layers_reflect.titles import CUT, title_from
from layers_reflect.writing import ONLY_FOR_ME


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
    """Why a draft can't be saved: what is only for its writer is too long, or what is private would be shared."""
    if draft.kind != NOTE:
        return []
    problems = []
    if len(str(draft.extras.get(ONLY_FOR_ME, ""))) > ANSWER_LIMIT:
        problems.append(Problem(_("What is only for you must be 20,000 characters or fewer"), ONLY_FOR_ME))
    if draft.audience != ONLY_ME and is_private(draft.body):
        problems += _private(NoteSchema().load(draft.body))
    return problems


def revise(
    service: ArtefactService,
    actor: Actor,
    thing: Thing,
    body: Body,
    only_for_me: str,
    guard: GuardAnswer,
    base_revision: int,
    title: str = "",
) -> None:
    """Change a note or a private addition; `title` is for a note that has one of its own.

    Raises what `ArtefactService.revise` does.
    """
    if thing.kind == NOTE and thing.audience.type != "person" and (problems := _private(body)):
        raise DraftRefused(problems)
    draft = Draft(
        kind=thing.kind,
        title=title_of(thing, title, body),
        body=body,
        language=thing.language,
        extras={ONLY_FOR_ME: only_for_me} if only_for_me else {},
        guard=guard,
    )
    service.revise(actor, thing.id, draft, base_revision)


def _private(body: Body) -> list[Problem]:
    """Why nobody but its writer may have a note with this body; empty where others may."""
    if template_of(body).private:
        words = _("These questions ask for somebody's name, so only you can keep the answers. Choose “Only you”")
        return [Problem(words)]
    if is_private(body):
        words = _("An answer under “Other answers” may name somebody, so only you can keep it. Empty it there first")
        return [Problem(words)]
    return []


def title_of(thing: Thing, typed: str, body: Body) -> str:
    """The title of a changed thing: a note's comes from the first question unless it has one; others keep theirs."""
    if thing.kind != NOTE:
        return thing.title
    return (" ".join(typed.split()) if has_own_title(thing) else "") or title_from(_first_answer(body))


def has_own_title(note: Thing) -> bool:
    """Whether a note's title says what its first answer does not begin with, such as the subject of a message."""
    return not " ".join(_first_answer(note.body).split()).startswith(note.title.removesuffix(CUT))


def _first_answer(body: Body) -> str:
    return str(body["answers"].get(template_of(body).first.id, ""))


def erase_person(person_id: UUID, unit: Unit) -> None:
    """Forget everything that Reflect's own tables keep about a person. Shared notes stay, and count for nobody."""
    session = unit.session
    theirs = select(Artefact.id).where(Artefact.author_id == person_id, Artefact.kind == ASIDE)
    session.execute(delete(Aside).where(Aside.artefact_id.in_(theirs)))
    session.execute(
        delete(Tag).where(Tag.artefact_id.in_(select(Entry.artefact_id).where(Entry.author_id == person_id)))
    )
    session.execute(delete(Entry).where(Entry.author_id == person_id))
    session.execute(delete(Profile).where(Profile.person_id == person_id))
    own = select(OwnTemplate.id).where(OwnTemplate.person_id == person_id)
    session.execute(delete(OwnTemplateVersion).where(OwnTemplateVersion.template_id.in_(own)))
    session.execute(delete(OwnTemplate).where(OwnTemplate.person_id == person_id))
