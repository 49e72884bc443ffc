"""The form of an own template: its questions as fields, and the buttons that add, move and remove one. No request."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace

from layers_core.web import Submitted
from layers_reflect.own.service import Content
from layers_reflect.prompts import Question, Template
from layers_reflect.schemas import MOST_QUESTIONS

SAVE = "save"


@dataclass(frozen=True)
class Editing:
    """What stands in the form: the name, the line under it, and the questions, finished or not."""

    label: str = ""
    about: str = ""
    questions: tuple[Question, ...] = ()

    def filled(self) -> Editing:
        """The same without blocks that were left empty: they are no questions. One always stays to be filled in."""
        asked = tuple(question for question in self.questions if question.ask or question.help or question.options)
        return replace(self, questions=asked or self.questions[:1])

    def content(self) -> Content:
        """What would be saved."""
        return Content(self.label, self.about, self.questions)


def new_question(*, first: bool = False) -> Question:
    """An empty question with a name of its own, so that answers never go to another question later."""
    return Question(f"q{secrets.token_hex(4)}", "", "", "", first)


def empty() -> Editing:
    """A new template: one question that gives the title, and one more."""
    return Editing(questions=(new_question(first=True), new_question()))


def of_template(template: Template) -> Editing:
    """A template that is to be changed."""
    return Editing(template.label, template.about, template.questions)


def read(form: Submitted) -> Editing:
    """The form as it was sent."""
    numbers = range(min(form.whole("questions") or 0, MOST_QUESTIONS))
    return Editing(form.get("label"), form.get("about"), tuple(_question(form, number) for number in numbers))


def _question(form: Submitted, number: int) -> Question:
    ask = form.get(f"q{number}-ask")
    options = (" ".join(line.split()) for line in form.get(f"q{number}-options").splitlines())
    kind = form.get(f"q{number}-type", "text")
    return Question(
        form.get(f"q{number}-id"),
        ask,
        ask,
        form.get(f"q{number}-help"),
        bool(form.get(f"q{number}-required")),
        kind,
        {line: line for line in options if line} if kind in {"choice", "choices"} else {},
    )


def press(editing: Editing, button: str) -> Editing:
    """What a button other than Save does: `add`, `up-3`, `down-0`, `remove-2`. Anything else changes nothing."""
    verb, _dash, place = button.partition("-")
    questions = list(editing.questions)
    number = next((known for known in range(len(questions)) if str(known) == place), -1)
    if verb == "add" and len(questions) < MOST_QUESTIONS:
        questions.append(new_question())
    elif verb in {"up", "down"} and 0 <= number < len(questions):
        moved = questions.pop(number)
        questions.insert(max(0, number + (-1 if verb == "up" else 1)), moved)
    elif verb == "remove" and 0 <= number < len(questions):
        questions.pop(number)
    return replace(editing, questions=tuple(questions))
