"""The answers that a question offers, and the units of a quantity, however they are written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from layers_core.forms.elements import Element, listed, mended
from layers_core.forms.model import Option, Value, Words
from layers_core.forms.values import OPTIONS, lone_codes
from layers_core.i18n import gettext as _

MOST_OPTIONS = 1_000
"""Answers to choose from; a longer list is no list on a page."""
UNIT = "http://hl7.org/fhir/StructureDefinition/questionnaire-unit"
UNIT_OPTION = "http://hl7.org/fhir/StructureDefinition/questionnaire-unitOption"


def objects(found: Any) -> Iterator[Mapping[str, Any]]:
    """The objects of a list, without what is none."""
    return (entry for entry in listed(found) if isinstance(entry, dict))


def unique(options: Iterable[Option]) -> tuple[Option, ...]:
    """The options, each once, without those that have no value."""
    kept: dict[str, Option] = {}
    for option in options:
        if option.value.data != {}:
            kept.setdefault(identity(option.value), option)
    return tuple(kept.values())


class Offered:
    """Finds the option that an answer is, however many there are; codings as in `values.same`."""

    def __init__(self, options: Iterable[Option]) -> None:
        options = tuple(options)
        alone = lone_codes(options)
        self._exactly = {identity(option.value): option for option in options}
        coded = [option for option in options if option.value.type == "Coding"]
        self._by_code = {code: option for option in coded if (code := option.value.data.get("code")) in alone}

    def find(self, value: Value) -> Option | None:
        """The option; None where the answer is none of them."""
        exact = self._exactly.get(identity(value))
        if exact or value.type != "Coding":
            return exact
        by_code = self._by_code.get(value.data.get("code"))
        return by_code if by_code and not (value.data.get("system") and by_code.value.data.get("system")) else None


def identity(value: Value) -> str:
    """What tells a value from others of a question: a coding's system and code, else the value itself."""
    data = value.data
    if value.type == "Coding":
        data = (data.get("system"), data.get("code") or data.get("display"))
    return f"{value.type} {data!r}"


def read_options(item: Element, type_: str, known: Callable[[str], tuple[Option, ...]]) -> tuple[Option, ...]:
    """The answers that an item offers, or the units of a quantity; what cannot be offered is reported.

    `known` gives the answers of a list by its address: `ValueSets.options`.
    """
    if type_ == "quantity":
        return unique(_units(item))
    own = [*_options(item, "answerOption"), *_options(item, "option")]
    chosen = unique(option for option in own if option)
    if len(chosen) < len(own):
        item.tell("answerOption", _("An answer without a value, or the same answer a second time, is left out."))
    named = _value_set(item)
    if named and chosen:
        item.tell("answerValueSet", _("The question also has answers of its own, and these are used."))
    elif named:
        chosen = known(named)
        if not chosen:
            item.tell(
                "answerValueSet",
                _(
                    "The list of answers %(address)s is not known here, so people write their answer.",
                    address=named[:200],
                ),
            )
    if len(chosen) > MOST_OPTIONS:
        why = _("More than %(count)s answers to choose from: people write their answer.", count=MOST_OPTIONS)
        item.tell("answerOption" if own else "answerValueSet", why)
        return ()
    return chosen


def _value_set(item: Element) -> str:
    """The address of the list of answers; also in STU3's form, a reference under `options`."""
    if "options" in item.data:
        options = item.take("options")
        item.tell("options", _("It is written as in FHIR STU3; it is read as answerValueSet."))
        named = options.get("reference") if isinstance(options, dict) else options
        return named.strip() if isinstance(named, str) else ""
    return item.string("answerValueSet")


def _options(item: Element, key: str) -> Iterator[Option | None]:
    if key == "option" and key in item.data:
        item.tell("option", _("It is written as in FHIR STU3; it is read as answerOption."))
    for entry in _as_objects(item, key):
        yield _option(entry)
        entry.rest()


def _as_objects(item: Element, key: str) -> Iterator[Element]:
    """The entries of a list of answers; a bare text or coding among them is put into an answer of its own."""
    found = [*listed(item.data.get(key))]
    if any(isinstance(entry, str) or (isinstance(entry, dict) and {"code", "display"} & {*entry}) for entry in found):
        item.tell(key, _("Answers stand there without value[x]; they are read as texts or codings."))
        found = [
            {"valueString": entry}
            if isinstance(entry, str)
            else {"valueCoding": entry}
            if isinstance(entry, dict) and {"code", "display"} & {*entry}
            else entry
            for entry in found
        ]
        item.taken.add(key)
        return Element({key: found}, item.link_id, item.report, item.within).many(key)
    return item.many(key)


def _option(entry: Element) -> Option | None:
    if "valueCode" in entry.data:
        entry.tell("answerOption", _("An answer is a code without its system; it is read as a coding."))
        entry.taken.add("valueCode")
        found = mended(Value("Coding", {"code": entry.data["valueCode"]}))
    else:
        found = entry.value("value")
    initial = entry.flag("initialSelected")
    if found is None:
        return None
    if found.type not in OPTIONS:
        entry.tell(f"value{found.type}", _("An answer to choose cannot be of this type, so it is left out."))
        return None
    if found.type == "Coding":
        coding = Element(entry.data.get("valueCoding", {}), entry.link_id, entry.report, "valueCoding")
        label = coding.words("display")
        coding.taken.update(("system", "version", "code", "userSelected"))
        coding.rest()
        return Option(found, replace(label, text=label.text or found.data.get("code", "")), initial)
    if found.type == "Reference":
        return Option(found, Words(str(found.data.get("display") or found.data.get("reference") or "")), initial)
    return Option(found, Words(str(found.data), entry.translations(f"value{found.type}")), initial)


def is_unit(entry: Mapping[str, Any]) -> bool:
    """Whether a first answer is a unit alone, the way of some form builders to say in which unit to answer."""
    quantity = entry.get("valueQuantity")
    return isinstance(quantity, dict) and "value" not in quantity and bool(quantity.get("unit") or quantity.get("code"))


def _units(item: Element) -> Iterator[Option]:
    """The units of a quantity, from two standard extensions or first answers: quantities without a number."""
    for extension in objects(item.data.get("extension")):
        if extension.get("url") in (UNIT, UNIT_OPTION):
            item.known.add(extension["url"])
            yield from _unit(item, f"extension {extension['url']}", extension.get("valueCoding"))
    for entry in objects(item.data.get("initial")):
        if is_unit(entry):
            quantity = entry["valueQuantity"]
            yield from _unit(item, "initial", {**quantity, "display": quantity.get("unit") or quantity.get("code")})


def _unit(item: Element, what: str, coded: Any) -> Iterator[Option]:
    coding = mended(Value("Coding", coded))
    if coding is None:
        item.tell(what, _("The unit is no coding, so it is not used."))
        return
    unit = coding.data.get("display") or coding.data.get("code")
    parts = {"unit": unit, "system": coding.data.get("system"), "code": coding.data.get("code")}
    yield Option(Value("Quantity", {name: part for name, part in parts.items() if part}), Words(unit))
