"""Reading the forms that a practice built or brought in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from layers_core.db.base import now
from layers_core.i18n import gettext as _
from layers_core.practices.models import PublicLink
from layers_patient_input.catalogue import own_code
from layers_patient_input.models import FormVersion, OwnForm
from layers_patient_input.wording import SLUG

MOST_FORMS = 100
"""Own forms of one practice: what a list can show."""


@dataclass(frozen=True)
class Listed:
    """An own form in a list."""

    id: UUID
    title: str
    state: str
    version: int
    changed_at: datetime

    @property
    def code(self) -> str:
        """What links, answers and totals know it by."""
        return own_code(self.id)


@dataclass(frozen=True)
class OwnView(Listed):
    """An own form in one of its versions: its FHIR Questionnaire, and what of an imported one is not used."""

    number: int
    source: Mapping[str, Any]
    reported: Sequence[Mapping[str, str]]


def all_of(session: Session, practice_id: UUID, state: str = "") -> list[Listed]:
    """A practice's own forms by title, those of one state where it is given: one query."""
    query = select(OwnForm.id, OwnForm.title, OwnForm.state, OwnForm.version, OwnForm.changed_at).where(
        OwnForm.practice_id == practice_id
    )
    if state:
        query = query.where(OwnForm.state == state)
    found = [Listed(*row) for row in session.execute(query.limit(MOST_FORMS))]
    return sorted(found, key=lambda form: (form.title.casefold(), form.id))


def find(session: Session, practice_id: UUID, form_id: UUID, version: int = 0) -> OwnView | None:
    """A practice's own form in its newest version or a given one; None for one that the practice does not have."""
    row = session.execute(
        select(OwnForm, FormVersion)
        .join(FormVersion, FormVersion.form_id == OwnForm.id)
        .where(
            OwnForm.id == form_id,
            OwnForm.practice_id == practice_id,
            FormVersion.number == (version or OwnForm.version),
        )
    ).one_or_none()
    return view_of(*row) if row else None


def view_of(form: OwnForm, version: FormVersion) -> OwnView:
    """A form's row and one of its versions as one."""
    return OwnView(
        form.id,
        form.title,
        form.state,
        form.version,
        form.changed_at,
        version.number,
        version.questionnaire,
        version.reported,
    )


def links_by_form(session: Session, practice_id: UUID) -> dict[str, int]:
    """How many working links lead to each of a practice's forms, by the form's code."""
    rows = session.execute(
        select(PublicLink.form, func.count())
        .where(
            PublicLink.practice_id == practice_id,
            PublicLink.plugin == SLUG,
            PublicLink.withdrawn_at.is_(None),
            (PublicLink.expires_at.is_(None)) | (PublicLink.expires_at > now()),
        )
        .group_by(PublicLink.form)
    )
    return {row[0]: row[1] for row in rows}


def count_of(session: Session, practice_id: UUID) -> int:
    """How many own forms a practice has."""
    return session.scalar(select(func.count()).where(OwnForm.practice_id == practice_id)) or 0


def about_person(session: Session, person_id: UUID) -> list[tuple[str, Mapping[str, object]]]:
    """The forms that somebody made, for their own download."""
    rows = session.scalars(select(OwnForm).where(OwnForm.made_by == person_id).order_by(OwnForm.id))
    return [(_("A form for patients that you made"), {"title": row.title, "made_at": row.made_at}) for row in rows]
