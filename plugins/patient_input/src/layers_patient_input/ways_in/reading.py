"""What pages ask about the links to a practice's forms. Nothing here writes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from layers_core.contract import PracticeView
from layers_core.db.base import now
from layers_core.i18n import local_date
from layers_core.practices.models import PublicLink
from layers_core.vocabulary import label, vocabulary
from layers_patient_input.own_forms import reading as own_forms
from layers_patient_input.own_forms.reading import Listed
from layers_patient_input.wording import PACKAGE, SLUG

METHODS: Mapping[str, Any] = vocabulary("ways_in", PACKAGE)
"""The collection methods that have a link, with their label and what they are for."""
_BUILT_IN: Mapping[str, Any] = vocabulary("built_in_forms", PACKAGE)
OFFERED = tuple(code for code, entry in _BUILT_IN.items() if entry["offered"])
"""The toolkit's own forms that every practice may open; a form about a person has links of its own elsewhere."""
# An address may hold anything, also what no database takes.
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True)
class WayIn:
    """A link to a form that was not withdrawn. `last_day` is the last one on which it works; None for no end.

    `closed` says that the form itself takes no answers now.
    """

    token: str
    form: str
    name: str
    method: str
    made_on: date
    last_day: date | None
    ended: bool
    closed: bool

    @property
    def works(self) -> bool:
        """Whether patients can answer through it now."""
        return not self.ended and not self.closed

    @property
    def method_name(self) -> str:
        """What people call the way in."""
        return label("ways_in", self.method, PACKAGE)

    @property
    def about(self) -> str:
        """What the way in is for; a message."""
        return str(METHODS.get(self.method, {}).get("about", ""))


def forms(session: Session, practice: PracticeView) -> dict[str, str]:
    """The names of the forms that a practice may open a way in to: the toolkit's own, then its own that are open."""
    own = own_forms.all_of(session, practice.id, "open")
    return {code: label("built_in_forms", code, PACKAGE) for code in OFFERED} | {form.code: form.title for form in own}


def ways_in(session: Session, practice: PracticeView) -> list[WayIn]:
    """The practice's links by form and method: two queries. One that ended shows where none took its place."""
    own = _own_forms(session, practice)
    found: dict[tuple[str, str], WayIn] = {}
    for row in session.scalars(_links(practice.id).order_by(PublicLink.created_at)):
        before = found.get((row.form, row.method))
        way = _way(row, own, practice)
        if before is None or before.ended or not way.ended:
            found[row.form, row.method] = way
    forms_in_order, methods = [*OFFERED, *own], list(METHODS)
    return sorted(
        (way for way in found.values() if way.form in forms_in_order and way.method in METHODS),
        key=lambda way: (forms_in_order.index(way.form), methods.index(way.method)),
    )


def way_in(session: Session, practice: PracticeView, token: str) -> WayIn | None:
    """One of the practice's links; None for a withdrawn or another's one."""
    if not _TOKEN.fullmatch(token):
        return None
    row = session.scalar(_links(practice.id).where(PublicLink.token == token))
    return _way(row, _own_forms(session, practice), practice) if row else None


def _own_forms(session: Session, practice: PracticeView) -> dict[str, Listed]:
    return {form.code: form for form in own_forms.all_of(session, practice.id)}


def _links(practice_id: UUID) -> Select[PublicLink]:
    return select(PublicLink).where(
        PublicLink.practice_id == practice_id,
        PublicLink.plugin == SLUG,
        PublicLink.form.not_in(code for code in _BUILT_IN if code not in OFFERED),
        PublicLink.withdrawn_at.is_(None),
    )


def _way(row: PublicLink, own: Mapping[str, Listed], practice: PracticeView) -> WayIn:
    form = own.get(row.form)
    return WayIn(
        token=row.token,
        form=row.form,
        name=form.title if form else label("built_in_forms", row.form, PACKAGE),
        method=row.method,
        made_on=local_date(row.created_at, practice.time_zone),
        # It ends with that day, so at the first moment of the next one.
        last_day=local_date(row.expires_at - timedelta(seconds=1), practice.time_zone) if row.expires_at else None,
        ended=row.expires_at is not None and row.expires_at <= now(),
        closed=form is not None and form.state != "open",
    )
