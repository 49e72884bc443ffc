"""The answers to a form as FHIR QuestionnaireResponses, one a line, for those who look at answers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, and_, or_, select

from layers_core.artefacts import reading as core_reading
from layers_core.contract import Actor, PracticeView
from layers_core.db.session import Database
from layers_core.forms.writing import response
from layers_core.host.loader import Host
from layers_patient_input import catalogue
from layers_patient_input.catalogue import Form
from layers_patient_input.models import Answer
from layers_patient_input.moderating.desk import seen_by
from layers_patient_input.moderating.reading import OPEN_STATES
from layers_patient_input.own_forms.released import as_released

BATCH = 500
_METHOD = "urn:layers:method"


def lines(database: Database, host: Host, actor: Actor, code: str) -> Iterator[bytes]:
    """Every answer that the actor may read, the oldest first, a few hundred at a time.

    One that nobody has released yet is as it came, for those alone who look at it; a released one as it was released,
    for its readers. Those that were taken back and those about a person are left out. Nothing in a line says who sent,
    typed or looked at it, and of its time it has the day.
    """
    forms: dict[int, Form | None] = {}
    with database.read() as session:
        ids = list(session.scalars(_readable(actor, code)))
    for batch in (ids[start : start + BATCH] for start in range(0, len(ids), BATCH)):
        with database.read() as session:
            rows = list(session.scalars(select(Answer).where(Answer.id.in_(batch)).order_by(Answer.id)))
            for version in {row.form_version for row in rows} - forms.keys():
                forms[version] = catalogue.find(session, actor.practice, {}, code, version)
            released = [row.released_artefact_id for row in rows if row.released_artefact_id]
            things = core_reading.get_many(session, host, actor, released) if released else {}
        for row in rows:
            form, thing = forms[row.form_version], things.get(row.released_artefact_id or row.id)
            if form and row.state != "withdrawn" and (thing or not row.released_artefact_id):
                items = as_released(form, row.items, thing.body) if thing else row.items
                yield json.dumps(_response(actor.practice, form, row, items), ensure_ascii=False).encode() + b"\n"


def _readable(actor: Actor, code: str) -> Select[UUID]:
    """The keys of the answers that somebody may read, at once: a query for each batch would sort all of them."""
    return (
        select(Answer.id)
        .where(
            Answer.practice_id == actor.practice.id,
            Answer.form == code,
            Answer.about_person_id.is_(None),
            or_(Answer.state == "released", and_(Answer.state.in_(OPEN_STATES), seen_by(actor))),
        )
        .order_by(Answer.id)
    )


def _response(practice: PracticeView, form: Form, row: Answer, items: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    day = datetime.combine(row.received_on, time(), ZoneInfo(practice.time_zone))
    written = response(form.questionnaire, items, authored=day, language=row.language, id=str(row.id))
    return written | {"meta": {"tag": [{"system": _METHOD, "code": row.method}]}}
