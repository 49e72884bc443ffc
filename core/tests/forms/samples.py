"""Small forms for the tests, as FHIR writes them."""

from __future__ import annotations

from typing import Any

from layers_core.forms.model import Item, Questionnaire
from layers_core.forms.reading import Read, read

SYSTEM = "https://example.org/colours"
YES = {"system": "http://terminology.hl7.org/CodeSystem/v2-0136", "code": "Y", "display": "Yes"}


def form(*items: Any, **more: Any) -> dict[str, Any]:
    """A Questionnaire with these items."""
    return {"resourceType": "Questionnaire", "status": "active", "title": "A form", "item": list(items), **more}


def question(link_id: str, type_: str = "string", **more: Any) -> dict[str, Any]:
    """A question with some words."""
    return {"linkId": link_id, "text": f"Question {link_id}?", "type": type_, **more}


def group(link_id: str, *items: Any, **more: Any) -> dict[str, Any]:
    """A group of questions."""
    return {"linkId": link_id, "text": f"Group {link_id}", "type": "group", "item": list(items), **more}


def choice(link_id: str, *codes: str, **more: Any) -> dict[str, Any]:
    """A choice of codes."""
    options = [{"valueCoding": {"system": SYSTEM, "code": code, "display": code.title()}} for code in codes]
    return question(link_id, **{"type_": "choice", "answerOption": options, **more})


def colour(code: str) -> dict[str, str]:
    """One of the codes of `choice`."""
    return {"system": SYSTEM, "code": code, "display": code.title()}


def when(question_id: str, operator: str, **answer: Any) -> dict[str, Any]:
    """One entry of enableWhen."""
    return {"question": question_id, "operator": operator, **answer}


def kept(*items: Any, **more: Any) -> Questionnaire:
    """The form as it is read."""
    questionnaire = read(form(*items, **more)).questionnaire
    assert questionnaire is not None
    return questionnaire


def item_of(read_form: Read, link_id: str) -> Item:
    """One item of a form that was read."""
    assert read_form.questionnaire is not None
    return next(item for item in read_form.questionnaire.walk() if item.link_id == link_id)


def answered(link_id: str, *answers: dict[str, Any]) -> dict[str, Any]:
    """An item of a response."""
    return {"linkId": link_id, "answer": list(answers)}


def copy_of(link_id: str, *items: dict[str, Any]) -> dict[str, Any]:
    """One copy of a group in a response."""
    return {"linkId": link_id, "item": list(items)}


def completed(*items: Any, **more: Any) -> dict[str, Any]:
    """A QuestionnaireResponse with these items."""
    return {"resourceType": "QuestionnaireResponse", "status": "completed", "item": list(items), **more}
