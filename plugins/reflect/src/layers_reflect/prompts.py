"""The questions of a reflection: versioned data, looked up by template and version."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from layers_core.contract import Body, PracticeView
from layers_core.i18n import format_date
from layers_core.i18n import gettext as _
from layers_core.vocabulary import vocabulary

SLUG = "reflect"
PACKAGE = "layers_reflect"
DEFAULT = "what_so_what_now_what"
QUICK = "quick_note"
OWN = "own:"
"""How the code of a template that a practice or a person made begins; its key follows."""

Answer = str | list[str]
"""What was answered: a text, a day (ISO), hours or a code as a string; several codes as a list."""


@dataclass(frozen=True)
class Question:
    """One field of a template: `prompt` stands over a kept answer, `ask` and `help` at the field to fill in.

    `type` is a code of data/field_types.json; `options` are the codes and words of a choice.
    """

    id: str
    prompt: str
    ask: str
    help: str
    required: bool
    type: str = "text"
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def choices(self) -> Mapping[str, str]:
        """The codes that may be answered, with their words; empty for whatever is typed."""
        return vocabulary("roles", PACKAGE) if self.type == "roles" else self.options

    @property
    def items(self) -> list[tuple[str, str]]:
        """The codes that may be answered with their words in the reader's language."""
        return [(code, _(words)) for code, words in self.choices.items()]

    @property
    def several(self) -> bool:
        """Whether the answer is a list of codes."""
        return self.type in {"choices", "roles"}

    @property
    def as_data(self) -> dict[str, Any]:
        """The question as a note keeps it in `asked`."""
        return {
            "id": self.id,
            "prompt": self.prompt,
            "ask": self.ask,
            "help": self.help,
            "required": self.required,
            "type": self.type,
            "options": dict(self.options),
        }


@dataclass(frozen=True)
class Template:
    """One version of a template's questions; the first one gives a note its title.

    `implies` are the codes by scheme that choosing it ticks, `asks` the facts of `about` that stand beside the
    questions, `private` says that a note of it is never shared.
    """

    id: str
    version: int
    questions: tuple[Question, ...]
    label: str = ""
    about: str = ""
    notice: str = ""
    implies: Mapping[str, list[str]] = field(default_factory=dict)
    asks: tuple[str, ...] = ()
    private: bool = False
    professions: tuple[str, ...] = ()

    @property
    def first(self) -> Question:
        """The question that is shown open and gives the title."""
        return self.questions[0]

    @property
    def folded(self) -> tuple[Question, ...]:
        """The questions that a busy writer may leave folded away."""
        return self.questions[1:]

    @property
    def is_own(self) -> bool:
        """Whether a practice or a person made it, so that a note keeps its questions."""
        return self.id.startswith(OWN)


@cache
def templates() -> Mapping[tuple[str, int], Template]:
    """Every version of every template that comes with Reflect, by id and version."""
    return {
        (code, entry["version"]): Template(
            code,
            entry["version"],
            tuple(Question(**question) for question in entry["fields"]),
            label=template["label"],
            about=template["about"],
            notice=template.get("notice", ""),
            implies=template.get("implies", {}),
            asks=tuple(template.get("asks", ())),
            private=template.get("private", False),
            professions=tuple(template.get("for", ())),
        )
        for code, template in vocabulary("templates", PACKAGE).items()
        for entry in template["versions"]
    }


def newest(code: str) -> Template:
    """The version of a template that is offered now. Raises LookupError for an unknown id."""
    return max(
        (template for (known, _version), template in templates().items() if known == code),
        key=lambda template: template.version,
        default=None,
    ) or _unknown(code)


def _unknown(code: str) -> Template:
    raise LookupError(f"No reflection template {code}")


def offered(practice: PracticeView) -> Template:
    """The template that a practice chose to offer; What? So what? Now what? where it chose none that is known here."""
    chosen = practice.mix.settings(SLUG).get("template", DEFAULT)
    return newest(chosen if chosen in vocabulary("templates", PACKAGE) else DEFAULT)


@cache
def only_for_me() -> Question:
    """The one question of a private addition."""
    ((code, words),) = vocabulary("only_for_me", PACKAGE).items()
    return Question(code, words["prompt"], words["ask"], words["help"], True)


def own(code: str, version: int, label: str, about: str, fields: list[dict[str, Any]]) -> Template:
    """A template that a practice or a person made, out of its kept fields."""
    return Template(code, version, tuple(Question(**entry) for entry in fields), label=label, about=about)


def template_of(body: Body) -> Template:
    """The template that a note was written with: for an own one the questions that the note keeps.

    A note from a newer installation may name one that is unknown here: its answers are then shown under their own ids.
    """
    code, version = body["template"], body["template_version"]
    known = templates().get((code, version))
    if known:
        return known
    if body["asked"]:
        return own(code, version, "", "", body["asked"])
    questions = tuple(Question(name, name, name, "", False) for name in body["answers"])
    return Template(code, version, questions)


def is_private(body: Body) -> bool:
    """Whether a note asks for a colleague's name, with its questions of now or with those that it was begun with.

    Parts that have a default may be missing, as in a draft.
    """
    asked = {body.get("template", DEFAULT), *(kept["template"] for kept in body.get("other", ()))}
    return any(template.private for (code, _version), template in templates().items() if code in asked)


def in_words(question: Question, answer: Answer) -> str:
    """An answer as people read it: the words of codes, a day written out, anything else as it was given."""
    if question.type == "date" and isinstance(answer, str):
        # An answer that came along with a note may have been given to a question of another type.
        with suppress(ValueError):
            return format_date(date.fromisoformat(answer))
    given = answer if isinstance(answer, list) else [answer]
    return ", ".join(_(question.choices[code]) if code in question.choices else code for code in given)


def answered(body: Body) -> list[tuple[str, str]]:
    """The questions of a note that were answered, as (translated prompt, answer in words), in the template's order."""
    answers = body["answers"]
    return [
        (_(question.prompt), in_words(question, answers[question.id]))
        for question in template_of(body).questions
        if answers.get(question.id)
    ]


def others(body: Body) -> list[tuple[str, str]]:
    """The answers that have no place in the note's present template, as (translated prompt, answer in words)."""
    return [(_(kept["prompt"]), in_words(question_of(kept), kept["answer"])) for kept in body["other"]]


def question_of(kept: Mapping[str, Any]) -> Question:
    """The question that an answer under `other` was given to; one of its own words where that is unknown here."""
    for (code, _version), template in templates().items():
        if code == kept["template"]:
            for question in template.questions:
                if question.id == kept["id"]:
                    return question
    return Question(kept["id"], kept["prompt"], kept["prompt"], "", False)
