"""Making, changing, copying and switching off own templates."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from marshmallow import ValidationError
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from layers_core.artefacts import guarding
from layers_core.artefacts.errors import DraftRefused, NotAllowed, NotFound
from layers_core.artefacts.service import ArtefactService
from layers_core.contract import Actor, GuardAnswer, Problem
from layers_core.db.base import new_id
from layers_core.i18n import gettext as _
from layers_reflect.events import TemplateMade
from layers_reflect.models import OwnTemplate, OwnTemplateVersion
from layers_reflect.own import reading
from layers_reflect.own.reading import MAKE
from layers_reflect.prompts import Question
from layers_reflect.schemas import MOST_QUESTIONS, LabelSchema, check_asked


class Stale(Exception):
    """Somebody else changed the template since the form was opened."""


@dataclass(frozen=True)
class Content:
    """What somebody wrote into the form of a template."""

    label: str
    about: str
    questions: tuple[Question, ...]


def check(content: Content, guard: GuardAnswer) -> None:
    """Raise DraftRefused, saying what to do, where a template can't be kept, or GuardStop for marked words."""
    problems = []
    try:
        LabelSchema().load({"label": content.label, "about": content.about})
    except ValidationError as error:
        problems += [Problem(text, field) for field, (text, *_rest) in error.messages_dict.items()]
    if not 0 < len(content.questions) <= MOST_QUESTIONS:
        problems.append(Problem(_("Ask at least one question and at most 20"), "label"))
    for number, question in enumerate(content.questions):
        problems += [Problem(text, f"q{number}-{field}") for field, text in check_asked(question.as_data, number)]
    if problems:
        raise DraftRefused(problems)
    # A link may take the questions to other practices, whoever makes them.
    texts = [part for question in content.questions for part in (question.ask, question.help, *question.options)]
    guarding.check([content.label, content.about, *texts], guard, wider=False)


def make(
    service: ArtefactService,
    actor: Actor,
    content: Content,
    guard: GuardAnswer,
    *,
    for_practice: bool,
    copied: bool,
    client_key: str,
) -> UUID:
    """Keep a new template and give its key; a repeat of the client key gives the first one's.

    Raises NotAllowed for a practice's without the permission, DraftRefused, GuardStop.
    """
    if actor.person_id is None or (for_practice and not actor.can(MAKE)):
        raise NotAllowed(MAKE)
    writer = str(actor.person_id)
    if repeated := service.repeat_of(writer, client_key):
        return repeated.id
    check(content, guard)
    key = new_id()
    try:
        with service.unit(actor) as unit:
            owner = {"practice_id": actor.practice.id} if for_practice else {"person_id": actor.person_id}
            unit.session.add(OwnTemplate(id=key, version=1, **owner))
            unit.session.flush()
            unit.session.add(_version(key, 1, content))
            unit.event(TemplateMade(for_practice=for_practice, copied=copied))
            unit.once(writer, client_key, key)
    except IntegrityError:
        # The same submit at the same moment was quicker.
        if repeated := service.repeat_of(writer, client_key):
            return repeated.id
        raise
    return key


def change(service: ArtefactService, actor: Actor, key: UUID, content: Content, guard: GuardAnswer, base: int) -> None:
    """Add a version: notes keep the one that they were written with. The same content adds none.

    Raises NotFound, NotAllowed, DraftRefused, GuardStop, or Stale where it is no longer at version `base`.
    """
    check(content, guard)
    with service.unit(actor) as unit:
        kept, view = _locked(unit.session, actor, key)
        now_kept = (view.template.label, view.template.about, view.template.questions)
        if now_kept == (content.label, content.about, content.questions):
            return
        if kept.version != base:
            raise Stale(str(key))
        kept.version += 1
        unit.session.add(_version(key, kept.version, content))


def switch(service: ArtefactService, actor: Actor, key: UUID, *, on: bool) -> None:
    """Offer a template again, or no longer; notes that were written with it stay. Raises NotFound or NotAllowed."""
    with service.unit(actor) as unit:
        kept, _view = _locked(unit.session, actor, key)
        kept.retired_at = None if on else unit.moment


def _locked(session: Session, actor: Actor, key: UUID) -> tuple[OwnTemplate, reading.OwnView]:
    """A template and what it says now, held until the unit ends: whoever changes it too waits."""
    kept = session.scalars(select(OwnTemplate).where(OwnTemplate.id == key).with_for_update()).one_or_none()
    view = reading.find(session, actor, key)
    if kept is None or view is None:
        raise NotFound(str(key))
    if not reading.may_change(actor, view):
        raise NotAllowed(MAKE)
    return kept, view


def _version(key: UUID, version: int, content: Content) -> OwnTemplateVersion:
    fields = [question.as_data for question in content.questions]
    return OwnTemplateVersion(
        template_id=key, version=version, label=content.label, content={"about": content.about, "fields": fields}
    )
