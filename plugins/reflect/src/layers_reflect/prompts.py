"""The questions of a reflection: versioned data, looked up by template and version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from layers_core.contract import Body, PracticeView
from layers_core.i18n import gettext as _
from layers_core.vocabulary import vocabulary

SLUG = "reflect"
PACKAGE = "layers_reflect"
DEFAULT = "what_so_what_now_what"
QUICK = "quick_note"


@dataclass(frozen=True)
class Question:
    """One field of a template: `prompt` stands over a kept answer, `ask` and `help` at the field to fill in."""

    id: str
    prompt: str
    ask: str
    help: str
    required: bool


@dataclass(frozen=True)
class Template:
    """One version of a template's questions; the first one gives a note its title."""

    id: str
    version: int
    questions: tuple[Question, ...]

    @property
    def first(self) -> Question:
        """The question that is shown open and gives the title."""
        return self.questions[0]

    @property
    def folded(self) -> tuple[Question, ...]:
        """The questions that a busy writer may leave folded away."""
        return self.questions[1:]


@cache
def templates() -> Mapping[tuple[str, int], Template]:
    """Every version of every template, by id and version."""
    return {
        (code, entry["version"]): Template(
            code, entry["version"], tuple(Question(**question) for question in entry["fields"])
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


def template_of(body: Body) -> Template:
    """The template that a note was written with.

    A note from a newer installation may name one that is unknown here: its answers are then shown under their own ids.
    """
    known = templates().get((body["template"], body["template_version"]))
    if known:
        return known
    questions = tuple(Question(code, code, code, "", False) for code in body["answers"])
    return Template(body["template"], body["template_version"], questions)


def answered(body: Body) -> list[tuple[str, str]]:
    """The questions of a note that were answered, as (translated prompt, answer), in the template's order."""
    answers = body["answers"]
    return [
        (_(question.prompt), answers[question.id])
        for question in template_of(body).questions
        if answers.get(question.id)
    ]
