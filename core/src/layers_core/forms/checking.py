"""Whether a response fits its form, and where not: by the rules of FHIR R4's Questionnaire and QuestionnaireResponse.

https://hl7.org/fhir/R4/questionnaireresponse.html. It never raises, whatever the response is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from layers_core.forms import parsing
from layers_core.forms.enabling import Enabling, value_names, value_of
from layers_core.forms.model import Item, Questionnaire, Value
from layers_core.forms.options import Offered
from layers_core.forms.placing import Misfit, Place, Room, TooLarge, place, places
from layers_core.forms.values import ANSWERS, TYPES, fits
from layers_core.i18n import gettext as _

__all__ = ["Misfit", "check", "check_items"]

STATUSES = ("in-progress", "completed", "amended", "entered-in-error", "stopped")
_UNFINISHED = ("in-progress", "entered-in-error", "stopped")
_LONGEST_NAME = 200


def check(questionnaire: Questionnaire, response: object) -> tuple[Misfit, ...]:
    """Where a QuestionnaireResponse does not fit; empty if it fits.

    Required questions have to be answered only where they are asked, and only in a response that is completed or
    amended; nothing is required in a repeating group that is left out. A response to another form is a misfit, one to
    another version of it is not: it may fit all the same.
    """
    problem = parsing.refusal(response)
    if problem:
        return (Misfit("", "", "response", problem),)
    if not isinstance(response, dict):
        return (Misfit("", "", "response", _("It is no FHIR resource.")),)
    if response.get("resourceType") != "QuestionnaireResponse":
        return (Misfit("", "resourceType", "resourceType", _("It is no QuestionnaireResponse.")),)
    finished = response.get("status") not in _UNFINISHED
    return (*_head(questionnaire, response), *check_items(questionnaire, response.get("item"), finished=finished))


def check_items(questionnaire: Questionnaire, items: object, *, finished: bool = True) -> tuple[Misfit, ...]:
    """Where the list under `QuestionnaireResponse.item` does not fit; `finished` asks for what is required, too."""
    try:
        room, misfits = place(questionnaire, items)
    except TooLarge:
        return (Misfit("", "item", "item", _("The response has more items than anybody could fill in.")),)
    enabling = Enabling(questionnaire, room)
    checker = _Checker(finished)
    for one in places(room):
        misfits.extend(checker.misfits(one, enabling.asked(one)))
    return tuple(misfits)


def _head(questionnaire: Questionnaire, response: Mapping[str, Any]) -> list[Misfit]:
    found: list[Misfit] = []
    status = response.get("status")
    if status not in STATUSES:
        found.append(Misfit("", "status", "status", _("It should be one of %(codes)s.", codes=", ".join(STATUSES))))
    named = response.get("questionnaire")
    if isinstance(named, dict):  # as in FHIR STU3
        named = named.get("reference")
    if named is not None and not (isinstance(named, str) and _is_of(questionnaire, named)):
        found.append(Misfit("", "questionnaire", "questionnaire", _("It answers another form.")))
    return found


def _is_of(questionnaire: Questionnaire, canonical: str) -> bool:
    """Whether a response may be to this form. An address on somebody's server says nothing of the form's own."""
    address = canonical.split("|")[0]
    own = questionnaire.source.get("id")
    known = not questionnaire.url or ":" not in address
    return known or address == questionnaire.url or address.endswith(f"/Questionnaire/{own}")


class _Checker:
    """Checks place after place; what it works out of a question's options serves all copies of it."""

    def __init__(self, finished: bool) -> None:
        self._finished = finished
        self._offered: dict[str, Offered] = {}

    def misfits(self, one: Place, asked: bool) -> list[Misfit]:
        """What is wrong in one place, apart from what was found while it was laid there."""
        item, answered = one.item, bool(one.answers)
        if not asked:
            return [_misfit(one, "enableWhen", _("It is not asked, given the other answers."))] if answered else []
        found: list[Misfit] = []
        if item.required and self._finished and not one.optional and not _has(one) and _asks(item):
            what = _("An answer is required.") if item.type != "group" else _("An answer in this group is required.")
            found.append(_misfit(one, "required", what))
        if answered and len(one.answers) > 1 and not item.repeats:
            found.append(_misfit(one, "repeats", _("It takes one answer and has several.")))
        for answer in one.answers:
            found.extend(self._answer(item, answer))
        return found

    def _answer(self, item: Item, answer: Room) -> list[Misfit]:
        def misfit(what: str, why: str) -> list[Misfit]:
            return [Misfit(item.link_id, answer.where, what, why)]

        names = value_names(answer.data)
        if not names:
            return misfit("value", _("The answer has no value."))
        value = value_of(answer.data)
        if value is None:
            return misfit("value", _("The answer has several values."))
        allowed = ANSWERS[item.type]
        if value.type not in allowed:
            wanted = ", ".join(f"value{name}" for name in allowed)
            return misfit("type", _("It is value%(type)s; %(wanted)s is wanted.", type=value.type[:50], wanted=wanted))
        if not fits(value.type, value.data):
            return misfit("type", _("value%(type)s should be %(form)s.", type=value.type, form=_(TYPES[value.type][1])))
        if item.max_length is not None and isinstance(value.data, str) and len(value.data) > item.max_length:
            return misfit("maxLength", _("It is longer than %(most)s characters.", most=item.max_length))
        if item.type in ("choice", "open-choice") and item.options and not self._is_offered(item, value):
            return misfit("answerOption", _("It is none of the answers to choose."))
        return []

    def _is_offered(self, item: Item, value: Value) -> bool:
        if item.type == "open-choice" and value.type == "String":
            return True
        if item.link_id not in self._offered:
            self._offered[item.link_id] = Offered(item.options)
        return self._offered[item.link_id].find(value) is not None


def _has(one: Place) -> bool:
    """Whether a question is answered, or anything in a group."""
    if one.item.type == "group":
        return any(_has(inner) for room in one.rooms for inner in room.places)
    return bool(one.answers)


def _asks(item: Item) -> bool:
    """Whether there is a question in it: a group of words alone cannot be answered."""
    return item.type != "display" and (item.type != "group" or any(_asks(inner) for inner in item.items))


def _misfit(one: Place, what: str, why: str) -> Misfit:
    return Misfit(one.item.link_id, one.where, what, why)
