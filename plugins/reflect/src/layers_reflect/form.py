"""The form that changes a note: what stands in it, and what was sent. No request: it is given the fields."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import ValidationError
from werkzeug.datastructures import MultiDict

from layers_core.contract import Body, FormFields, Problem
from layers_reflect import facts
from layers_reflect.facts import PARTS
from layers_reflect.prompts import Answer, Question, Template, in_words, question_of
from layers_reflect.schemas import read_others
from layers_reflect.structure import body_of, with_template
from layers_reflect.writing import read

OTHERS = "others"


@dataclass(frozen=True)
class Sent:
    """What a form sent: the body that it makes, and what has to be mended first."""

    body: Body
    problems: tuple[Problem, ...]


def sent(template: Template, form: FormFields, kept: Body, schemes: tuple[str, ...]) -> Sent:
    """The body that the fields make with these questions, over what the note keeps already."""
    answers, problems = read(template.questions, form)
    about, wrong = facts.read(form, kept["about"], schemes)
    return Sent(body_of(template, answers, about, _others(form, kept)), (*problems, *wrong))


def _others(form: FormFields, kept: Body) -> list[dict[str, Any]]:
    """The answers without a place: as the form carries them, with texts as they were typed over; emptied ones go."""
    carried = _carried(form)
    typed = [_typed(form, number, entry) for number, entry in enumerate(kept["other"] if carried is None else carried)]
    return [entry for entry in typed if entry["answer"]]


def _carried(values: Mapping[str, Any] | FormFields) -> list[dict[str, Any]] | None:
    """The answers without a place out of the hidden field of a form; None where it holds none."""
    try:
        return read_others(json.loads(values.get(OTHERS, "") or "null"))
    except (ValueError, ValidationError, RecursionError):
        return None


def _typed(form: FormFields, number: int, entry: dict[str, Any]) -> dict[str, Any]:
    return {**entry, "answer": form.get(f"{OTHERS}-{number}", entry["answer"]).strip()} if _is_text(entry) else entry


def _is_text(entry: Mapping[str, Any]) -> bool:
    """Whether an answer stands in the form as it is kept: the words of a day or a choice would take its place."""
    return isinstance(entry["answer"], str) and in_words(question_of(entry), entry["answer"]) == entry["answer"]


def fields_of(body: Body, questions: tuple[Question, ...]) -> MultiDict[str, str]:
    """A body as the fields of its form."""
    found: MultiDict[str, str] = MultiDict(facts.as_fields(body["about"]))
    for question in questions:
        _put(found, question, body["answers"].get(question.id, ""))
    found[OTHERS] = json.dumps(body["other"])
    return found


def _put(fields: MultiDict[str, str], question: Question, answer: Answer) -> None:
    if isinstance(answer, list):
        fields.setlist(question.id, answer)
    elif question.type == "date" and answer:
        year, month, day = answer.split("-")
        fields.update(zip((f"{question.id}-{part}" for part in PARTS), (day, month, year), strict=True))
    else:
        fields[question.id] = answer


@dataclass(frozen=True)
class Other:
    """An answer without a place, as the form shows it: a text that can be changed, or words that are only shown."""

    field: str
    prompt: str
    text: str
    is_text: bool


def others_shown(values: Mapping[str, Any] | FormFields) -> list[Other]:
    """The answers without a place that a form's values carry; none where they cannot be read."""
    return [
        Other(
            f"{OTHERS}-{number}",
            entry["prompt"],
            values.get(f"{OTHERS}-{number}", "") or in_words(question_of(entry), entry["answer"]),
            _is_text(entry),
        )
        for number, entry in enumerate(_carried(values) or ())
    ]


def changed_template(sent_so_far: Body, before: Template, template: Template) -> Body:
    """What was typed, under other questions; what the new ones tick beforehand is ticked."""
    body = with_template(sent_so_far, template)
    return {**body, "about": facts.implied(body["about"], template, before)}
