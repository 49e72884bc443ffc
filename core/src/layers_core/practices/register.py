"""Taking in a practice from the NHS register: made where it is new, brought up to date where it is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from layers_core.db.base import now
from layers_core.practices.models import Practice
from layers_core.practices.ods import OdsPractice
from layers_core.practices.service import create_practice

CLOSED = "closed"


def known(session: Session, codes: Iterable[str]) -> Mapping[str, Practice]:
    """The practices that are here already, by ODS code."""
    return {found.code: found for found in session.scalars(select(Practice).where(Practice.code.in_(list(codes))))}


def take_in(session: Session, row: OdsPractice, practice: Practice | None) -> Literal["new", "changed", "same"]:
    """Make the practice of a row, or bring `practice` up to date with it; says which.

    The register knows best what a practice is called and whether it has closed. A telephone number or postcode that the
    register lacks stays as it is here. Raises practices.service.Refused.
    """
    if practice is None:
        practice = create_practice(session, row.ods_code, row.name, telephone=row.phone, postcode=row.postcode)
        practice.closed_on = _closed_on(row, None)
        session.flush()
        return "new"
    wanted = {
        "name": row.name,
        "telephone": row.phone or practice.telephone,
        "postcode": row.postcode or practice.postcode,
        "closed_on": _closed_on(row, practice.closed_on),
    }
    changed = {name: value for name, value in wanted.items() if getattr(practice, name) != value}
    for name, value in changed.items():
        setattr(practice, name, value)
    session.flush()
    return "changed" if changed else "same"


def _closed_on(row: OdsPractice, before: date | None) -> date | None:
    """The day on which a practice closed: as the register says, else the day on which we first heard of it."""
    if row.closed:
        return row.closed
    return (before or now().date()) if row.status == CLOSED else None
