"""Totals of what patients chose, kept with each answer: a month of 100,000 answers is as quick as one of ten."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from sqlalchemy.orm import Session

from layers_core.db.base import put_sums
from layers_patient_input.catalogue import Form
from layers_patient_input.models import Answer, Tally
from layers_patient_input.responses import chosen

_KEY = tuple(column.name for column in Tally.__table__.primary_key)


def add(session: Session, form: Form, answers: Iterable[Answer], *, take_away: bool = False) -> None:
    """Count what these answers to a form chose, in the transaction that keeps them; `take_away` where they are removed.

    Answers about a person are left out: their totals are that person's alone.
    """
    counted: Counter[tuple[object, ...]] = Counter()
    for answer in answers:
        if answer.about_person_id is None:
            counted.update(
                (answer.practice_id, answer.form, answer.received_on, form.counted_as, question, code, answer.method)
                for question, code in chosen(form, answer.items)
            )
    sign = -1 if take_away else 1
    put_sums(
        session, Tally, "count", [dict(zip(_KEY, key, strict=True)) | {"count": sign * n} for key, n in counted.items()]
    )
