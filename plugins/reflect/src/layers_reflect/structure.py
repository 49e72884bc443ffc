"""What a note's body becomes when its template changes. Pure: no database, no request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from layers_core.contract import Body
from layers_reflect.prompts import Answer, Question, Template, template_of
from layers_reflect.schemas import problem_with


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

    The first answer becomes the new first one; any other goes where it was given before, else to a question of the same
    name and type. What has no place stays under `other`, and goes back when its template comes back.
    """
    waiting = list(_given(body))
    was = template_of(body)
    answers: dict[str, Answer] = {}
    for question in template.questions:
        found = next(_candidates(question, template, was, waiting), None)
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


def _candidates(
    question: Question, template: Template, was: Template, waiting: list[dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    """The answers that may go to a question of the new template, best first."""
    fitting = [kept for kept in waiting if not problem_with(question, kept["answer"])]
    first = [kept for kept in fitting if (kept["template"], kept["id"]) == (was.id, was.first.id)]
    if question is template.first:
        yield from first
    yield from (kept for kept in fitting if (kept["template"], kept["id"]) == (template.id, question.id))
    yield from (kept for kept in fitting if kept["id"] == question.id and kept not in first)
