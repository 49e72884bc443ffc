"""What a practitioner's pages ask about their rounds of CARE forms. Nothing here writes.

Every query names the practitioner: nobody else reads what is about them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from layers_core.contract import Actor, PracticeView
from layers_core.practices.models import Membership, Person, PublicLink
from layers_core.vocabulary import vocabulary
from layers_patient_input.care import rules
from layers_patient_input.care.models import CareRound
from layers_patient_input.care.rules import Filled
from layers_patient_input.models import Answer
from layers_patient_input.wording import PACKAGE

CARE = "care"
"""The form's code in data/built_in_forms.json."""
TRANSLATED = frozenset(
    code for code, said in vocabulary("built_in_forms", PACKAGE)[CARE]["languages"].items() if not said["validated"]
)
"""Languages in which the form may be read, while what is answered in them is not the measure."""


@dataclass(frozen=True)
class Permission:
    """The practice's permission to use the CARE measure: what it says, and its date."""

    words: str
    day: date


@dataclass(frozen=True)
class Round:
    """One of a practitioner's own rounds. `open` says whether patients can answer; `forms` are in their order.

    `translated` counts those that were answered in words which are not the measure's.
    """

    row: CareRound
    open: bool
    forms: Sequence[Filled]
    translated: int

    @property
    def progress(self) -> rules.Progress:
        """How far it is."""
        return rules.progress(self.forms)


def permission(settings: Mapping[str, Any]) -> Permission | None:
    """The permission that a practice recorded; None where it did not, and then nobody is asked."""
    words, day = settings["care_permission"].strip(), settings["care_permission_on"].strip()
    return Permission(words, date.fromisoformat(day)) if words and day else None


def rounds(session: Session, actor: Actor) -> list[Round]:
    """The actor's own rounds in their practice, the newest first: two queries."""
    rows = session.execute(_own(actor).order_by(CareRound.begun_at.desc(), CareRound.id.desc())).all()
    forms, translated = _forms(session, actor) if rows else ({}, Counter())
    return [Round(row, withdrawn is None, forms.get(row.token, ()), translated[row.token]) for row, withdrawn in rows]


def practitioner(session: Session, practice: PracticeView, token: str) -> tuple[UUID, str] | None:
    """Whom a link is about, as (key, name); None where they no longer work in the practice."""
    row = session.execute(
        select(Person.id, Person.name)
        .join(CareRound, CareRound.person_id == Person.id)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            CareRound.token == token,
            CareRound.practice_id == practice.id,
            Membership.practice_id == practice.id,
            Membership.left_at.is_(None),
        )
    ).one_or_none()
    return (row.id, row.name) if row else None


def _own(actor: Actor) -> Select[CareRound, datetime | None]:
    return (
        select(CareRound, PublicLink.withdrawn_at)
        .join(PublicLink, PublicLink.token == CareRound.token)
        .where(CareRound.person_id == actor.person_id, CareRound.practice_id == actor.practice.id)
    )


def _forms(session: Session, actor: Actor) -> tuple[dict[str, list[Filled]], Counter[str]]:
    """The forms that are the measure, by link, and how many there are that are not."""
    rows = session.execute(
        select(Answer.link_token, Answer.language, Answer.items)
        .where(
            Answer.about_person_id == actor.person_id,
            Answer.practice_id == actor.practice.id,
            Answer.form == CARE,
            Answer.state != "withdrawn",
        )
        .order_by(Answer.received_at, Answer.id)
    )
    forms: dict[str, list[Filled]] = {}
    translated = Counter[str]()
    for token, language, items in rows:
        if language in TRANSLATED:
            translated[token] += 1
        else:
            forms.setdefault(token, []).append(_filled(items))
    return forms, translated


def _filled(items: Sequence[Mapping[str, Any]]) -> Filled:
    return {item["linkId"]: str(item["answer"][0]["valueCoding"]["code"]) for item in items if item.get("answer")}
