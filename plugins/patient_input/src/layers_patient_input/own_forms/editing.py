"""The page on which a form is built: its questions as fields, the buttons that add, move and remove one. No request.

The fields of the question at a place are named q<place>-<part>; `data/question_kinds.json` says which parts a kind has.
"""

from __future__ import annotations

from dataclasses import replace

from layers_core.web import Submitted
from layers_patient_input.own_forms.building import LINK_ID, MOST_QUESTIONS, Building, Question, kinds, new_question

SAVE = "save"


def empty(language: str) -> Building:
    """A new form: one question to begin with."""
    return Building("", (new_question("one"),), language)


def read(form: Submitted, language: str) -> Building:
    """The form as it was sent. Parts that a question's kind does not have are left out."""
    questions: dict[str, Question] = {}
    for place in range(min(form.whole("questions") or 0, MOST_QUESTIONS + 1)):
        question = _question(form, f"q{place}")
        if question.id in questions or not LINK_ID.fullmatch(question.id):
            question = replace(question, id=new_question("").id)
        questions[question.id] = question
    return Building(_line(form.get("title")), tuple(questions.values()), language)


def _question(form: Submitted, name: str) -> Question:
    kind = form.get(f"{name}-kind")
    rules = kinds().get(kind, {})
    options = tuple(filter(None, map(_line, form.get(f"{name}-options").splitlines()))) if rules.get("options") else ()
    asked = rules.get("type") not in {"display", "group"}
    return Question(
        form.get(f"{name}-id"),
        kind,
        form.get(f"{name}-ask").replace("\r\n", "\n"),
        form.get(f"{name}-help").replace("\r\n", "\n") if asked else "",
        options,
        bool(form.get(f"{name}-required")) and asked,
        form.get(f"{name}-most") if "most" in rules else "",
        form.get(f"{name}-only_if"),
    )


def press(building: Building, button: str, kind: str) -> Building:
    """What a button other than Save does: `add` (a question of a kind), `up-3`, `down-0`, `remove-2`, `show`.

    Anything else changes nothing, as `show`, which shows the fields of a question whose kind was changed.
    """
    verb, _dash, place = button.partition("-")
    questions = list(building.questions)
    number = next((known for known in range(len(questions)) if str(known) == place), -1)
    if verb == "add" and len(questions) < MOST_QUESTIONS and kind in kinds():
        questions.append(new_question(kind))
    elif verb in {"up", "down"} and number >= 0:
        moved = questions.pop(number)
        questions.insert(max(0, number + (-1 if verb == "up" else 1)), moved)
    elif verb == "remove" and number >= 0:
        questions.pop(number)
    return replace(building, questions=tuple(questions))


def moved_to(building: Building, button: str) -> int | None:
    """The place of the question that a button added or moved, for the page to go there; None for other buttons."""
    verb, _dash, place = button.partition("-")
    if verb == "add":
        return len(building.questions)
    step = {"up": -1, "down": 1, "show": 0}.get(verb)
    return max(0, int(place) + step) if step is not None and place.isdecimal() and len(place) < 4 else None


def _line(text: str) -> str:
    return " ".join(text.split())
