"""The answers to a form as FHIR QuestionnaireResponses, one a line, for those who look at answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from layers_core.contract import Actor, PracticeView
from layers_core.db.session import Database
from layers_core.forms.writing import response
from layers_patient_input import catalogue
from layers_patient_input.catalogue import Form
from layers_patient_input.models import Answer

BATCH = 500
_METHOD = "urn:layers:method"


def lines(database: Database, actor: Actor, code: str) -> Iterator[bytes]:
    """Every answer that the actor may look at, the oldest first, a few hundred at a time.

    Those that were taken back, that are about a person, and that wait for a manager are left out (the last not for a
    manager). Nothing in a line says who sent, typed or looked at it, and of its time it has the day.
    """
    forms: dict[int, Form | None] = {}
    after: UUID | None = None
    while True:
        with database.read() as session:
            rows = _rows(session, actor, code, after)
            for version in {row.form_version for row in rows} - forms.keys():
                forms[version] = catalogue.find(session, actor.practice, {}, code, version)
        for row in rows:
            if form := forms[row.form_version]:
                yield json.dumps(_response(actor.practice, form, row), ensure_ascii=False).encode() + b"\n"
        if len(rows) < BATCH:
            return
        after = rows[-1].id


def _rows(session: Session, actor: Actor, code: str, after: UUID | None) -> list[Answer]:
    query = select(Answer).where(
        Answer.practice_id == actor.practice.id,
        Answer.form == code,
        Answer.state != "withdrawn",
        Answer.about_person_id.is_(None),
    )
    if "manager" not in actor.roles:
        query = query.where(Answer.for_manager.is_(False))
    if after:
        query = query.where(Answer.id > after)
    return list(session.scalars(query.order_by(Answer.id).limit(BATCH)))


def _response(practice: PracticeView, form: Form, row: Answer) -> dict[str, Any]:
    day = datetime.combine(row.received_on, time(), ZoneInfo(practice.time_zone))
    written = response(form.questionnaire, row.items, authored=day, language=row.language, id=str(row.id))
    return written | {"meta": {"tag": [{"system": _METHOD, "code": row.method}]}}
