"""Studies: making one, finding those that a person evaluates, and whose events it may count."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from layers_core.usage.models import ActorKey, Consent, Study, StudyEvaluator, StudyPractice, UsageEventRow
from layers_core.vocabulary import vocabulary


def create(
    session: Session, slug: str, title: str, approval: str, starts_on: date, *, suppression: str = "hes"
) -> Study:
    """A new study with a secret of its own; its baseline is its first day.

    Raises LookupError for an unknown suppression profile.
    """
    if suppression not in vocabulary("suppression"):
        raise LookupError(f"No suppression profile {suppression}")
    study = Study(
        slug=slug,
        title=title,
        approval=approval,
        baseline_on=starts_on,
        starts_on=starts_on,
        secret=secrets.token_hex(32),
        suppression=suppression,
    )
    session.add(study)
    session.flush()
    return study


def add_practice(session: Session, study: Study, practice_id: UUID) -> None:
    """Let a practice take part."""
    session.add(StudyPractice(study_id=study.id, practice_id=practice_id))
    session.flush()


def add_evaluator(session: Session, study: Study, person_id: UUID) -> None:
    """Let a person see a study's figures and export it."""
    session.add(StudyEvaluator(study_id=study.id, person_id=person_id))
    session.flush()


@dataclass(frozen=True)
class StudyView:
    """A study as pages and exports meet it; its secret stays here."""

    id: UUID
    slug: str
    title: str
    approval: str
    baseline_on: date
    starts_on: date
    ends_on: date | None
    suppression: str
    secret: str

    @property
    def window(self) -> tuple[datetime, datetime | None]:
        """The first moment of the study and the first one after it, in UTC."""
        end = self.ends_on + timedelta(days=1) if self.ends_on else None
        return (
            datetime.combine(self.starts_on, time(), UTC),
            datetime.combine(end, time(), UTC) if end else None,
        )

    def pseudonym(self, key: UUID) -> str:
        """What stands for a person, practice or thing in this study's export: keyed, so that nobody can guess it back.

        HMAC-SHA-256 with the study's secret, its first 128 bits in hexadecimal; another study gives another.
        """
        return hmac.new(self.secret.encode(), key.bytes, hashlib.sha256).hexdigest()[:32]


COLUMNS = (
    Study.id,
    Study.slug,
    Study.title,
    Study.approval,
    Study.baseline_on,
    Study.starts_on,
    Study.ends_on,
    Study.suppression,
    Study.secret,
)


def evaluated_by(session: Session, person_id: UUID) -> list[StudyView]:
    """The studies that a person evaluates, by title."""
    rows = session.execute(
        select(*COLUMNS)
        .join(StudyEvaluator, StudyEvaluator.study_id == Study.id)
        .where(StudyEvaluator.person_id == person_id)
        .order_by(Study.title)
    )
    return [StudyView(*row) for row in rows]


def all_studies(session: Session) -> list[StudyView]:
    """Every study, by slug."""
    return [StudyView(*row) for row in session.execute(select(*COLUMNS).order_by(Study.slug))]


def counted(study: StudyView) -> ColumnElement[bool]:
    """The condition that an event belongs to a study: in its practices and window, of somebody who opted in before.

    Join ActorKey and Consent as `consented_events` does; a withdrawn consent counts no event at all.
    """
    starts, ends = study.window
    practices = select(StudyPractice.practice_id).where(StudyPractice.study_id == study.id)
    conditions = [
        UsageEventRow.practice_id.in_(practices),
        UsageEventRow.occurred_at >= starts,
        UsageEventRow.occurred_at >= Consent.given_at,
        Consent.withdrawn_at.is_(None),
    ]
    if ends:
        conditions.append(UsageEventRow.occurred_at < ends)
    return and_(*conditions)


CONSENTED = UsageEventRow.__table__.join(ActorKey.__table__, ActorKey.actor_key == UsageEventRow.actor_key).join(
    Consent.__table__, Consent.person_id == ActorKey.person_id
)
"""Events with the consents of the people who caused them."""
