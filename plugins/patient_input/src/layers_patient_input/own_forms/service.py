"""Building, bringing in, changing, opening and closing a practice's own forms."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from layers_core.artefacts import guarding
from layers_core.artefacts.errors import DraftRefused, NotAllowed, NotFound
from layers_core.artefacts.service import ArtefactService
from layers_core.contract import Actor, GuardAnswer, Problem
from layers_core.db.base import new_id
from layers_core.forms.reading import Reported
from layers_core.forms.reading import read as read_form
from layers_core.i18n import gettext as _
from layers_patient_input.events import FormMade, FormOpened
from layers_patient_input.kinds import FORMS
from layers_patient_input.models import FormVersion, OwnForm
from layers_patient_input.own_forms import reading, translating
from layers_patient_input.own_forms.reading import MOST_FORMS, OwnView

How = Literal["built", "copied", "imported"]
Source = dict[str, Any]
Made = Callable[[str, str], Source]
"""Gives a form's Questionnaire for its address (a URI) and version."""
MOST_ASKED = 500
"""Questions of a form that patients can be asked on one page."""
TITLE = 200


class Stale(Exception):
    """Somebody else changed the form since it was opened."""


@dataclass(frozen=True)
class Wish:
    """A new form: what it asks, how it came to be, what of its file is not used, and what its writer said of marks."""

    make: Made
    how: How
    reported: Sequence[Reported] = ()
    guard: GuardAnswer = field(default_factory=GuardAnswer)


def fingerprint(source: Mapping[str, Any]) -> str:
    """What tells one state of a form from another."""
    return hashlib.sha256(json.dumps(source, sort_keys=True).encode("utf-8", "surrogatepass")).hexdigest()


def keep_new(artefacts: ArtefactService, actor: Actor, wish: Wish, client_key: str) -> UUID:
    """Keep a new form as a draft that no patient meets, and give its key; a repeat gives the first one's.

    Raises NotAllowed, DraftRefused where the practice has as many forms as it may, GuardStop.
    """
    _require(actor)
    writer = str(actor.person_id)
    if repeated := artefacts.repeat_of(writer, client_key):
        return repeated.id
    key = new_id()
    source = wish.make(key.urn, "1")
    if wish.how != "copied":
        _check_words(source, {}, wish.guard)
    try:
        with artefacts.unit(actor) as unit:
            if reading.count_of(unit.session, actor.practice.id) >= MOST_FORMS:
                raise DraftRefused(
                    [Problem(_("You have %(most)s forms. Remove a draft first", most=MOST_FORMS), "title")]
                )
            unit.session.add(
                OwnForm(
                    id=key, practice_id=actor.practice.id, title=_title(source), version=1, made_by=actor.person_id,
                    made_at=unit.moment, changed_at=unit.moment,
                )
            )  # fmt: skip
            unit.session.flush()
            reported = [asdict(line) for line in wish.reported]
            unit.session.add(FormVersion(form_id=key, number=1, questionnaire=source, reported=reported))
            unit.event(FormMade(how=wish.how))
            unit.once(writer, client_key, key)
    except IntegrityError:
        # The same submit at the same moment was quicker.
        if repeated := artefacts.repeat_of(writer, client_key):
            return repeated.id
        raise
    return key


def change(
    artefacts: ArtefactService,
    actor: Actor,
    form_id: UUID,
    make: Made,
    guard: GuardAnswer,
    base: str,
    reported: Sequence[Reported] | None = None,
) -> OwnView:
    """Change what a form asks; gives it as it is then. `reported` is what of a file is not used, where it came in one.

    A form that was open once gets a new version: answers keep the one that they were given to. The same content changes
    nothing. Raises NotAllowed, NotFound, GuardStop, or Stale where `base` is not the fingerprint of the form as it is.
    """
    _require(actor)
    with artefacts.unit(actor) as unit:
        form, version = _locked(unit.session, actor, form_id)
        number = version.number + (form.state != "draft")
        source = make(form_id.urn, str(number))
        if make(form_id.urn, str(version.number)) == version.questionnaire:
            return reading.view_of(form, version)
        if fingerprint(version.questionnaire) != base:
            raise Stale(str(form_id))
        _check_words(source, version.questionnaire, guard)
        told = version.reported if reported is None else [asdict(line) for line in reported]
        if number == version.number:
            version.questionnaire, version.reported = source, told
        else:
            version = FormVersion(form_id=form.id, number=number, questionnaire=source, reported=told)
            unit.session.add(version)
        form.version, form.title, form.changed_at = number, _title(source), unit.moment
        unit.session.flush()
        return reading.view_of(form, version)


def offer(artefacts: ArtefactService, actor: Actor, form_id: UUID, *, is_open: bool) -> None:
    """Open a form to patients, or close it; where it is so already, nothing changes.

    Raises NotAllowed, NotFound, DraftRefused for a form that can't be asked.
    """
    _require(actor)
    with artefacts.unit(actor) as unit:
        form, version = _locked(unit.session, actor, form_id)
        if is_open:
            _check_askable(version)
        if is_open and form.state != "open":
            form.state, form.changed_at = "open", unit.moment
            unit.event(FormOpened())
        elif not is_open and form.state == "open":
            form.state, form.changed_at = "closed", unit.moment


def discard(artefacts: ArtefactService, actor: Actor, form_id: UUID) -> None:
    """Remove a form that was never open, for good. Raises NotAllowed, NotFound, DraftRefused for one that was."""
    _require(actor)
    with artefacts.unit(actor) as unit:
        form, _version = _locked(unit.session, actor, form_id)
        if form.state != "draft":
            raise DraftRefused([Problem(_("Patients may have answered this form. Close it instead"), "do")])
        unit.session.execute(delete(FormVersion).where(FormVersion.form_id == form_id))
        unit.session.delete(form)


def forget_person(session: Session, person_id: UUID) -> None:
    """Leave out who made a form; the form stays the practice's."""
    session.execute(update(OwnForm).where(OwnForm.made_by == person_id).values(made_by=None))


def _require(actor: Actor) -> None:
    if not actor.can(FORMS):
        raise NotAllowed(FORMS)


def _locked(session: Session, actor: Actor, form_id: UUID) -> tuple[OwnForm, FormVersion]:
    """A form and its newest version, held until the unit ends: whoever changes it too waits."""
    form = session.scalars(
        select(OwnForm).where(OwnForm.id == form_id, OwnForm.practice_id == actor.practice.id).with_for_update()
    ).one_or_none()
    if form is None:
        raise NotFound(str(form_id))
    version = session.scalars(
        select(FormVersion).where(FormVersion.form_id == form_id, FormVersion.number == form.version)
    ).one()
    return form, version


def _check_words(source: Source, before: Mapping[str, Any], guard: GuardAnswer) -> None:
    """Let the guard look at what is new: patients, who read it, are nobody in the practice."""
    known = {text for words in translating.texts(before) for text in (words.words, *words.translations.values())}
    texts = [text for words in translating.texts(source) for text in (words.words, *words.translations.values())]
    guarding.check([text for text in texts if text not in known], guard, wider=True)


def _check_askable(version: FormVersion) -> None:
    form = read_form(version.questionnaire).questionnaire
    asked = sum(item.answered for item in form.walk()) if form else 0
    if not asked:
        raise DraftRefused([Problem(_("There is no question in this form that a patient can answer"), "do")])
    if asked > MOST_ASKED:
        words = _(
            "This form has %(count)s questions. Patients can be asked at most %(most)s", count=asked, most=MOST_ASKED
        )
        raise DraftRefused([Problem(words, "do")])


def _title(source: Source) -> str:
    title, name = source.get("title"), source.get("name")
    found = title if isinstance(title, str) and title.strip() else name
    return (found.strip() if isinstance(found, str) else "")[:TITLE] or _("A form without a title")
