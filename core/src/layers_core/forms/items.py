"""The items of a form, read tolerantly: what vendors get wrong is put right where it is plain, and reported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from layers_core.forms.conditions import Draft, read_conditions, settle
from layers_core.forms.elements import Element, Report, codes, listed
from layers_core.forms.model import Item, Option, Value, Words
from layers_core.forms.options import Offered, identity, is_unit, read_options
from layers_core.forms.value_sets import ValueSets
from layers_core.forms.values import ANSWERS, number
from layers_core.i18n import gettext as _

LONGEST_LINK_ID = 255
"""As in FHIR R5: https://hl7.org/fhir/R5/questionnaire-definitions.html#Questionnaire.item.linkId."""
HIDDEN = "http://hl7.org/fhir/StructureDefinition/questionnaire-hidden"
_MEASURED = ("string", "text", "url", "open-choice")
_CHOICES = ("choice", "open-choice")


class ItemReader:
    """Reads the items of one form."""

    def __init__(self, report: Report, contained: Any) -> None:
        self._report = report
        self._value_sets = ValueSets(contained)
        self._link_ids: set[str] = set()

    def read(self, items: Any) -> tuple[Item, ...]:
        """The form's items; what is no item is reported."""
        self._taken(items)
        drafts = self._drafts(items, "")
        settle(drafts, self._report)
        return tuple(draft.settled() for draft in drafts)

    def _taken(self, items: Any) -> None:
        """Note the linkIds that the file gives, so that none that is made up here is one of them."""
        self._given: set[str] = set()
        waiting = [*listed(items)]
        while waiting:
            item = waiting.pop()
            if isinstance(item, dict):
                self._given.add(str(item.get("linkId")))
                waiting.extend(listed(item.get("item")))

    def _drafts(self, items: Any, place: str, parent: str = "", *, hidden: bool = False) -> list[Draft]:
        if items is not None and not isinstance(items, list):
            self._report.add(parent, "item", _("It should be a list; it is read as a list of one."))
        drafts: list[Draft] = []
        for position, data in enumerate(listed(items), 1):
            if isinstance(data, dict):
                drafts.append(self._draft(data, f"{place}{position}", hidden))
            else:
                self._report.add(parent, "item", _("An entry is no object, so it is not used."))
        return drafts

    def _draft(self, data: dict[str, Any], place: str, hidden: bool) -> Draft:
        given = data.get("linkId")
        item = Element(data, str(given) if isinstance(given, str | int) else place, self._report, known={HIDDEN})
        link_id = item.link_id = self._link_id(item, place)
        type_ = self._type(item)
        options = read_options(item, type_, self._value_sets.options)
        type_ = _chosen_from(item, type_, options)
        repeats = item.flag("repeats")
        initial = _initial(item, type_, repeats)
        offered, initial = _at_first(item, options if type_ in (*_CHOICES, "quantity") else (), initial, repeats)
        conditions, behaviour = read_conditions(item)
        found = Item(
            link_id=link_id,
            type=type_,
            text=_text(item, type_),
            prefix=item.string("prefix"),
            required=item.flag("required"),
            repeats=repeats,
            read_only=item.flag("readOnly"),
            hidden=_hidden(item) or hidden,
            max_length=_max_length(item, type_),
            options=offered,
            initial=initial,
            behaviour=behaviour,
        )
        found = _plain(item, found)
        inner = item.take("item")
        item.rest()
        return Draft(found, self._drafts(inner, f"{place}.", link_id, hidden=found.hidden), conditions)

    def _link_id(self, item: Element, place: str) -> str:
        """The item's own linkId, or one made of its place where it has none that can be told from others."""
        given = item.name("linkId")
        if given and given not in self._link_ids and len(given) <= LONGEST_LINK_ID:
            self._link_ids.add(given)
            return given
        made = f"item-{place}"
        while made in self._link_ids or made in self._given:
            made += "x"
        if not given:
            why = _("It has no linkId; “%(made)s” is used here.", made=made)
        elif given in self._link_ids:
            why = _("An item before it has the same linkId; “%(made)s” is used here.", made=made)
        else:
            why = _(
                "It is longer than %(count)s characters; “%(made)s” is used here.", count=LONGEST_LINK_ID, made=made
            )
        self._report.add(given or made, "linkId", why)
        self._link_ids.add(made)
        return made

    def _type(self, item: Element) -> str:
        written = item.string("type")
        known = {name.lower(): name for name in codes("types")} | codes("type_names")
        found: str | None = known.get(written.lower())
        inner = bool(item.data.get("item"))
        if found is None:
            offers = {"answerOption", "answerValueSet", "option", "options"} & {*item.data}
            found = "choice" if offers else "group" if inner else "text"
            named = written[:200] or _("(none)")
            item.tell("type", _("FHIR R4 has no type %(type)s; it is read as %(read)s.", type=named, read=found))
            return found
        if found == "display" and inner:
            item.tell("type", _("Words to read cannot hold questions; it is read as a group."))
            return "group"
        constraint = item.string("answerConstraint")
        if written == "coding" or constraint:
            item.tell("type", _("It is written as in FHIR R5; it is read as a choice of R4."))
            if constraint not in ("", "optionsOnly"):
                return "open-choice"
        elif written and found != written:
            item.tell("type", _("“%(type)s” is read as %(read)s.", type=written[:200], read=found))
        return found


def _chosen_from(item: Element, type_: str, options: Sequence[Option]) -> str:
    """A choice, where a question of another type offers answers: R5 allows that, R4 does not."""
    if not options or type_ in (*_CHOICES, "quantity"):
        if type_ in _CHOICES and not options and "answerValueSet" not in item.data and "options" not in item.data:
            item.tell("answerOption", _("There is no answer to choose, so people write their answer."))
        return type_
    if type_ in ("group", "display") or {option.value.type for option in options} - {*ANSWERS[type_]}:
        item.tell("answerOption", _("A question of this type offers no answers to choose, so these are not used."))
        return type_
    item.tell("type", _("It offers answers to choose, so it is read as a choice."))
    return "choice"


def _text(item: Element, type_: str) -> Words:
    """The words of the question; where there are none, those of its code, so that people know what is asked."""
    text = item.words("text")
    if text.text:
        return text
    coded = [code for code in listed(item.data.get("code")) if isinstance(code, dict)]
    display = next((code["display"] for code in coded if isinstance(code.get("display"), str)), "")
    if display:
        item.tell("text", _("There is no text; the words of its code are shown."))
    elif type_ not in ("group", "display"):
        display = next((code["code"] for code in coded if isinstance(code.get("code"), str)), "") or item.link_id
        item.tell("text", _("There is no text; its code or linkId is shown."))
    return replace(text, text=display.strip())


def _hidden(item: Element) -> bool:
    hidden = any(
        extension.get("url") == HIDDEN and extension.get("valueBoolean") in (True, "true")
        for extension in listed(item.data.get("extension"))
        if isinstance(extension, dict)
    )
    if hidden:
        item.tell(f"extension {HIDDEN}", _("The form hides this, so it is not asked."))
    return hidden


def _max_length(item: Element, type_: str) -> int | None:
    found = item.take("maxLength")
    if found is None:
        return None
    length = number(found)
    if type_ not in _MEASURED:
        item.tell("maxLength", _("Only text has a greatest length, so it is not used."))
    elif length is None or length != length.to_integral_value() or not 0 < length < 2**31:
        item.tell("maxLength", _("It is no whole number above 0, so it is not used."))
    else:
        if isinstance(found, str):
            item.tell("maxLength", _("It is a text; it is read as a number."))
        return int(length)
    return None


def _initial(item: Element, type_: str, repeats: bool) -> tuple[Value, ...]:
    """What is answered at first, also in STU3's form (`initialString` and so on)."""
    found: list[Value] = []
    for entry in item.many("initial"):
        if type_ == "quantity" and is_unit(entry.data):
            continue
        if value := entry.value("value"):
            found.append(value)
        entry.rest()
    if old := item.value("initial"):
        item.tell("initial", _("It is written as in FHIR STU3."))
        found.append(old)
    fitting = [value for value in found if value.type in ANSWERS.get(type_, ())]
    if len(fitting) < len(found):
        item.tell("initial", _("A question of this type cannot begin with this answer, so it is not used."))
    if len(fitting) > 1 and not repeats:
        item.tell("initial", _("The question takes one answer; the first of these is used."))
        fitting = fitting[:1]
    return tuple(fitting)


def _at_first(
    item: Element, options: tuple[Option, ...], initial: tuple[Value, ...], repeats: bool
) -> tuple[tuple[Option, ...], tuple[Value, ...]]:
    """The options with those chosen that are chosen at first, and the first answers of a question without options."""
    if not options or options[0].value.type == "Quantity":
        return options, initial
    chosen = [identity(option.value) for option in options if option.initial]
    if initial:
        both = _("It stands beside answers to choose; the answers that are chosen at first count.")
        alone = _("It stands beside answers to choose, where initialSelected should; it is read as that.")
        item.tell("initial", both if chosen else alone)
    offered = Offered(options)
    found = [offered.find(value) for value in initial]
    if None in found:
        item.tell("initial", _("It is none of the answers to choose, so it is not used."))
    if not chosen:
        chosen = list(dict.fromkeys(identity(option.value) for option in found if option))
    if len(chosen) > 1 and not repeats:
        item.tell("initialSelected", _("The question takes one answer; the first of these is used."))
        chosen = chosen[:1]
    begun = set(chosen)
    return tuple(replace(option, initial=identity(option.value) in begun) for option in options), ()


def _plain(item: Element, found: Item) -> Item:
    """The item without what its type cannot have."""
    if found.type != "display":
        if found.required and not found.answered and found.type != "group":
            item.tell("required", _("It cannot be answered here, so answers come without it."))
        if found.type in ("attachment", "reference"):
            item.tell("type", _("Files and references cannot be given here: the question is kept and not asked."))
        elif found.read_only and found.type != "group":
            item.tell("readOnly", _("Nobody may answer it, so it is not asked."))
        if found.type == "group" and not item.data.get("item"):
            item.tell("item", _("The group holds nothing."))
        return found
    for name, said in (("required", found.required), ("repeats", found.repeats), ("readOnly", found.read_only)):
        if said:
            item.tell(name, _("Words to read are not answered, so it is not used."))
    return replace(found, required=False, repeats=False, read_only=False)
