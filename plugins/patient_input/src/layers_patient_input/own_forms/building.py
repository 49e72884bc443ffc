"""A form as a practice builds it, and what has to be put right before it can be kept. Pure.

A built form is a row of questions; a heading gathers those below it, up to the next one.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from layers_core.contract import Problem
from layers_core.i18n import gettext as _
from layers_core.vocabulary import vocabulary
from layers_patient_input.wording import PACKAGE

TITLE_LIMIT, TEXT_LIMIT, OPTION_LIMIT = 200, 1_000, 200
MOST_QUESTIONS, MOST_OPTIONS = 60, 50
LINK_ID = re.compile(r"[A-Za-z0-9._]{1,64}")
"""The linkIds that a built form may have: none that `only_if` or the linkId of a help text could be mistaken for."""
YES, NO = "yes", "no"


@dataclass(frozen=True)
class Question:
    """A question, words to read or a heading. `id` is its linkId, `kind` a code of data/question_kinds.json.

    `only_if` says when it is asked: the id of an earlier question, "=" and its answer in words (`yes` or `no` for a
    question that takes these); empty for always. `most` is empty where the kind's own length counts.
    """

    id: str
    kind: str = "one"
    ask: str = ""
    help: str = ""
    options: tuple[str, ...] = ()
    required: bool = False
    most: str = ""
    only_if: str = ""

    @property
    def rules(self) -> Mapping[str, Any]:
        """What data/question_kinds.json says of its kind."""
        entry: Mapping[str, Any] = kinds().get(self.kind, {})
        return entry

    @property
    def is_asked(self) -> bool:
        """Whether it takes an answer."""
        return self.rules.get("type") not in {"display", "group"}

    @property
    def answers(self) -> tuple[tuple[str, str], ...]:
        """What a later question may depend on, as (value, words)."""
        if self.rules.get("type") == "boolean":
            return (YES, _("Yes")), (NO, _("No"))
        return tuple((option, option) for option in self.options) if self.rules.get("deciding") else ()


@dataclass(frozen=True)
class Building:
    """A form while it is built: finished or not."""

    title: str = ""
    questions: tuple[Question, ...] = ()
    language: str = "en"


def kinds() -> Mapping[str, Any]:
    """The kinds of question, by code."""
    return vocabulary("question_kinds", PACKAGE)


def new_question(kind: str) -> Question:
    """An empty question with a linkId of its own, so that answers never go to another question later."""
    return Question(f"q{secrets.token_hex(4)}", kind)


def deciding(questions: Sequence[Question], place: int) -> list[tuple[str, str]]:
    """What the question at a place may depend on: (value of `only_if`, words), of the questions before it."""
    return [
        (f"{earlier.id}={value}", _("“%(answer)s” to “%(question)s”", answer=words, question=earlier.ask))
        for earlier in questions[:place]
        if earlier.ask
        for value, words in earlier.answers
    ]


def problems(building: Building) -> list[Problem]:
    """What has to be put right before the form can be kept, with the fields of `editing` as places."""
    found = _too_long(building.title, TITLE_LIMIT, "title", _("Give the form a title"))
    if not any(question.is_asked for question in building.questions):
        found.append(Problem(_("Ask at least one question"), "title"))
    if len(building.questions) > MOST_QUESTIONS:
        found.append(Problem(_("Ask at most %(most)s questions", most=MOST_QUESTIONS), "title"))
    for place, question in enumerate(building.questions):
        found += _problems_of(building.questions, place, question)
    return found


def _problems_of(questions: Sequence[Question], place: int, question: Question) -> Iterator[Problem]:
    field = f"q{place}"
    if not question.rules:
        yield Problem(_("Choose what kind of question it is"), f"{field}-kind")
        return
    yield from _too_long(question.ask, TEXT_LIMIT, f"{field}-ask", _("Write the question, or remove it"))
    if len(question.help) > TEXT_LIMIT:
        yield Problem(_at_most(TEXT_LIMIT), f"{field}-help")
    if question.rules.get("options"):
        yield from _options_problems(question, f"{field}-options")
    most = question.rules.get("most", 0)
    if question.most and not (question.most.isdecimal() and 0 < int(question.most[:9]) <= most):
        yield Problem(_("Enter a number from 1 to %(most)s, or leave it empty", most=f"{most:,}"), f"{field}-most")
    if question.only_if and question.only_if not in {value for value, _words in deciding(questions, place)}:
        words = _("The answer that this depends on is gone, or comes later. Choose again when to ask it")
        yield Problem(words, f"{field}-only_if")
    if question.rules["type"] == "group" and not any(
        asked.rules.get("type") != "group" for asked in questions[place + 1 : place + 2]
    ):
        yield Problem(_("Put a question below this heading, or remove it"), f"{field}-ask")


def _options_problems(question: Question, field: str) -> Iterator[Problem]:
    if not 2 <= len(question.options) <= MOST_OPTIONS:
        words = _("Write at least 2 answers and at most %(most)s, each on a line of its own", most=MOST_OPTIONS)
        yield Problem(words, field)
    elif len({option.casefold() for option in question.options}) < len(question.options):
        yield Problem(_("Two answers are the same. Change one of them, or remove it"), field)
    elif any(len(option) > OPTION_LIMIT for option in question.options):
        words = _("An answer has more than %(most)s characters. Make it shorter", most=OPTION_LIMIT)
        yield Problem(words, field)


def _too_long(text: str, most: int, field: str, empty: str) -> list[Problem]:
    if not text:
        return [Problem(empty, field)]
    return [Problem(_at_most(most), field)] if len(text) > most else []


def _at_most(most: int) -> str:
    return _("This must be %(most)s characters or fewer", most=f"{most:,}")
