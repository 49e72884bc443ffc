"""What is filled in for each kind: its questions, what was answered, and the title and body that answers make."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from layers_core.contract import Body, Captured, FormFields, Problem, Thing
from layers_core.i18n import gettext as _
from layers_core.web import real_date
from layers_reflect.classification import no_facts
from layers_reflect.facts import PARTS
from layers_reflect.kinds import ASIDE, NOTE
from layers_reflect.prompts import QUICK, Answer, Question, Template, newest, only_for_me, template_of, templates
from layers_reflect.schemas import problem_with
from layers_reflect.structure import body_of
from layers_reflect.titles import title_from

ONLY_FOR_ME = "only_for_me"


@dataclass(frozen=True)
class Written:
    """Questions with the answers given so far, and how answers become a body."""

    questions: tuple[Question, ...]
    answers: Mapping[str, Answer]
    body: Callable[[Mapping[str, Answer]], Body]


def _note(body: Body) -> Written:
    template = template_of(body)
    return Written(
        template.questions,
        body["answers"],
        lambda answers: body_of(template, answers, body["about"], body["other"]),
    )


def _aside(body: Body) -> Written:
    return Written((only_for_me(),), body, lambda answers: {"text": answers["text"]})


KINDS: Mapping[str, Callable[[Body], Written]] = {NOTE: _note, ASIDE: _aside}


def written(thing: Thing) -> Written:
    """What a kept thing asked and what was answered. Raises KeyError for a kind that is not Reflect's."""
    return KINDS[thing.kind](thing.body)


def new_body(template: Template, answers: Mapping[str, Answer], about: Mapping[str, Any] | None = None) -> Body:
    """The body of a new note. `about` may name some of the facts (see `classification.no_facts`)."""
    return body_of(template, answers, {**no_facts(), **(about or {})}, [])


def quick_body(text: str, about: Mapping[str, Any] | None = None) -> Body:
    """The body of a new note that is one text."""
    return new_body(newest(QUICK), {"what": text}, about)


def read(questions: tuple[Question, ...], fields: FormFields) -> tuple[dict[str, Answer], tuple[Problem, ...]]:
    """The submitted answers by question, and a problem for each that is missing or does not fit its question."""
    answers = {question.id: _answer(question, fields) for question in questions}
    return answers, tuple(_problems(questions, answers))


def _answer(question: Question, fields: FormFields) -> Answer:
    if question.several:
        return fields.getlist(question.id)
    if question.type != "date":
        return fields.get(question.id, "").strip()
    parts = [fields.get(f"{question.id}-{part}", "").strip() for part in PARTS]
    with suppress(ValueError):
        return real_date(parts).isoformat()
    # What is no date is kept as it was typed, for the check to find.
    return "-".join(parts) if any(parts) else ""


def _problems(questions: tuple[Question, ...], answers: Mapping[str, Answer]) -> Iterator[Problem]:
    for question in questions:
        answer, field = answers[question.id], f"{question.id}-day" if question.type == "date" else question.id
        if answer and (problem := problem_with(question, answer)):
            yield Problem(problem, field)
        elif question.required and not answer:
            yield Problem(_("Enter something under “%(question)s”", question=_(question.ask)), field)


def begun_with(offered: Template, fields: FormFields) -> Template:
    """The questions that a form of the record box was made with: the practice may have chosen others since.

    A form that waited on a phone brings answers that the questions of now do not ask for. Those that hold the most of
    what was typed count; `offered` wherever they do as well.
    """

    def held(template: Template) -> int:
        return sum(bool(_answer(question, fields)) for question in template.questions)

    return max([offered, *templates().values()], key=held)


def capture(offered: Template, fields: FormFields) -> Captured:
    """A new note out of the record box: its title, its body, and what is only for the writer."""
    template = begun_with(offered, fields)
    answers, problems = read(template.questions, fields)
    private = fields.get(ONLY_FOR_ME, "").strip()
    return Captured(
        title=title_from(str(answers[template.first.id])),
        body=new_body(template, answers),
        extras={ONLY_FOR_ME: private} if private else {},
        problems=problems,
    )
