"""When a question is asked: conditions as files write them, made into ones that can be tried; circles are broken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

from layers_core.forms import values
from layers_core.forms.elements import Element, Report, codes, mended
from layers_core.forms.model import Behaviour, Condition, Item, Operator, Value
from layers_core.forms.options import Offered, identity
from layers_core.i18n import gettext as _

OPERATORS = ("exists", "=", "!=", ">", "<", ">=", "<=")
_ORDERED = ("Integer", "Decimal", "Date", "DateTime", "Time", "Quantity")


@dataclass
class Draft:
    """An item whose conditions and inner items are not settled yet."""

    item: Item
    inner: list[Draft] = field(default_factory=list)
    asked_when: list[Condition] = field(default_factory=list)

    def settled(self) -> Item:
        """The item with all that is in it."""
        return replace(
            self.item, conditions=tuple(self.asked_when), items=tuple(draft.settled() for draft in self.inner)
        )


def read_conditions(item: Element) -> tuple[list[Condition], Behaviour]:
    """The conditions of an item as the file has them, and whether all of them or any have to hold.

    Without `enableBehavior` several conditions must all hold, as in R5's default reading; STU3 had no operators and
    meant any: https://hl7.org/fhir/STU3/questionnaire-definitions.html#Questionnaire.item.enableWhen.
    """
    found: list[Condition] = []
    old = False
    for entry in item.many("enableWhen"):
        old = old or "operator" not in entry.data
        condition = _condition(entry)
        entry.rest()
        if condition:
            found.append(condition)
    written = item.string("enableBehavior").lower()
    if written in ("all", "any"):
        return found, cast("Behaviour", written)
    if written:
        item.tell("enableBehavior", _("It is neither all nor any; all conditions must hold."))
    elif len(found) > 1:
        both = _("any of them is enough, as in STU3") if old else _("all must hold")
        item.tell(
            "enableBehavior", _("There are several conditions and it is not said how they count: %(how)s.", how=both)
        )
        return found, "any" if old else "all"
    return found, "all"


def _condition(entry: Element) -> Condition | None:
    question = entry.name("question")
    operator = entry.string("operator").lower()
    operator = codes("operators").get(operator, operator)
    answer = entry.value("answer")
    if not operator and "hasAnswer" in entry.data:
        entry.tell("enableWhen", _("It is written as in FHIR STU3 (hasAnswer); it is read as “exists”."))
        operator, answer = "exists", Value("Boolean", entry.flag("hasAnswer"))
    elif not operator and answer:
        entry.tell("enableWhen", _("It has no operator, as in FHIR STU3; it is read as “=”."))
        operator = "="
    if operator == "exists" and answer and answer.type == "String":
        answer = mended(Value("Boolean", answer.data))
    if not question or operator not in OPERATORS or not answer or (operator == "exists" and answer.type != "Boolean"):
        entry.tell("enableWhen", _("A condition lacks its question, operator or answer, so it is left out."))
        return None
    return Condition(question, cast("Operator", operator), answer)


def settle(drafts: Sequence[Draft], report: Report) -> None:
    """Keep of all conditions those that can be tried, and report the others."""
    settling = _Settling(drafts, report)
    for draft in settling.by_id.values():
        tried = (settling.tried(draft.item.link_id, condition) for condition in draft.asked_when)
        draft.asked_when = [condition for condition in tried if condition]
    _break_circles(settling.by_id, settling.above, report)


def _all(drafts: Iterable[Draft]) -> Iterable[Draft]:
    for draft in drafts:
        yield draft
        yield from _all(draft.inner)


class _Settling:
    """Tries the conditions of one form."""

    def __init__(self, drafts: Sequence[Draft], report: Report) -> None:
        self.by_id = {draft.item.link_id: draft for draft in _all(drafts)}
        self.above = {inner.item.link_id: draft.item.link_id for draft in self.by_id.values() for inner in draft.inner}
        self._report = report
        self._meant: dict[str, dict[str, dict[str, Value]]] = {}
        self._types: dict[str, set[str]] = {}
        self._offered: dict[str, Offered] = {}

    def tried(self, link_id: str, condition: Condition) -> Condition | None:
        """The condition as it can be tried; None, and a word about it, where it cannot."""
        name = condition.question[:200]

        def tell(why: str) -> None:
            self._report.add(link_id, "enableWhen", why)

        asked = self.by_id.get(condition.question)
        if asked is None:
            tell(_("It names “%(question)s”, and no item has this linkId: the condition is left out.", question=name))
            return None
        if asked.item.type in ("group", "display"):
            tell(_("It names “%(question)s”, which has no answer: the condition is left out.", question=name))
            return None
        if self._is_within(condition.question, link_id):
            tell(_("It waits for its own answer or one inside it: the condition is left out."))
            return None
        if not asked.item.answered:
            tell(_("It depends on “%(question)s”, which is not asked here.", question=name))
        if condition.operator == "exists":
            return condition
        fitting = self._fitting(condition.value, asked.item)
        if fitting is None or (condition.operator not in ("=", "!=") and fitting.type not in _ORDERED):
            tell(_("Its answer is of no type that “%(question)s” has: the condition is left out.", question=name))
            return None
        if fitting != condition.value:
            tell(_("Its answer is no answer of “%(question)s” but means one; it is put right.", question=name))
        elif condition.operator == "=" and asked.item.type == "choice" and not self._is_offered(fitting, asked.item):
            tell(_("It waits for an answer that “%(question)s” does not offer.", question=name))
        return replace(condition, value=fitting)

    def _is_within(self, link_id: str | None, outer: str) -> bool:
        while link_id is not None and link_id != outer:
            link_id = self.above.get(link_id)
        return link_id is not None

    def _fitting(self, value: Value, asked: Item) -> Value | None:
        """The value as one that the question can be answered with; None where there is none."""
        types = values.ANSWERS[asked.type]
        if asked.options and asked.type in ("choice", "open-choice"):
            if self._is_offered(value, asked) or (value.type == "String" and asked.type == "open-choice"):
                return value
            # A text may be an option's words or code; a coding of another system the one option with its code.
            word = value.data.get("code") if value.type == "Coding" else value.data
            meant = self._options_by_word(asked).get(word, {}) if isinstance(word, str) else {}
            if len(meant) == 1:
                return next(iter(meant.values()))
            return value if value.type in self._types_of(asked) else None
        if value.type in types:
            return value
        if {value.type, *types} <= {"Date", "DateTime"}:
            return Value(types[0], value.data[:10] if types == ("Date",) else value.data)
        if isinstance(value.data, dict) or "Coding" in types:
            return None
        return mended(Value(types[0], value.data))

    def _is_offered(self, value: Value, asked: Item) -> bool:
        if asked.link_id not in self._offered:
            self._offered[asked.link_id] = Offered(asked.options)
        return not asked.options or self._offered[asked.link_id].find(value) is not None

    def _types_of(self, asked: Item) -> set[str]:
        if asked.link_id not in self._types:
            self._types[asked.link_id] = {option.value.type for option in asked.options}
        return self._types[asked.link_id]

    def _options_by_word(self, asked: Item) -> dict[str, dict[str, Value]]:
        """The options of a choice that a text may mean, by their words, codes and values."""
        if asked.link_id not in self._meant:
            found = self._meant[asked.link_id] = {}
            for option in asked.options:
                value = option.value
                code = value.data.get("code") if isinstance(value.data, dict) else value.data
                for word in (option.label.text, code):
                    if isinstance(word, str) and word:
                        found.setdefault(word, {})[identity(value)] = value
        return self._meant[asked.link_id]


def _break_circles(by_id: Mapping[str, Draft], above: Mapping[str, str], report: Report) -> None:
    """Leave out the conditions of questions that wait for each other. An item also waits for the one that it is in."""
    waits = {
        link_id: [
            *(condition.question for condition in draft.asked_when),
            *([above[link_id]] if link_id in above else []),
        ]
        for link_id, draft in by_id.items()
    }
    circle = _circles(waits)
    for link_id, draft in by_id.items():
        kept = [c for c in draft.asked_when if link_id not in circle or circle[link_id] != circle.get(c.question)]
        if len(kept) < len(draft.asked_when):
            report.add(
                link_id, "enableWhen", _("Questions wait for each other in a circle: the condition is left out.")
            )
            draft.asked_when = kept


def _circles(waits: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """The number of the circle that each node is in, by Kosaraju's two walks; without recursion, for long chains."""
    order: list[str] = []
    seen: set[str] = set()
    for start in waits:
        stack = [(start, iter(waits[start]))] if start not in seen else []
        seen.add(start)
        while stack:
            node, following = stack[-1]
            step = next((one for one in following if one not in seen), None)
            if step is None:
                order.append(node)
                stack.pop()
            else:
                seen.add(step)
                stack.append((step, iter(waits[step])))
    waited: dict[str, list[str]] = {node: [] for node in waits}
    for node in waits:
        for one in waits[node]:
            waited[one].append(node)
    number: dict[str, int] = {}
    for start in reversed(order):
        reached = [start] if start not in number else []
        while reached:
            node = reached.pop()
            if node not in number:
                number[node] = len(number) if node == start else number[start]
                reached.extend(one for one in waited[node] if one not in number)
    return number
