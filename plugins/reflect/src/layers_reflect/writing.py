"""What is filled in for each kind: its questions, what was answered, and the title and body that answers make."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from layers_core.contract import Body, Captured, FormFields, Problem, Thing
from layers_core.i18n import gettext as _
from layers_reflect.kinds import ASIDE, NOTE
from layers_reflect.prompts import Question, Template, only_for_me, template_of
from layers_reflect.titles import title_from

ONLY_FOR_ME = "only_for_me"


@dataclass(frozen=True)
class Written:
    """Questions with the answers given so far, and how answers become a body."""

    questions: tuple[Question, ...]
    answers: Mapping[str, str]
    body: Callable[[Mapping[str, str]], Body]


def _note(body: Body) -> Written:
    template = template_of(body)
    return Written(template.questions, body["answers"], lambda answers: _note_body(template, answers))


def _note_body(template: Template, answers: Mapping[str, str]) -> Body:
    return {"template": template.id, "template_version": template.version, "answers": dict(answers)}


def _aside(body: Body) -> Written:
    return Written((only_for_me(),), body, lambda answers: {"text": answers["text"]})


KINDS: Mapping[str, Callable[[Body], Written]] = {NOTE: _note, ASIDE: _aside}


def written(thing: Thing) -> Written:
    """What a kept thing asked and what was answered. Raises KeyError for a kind that is not Reflect's."""
    return KINDS[thing.kind](thing.body)


def read(questions: tuple[Question, ...], fields: FormFields) -> tuple[dict[str, str], tuple[Problem, ...]]:
    """The submitted answers by question, and a problem for each question that had to be answered and was not."""
    answers = {question.id: fields.get(question.id, "").strip() for question in questions}
    problems = tuple(
        Problem(_("Enter something under “%(question)s”", question=_(question.ask)), question.id)
        for question in questions
        if question.required and not answers[question.id]
    )
    return answers, problems


def capture(template: Template, fields: FormFields) -> Captured:
    """A new note out of the record box: its title, its body, and what is only for the writer."""
    answers, problems = read(template.questions, fields)
    private = fields.get(ONLY_FOR_ME, "").strip()
    return Captured(
        title=title_from(answers[template.first.id]),
        body=_note_body(template, {code: text for code, text in answers.items() if text}),
        extras={ONLY_FOR_ME: private} if private else {},
        problems=problems,
    )
