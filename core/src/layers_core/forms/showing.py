"""Answers and conditions in words, for pages and for lists of answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time

from layers_core.forms.model import Condition, Item, Questionnaire, Value
from layers_core.forms.values import fits, moment_of, number, same
from layers_core.i18n import format_date, format_datetime
from layers_core.i18n import gettext as _


def shown(item: Item, value: Value, language: str) -> str:
    """An answer as people read it: the option's words, "Yes" or "No", 22 November 2026, 5 kg."""
    chosen = next((option for option in item.options if same(value, option.value)), None)
    if chosen and value.type != "Quantity":
        return chosen.label.to(language)
    data = value.data
    if not fits(value.type, data):
        return ""
    if value.type == "Boolean":
        return _("Yes") if data else _("No")
    if value.type == "Quantity":
        return " ".join(filter(None, (_number(data["value"]), str(data.get("unit") or data.get("code") or ""))))
    if value.type in ("Integer", "Decimal"):
        return _number(data)
    if value.type in ("Date", "DateTime"):
        return _day(str(data))
    if value.type == "Time":
        return time.fromisoformat(data[:8]).isoformat("minutes")
    if isinstance(data, Mapping):
        return str(data.get("display") or data.get("code") or data.get("reference") or data.get("title") or "")
    return str(data)


def when(questionnaire: Questionnaire, item: Item, language: str) -> str:
    """When an item is asked, in words, such as: “Do you smoke?” is “Yes”. Empty where it always is."""
    asked = {one.link_id: one for one in questionnaire.walk()}
    told = [
        _told(condition, asked[condition.question], language)
        for condition in item.conditions
        if condition.question in asked
    ]
    return (_(" or ") if item.behaviour == "any" else _(" and ")).join(told)


def _told(condition: Condition, asked: Item, language: str) -> str:
    question = asked.text.to(language) or asked.link_id
    if condition.operator == "exists":
        if condition.value.data:
            return _("“%(question)s” is answered", question=question)
        return _("“%(question)s” is not answered", question=question)
    answer = shown(asked, condition.value, language)
    said = {
        "=": _("“%(question)s” is “%(answer)s”", question=question, answer=answer),
        "!=": _("“%(question)s” is not “%(answer)s”", question=question, answer=answer),
        ">": _("“%(question)s” is more than %(answer)s", question=question, answer=answer),
        "<": _("“%(question)s” is less than %(answer)s", question=question, answer=answer),
        ">=": _("“%(question)s” is %(answer)s or more", question=question, answer=answer),
        "<=": _("“%(question)s” is %(answer)s or less", question=question, answer=answer),
    }
    return said[condition.operator]


def _day(data: str) -> str:
    moment = moment_of(data)
    try:
        return format_datetime(moment) if moment else format_date(date.fromisoformat(data)) if len(data) == 10 else data
    except OverflowError:  # in the reader's zone it falls out of the years that there are
        return data


def _number(data: object) -> str:
    exact = number(data)
    return "" if exact is None else format(exact.normalize(), "f")
