"""What a note's body becomes when its template changes. Pure: no database, no request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from layers_core.contract import Body
from layers_reflect.prompts import Answer, Question, Template, template_of
from layers_reflect.schemas import problem_with

Place = tuple[str, str]
"""A template's code and a question's id."""


def body_of(template: Template, answers: Mapping[str, Answer], about: Mapping[str, Any], other: list[Any]) -> Body:
    """A note's body. Empty answers are left out; an own template's questions are kept with the note."""
    return {
        "template": template.id,
        "template_version": template.version,
        "answers": {question.id: answers[question.id] for question in template.questions if answers.get(question.id)},
        "asked": [question.as_data for question in template.questions] if template.is_own else [],
        "other": other,
        "about": dict(about),
    }


def with_template(body: Body, template: Template) -> Body:
    """A body with another template, in which nothing that was answered is lost.

    An answer goes where it was given before, else to the question of the same name and type; the first answer becomes
    the new first one. What has no place stays under `other`, and goes back when the old template comes back.
    """
    waiting = list(_given(body))
    was = template_of(body)
    answers: dict[str, Answer] = {}
    for question in template.questions:
        found = next(
            (kept for place in _places(question, template, was) for kept in _at(place, waiting, question)), None
        )
        if found is not None:
            answers[question.id] = found["answer"]
            waiting.remove(found)
    return body_of(template, answers, body["about"], waiting)


def _given(body: Body) -> Iterator[dict[str, Any]]:
    """Everything that was answered: the present answers, then what waits under `other`."""
    for question in template_of(body).questions:
        answer = body["answers"].get(question.id)
        if answer:
            yield {"template": body["template"], "id": question.id, "prompt": question.prompt, "answer": answer}
    yield from body["other"]


def _at(place: Place, waiting: list[dict[str, Any]], question: Question) -> Iterator[dict[str, Any]]:
    """The answers given at a place that fit a question."""
    for kept in waiting:
        if (kept["template"], kept["id"]) == place and not problem_with(question, kept["answer"]):
            yield kept


def _places(question: Question, template: Template, was: Template) -> Iterator[Place]:
    """Where the answer to a question of the new template may be found, best first."""
    if question is template.first:
        yield was.id, was.first.id
    yield template.id, question.id
    if was.id != template.id and (question is template.first or question.id != was.first.id):
        yield was.id, question.id
