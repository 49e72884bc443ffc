"""Forms and what people type in them, made up by hypothesis."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import strategies as st

from layers_core.forms.fields import OTHER, Field, layout, option_key
from layers_core.forms.filling import Values
from layers_core.forms.model import Condition, Item, Option, Questionnaire, Value, Words

any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
"""What JSON can hold, and a bit more."""
_NAMES = st.sampled_from(
    """
    item linkId type text _text required repeats readOnly maxLength answerOption answerValueSet option options initial
    initialString enableWhen enableBehavior question operator answerString answerCoding answerBoolean hasAnswer
    valueString valueCoding valueInteger valueDate valueDateTime valueTime valueQuantity valueBoolean value answer code
    system display extension url contained compose include concept expansion contains status language title
    """.split()  # noqa: SIM905
)
_WORDS = st.sampled_from(
    """
    a b c group display choice open-choice string integer date dateTime time quantity boolean true exists = != > all any
    #v 2026-11-22 2026-13 14:05:00 http://hl7.org/fhir/ValueSet/yesnodontknow
    """.split()  # noqa: SIM905
)
form_like = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 10**6) | st.floats() | _WORDS | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_NAMES, inner, max_size=6),
    max_leaves=30,
)
"""JSON that looks like a form or a response and mostly is none."""

_plain = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\u202a\u202b\u202c\u202d\u202e"), min_size=1
)
words = _plain.map(str.strip).filter(bool)
"""Words as a form may have them."""
_texts = st.builds(Words, words, st.dictionaries(st.sampled_from(("cy", "pl", "ur")), words, max_size=2))
_dates = st.dates(date(1000, 1, 1))
_days = _dates.map(lambda day: day.isoformat())
_clocks = st.times().map(lambda clock: clock.replace(second=0, microsecond=0).isoformat())
_numbers = st.integers(-(10**9), 10**9) | st.floats(-(10**6), 10**6).map(lambda number: round(number, 3))
_codings = st.fixed_dictionaries({"code": words, "display": words}, optional={"system": words})
VALUES: dict[str, st.SearchStrategy[Value]] = {
    "boolean": st.booleans().map(lambda data: Value("Boolean", data)),
    "integer": st.integers(-(2**31), 2**31 - 1).map(lambda data: Value("Integer", data)),
    "decimal": _numbers.map(lambda data: Value("Decimal", data)),
    "date": _days.map(lambda data: Value("Date", data)),
    "dateTime": st.tuples(_days, _clocks).map(lambda data: Value("DateTime", f"{data[0]}T{data[1]}Z")),
    "time": _clocks.map(lambda data: Value("Time", data)),
    "string": words.map(lambda data: Value("String", data)),
    "text": words.map(lambda data: Value("String", data)),
    "url": st.sampled_from(("https://www.nhs.uk", "http://a.b/c?d#e")).map(lambda data: Value("Uri", data)),
    "quantity": _numbers.map(lambda data: Value("Quantity", {"value": data, "unit": "kg"})),
}
_option_values = (
    _codings.map(lambda data: Value("Coding", data)) | VALUES["string"] | VALUES["integer"] | VALUES["date"]
)


@st.composite
def _options(draw: st.DrawFn) -> tuple[Option, ...]:
    found: dict[str, Option] = {}
    for value in draw(st.lists(_option_values, min_size=1, max_size=4)):
        label = value.data["display"] if value.type == "Coding" else str(value.data)
        option = Option(value, Words(label, draw(st.dictionaries(st.just("cy"), words, max_size=1))))
        found.setdefault(repr((value.type, value.data)) if value.type != "Coding" else value.data["code"], option)
    return tuple(found.values())


@st.composite
def _items(draw: st.DrawFn, depth: int = 2) -> tuple[Item, ...]:
    """Items without linkIds and conditions, which are given when all of them are there."""
    return tuple(draw(_item(depth)) for _number in range(draw(st.integers(0 if depth < 2 else 1, 3))))


@st.composite
def _item(draw: st.DrawFn, depth: int) -> Item:
    type_ = draw(st.sampled_from(("group", "display", "choice", "open-choice", "attachment", *VALUES)))
    item = Item("", type_, draw(_texts), prefix=draw(st.sampled_from(("", "1.", "a)"))))
    if type_ == "display":
        return item
    item = replace(item, required=draw(st.booleans()), repeats=draw(st.booleans()), hidden=draw(st.integers(0, 9)) == 9)
    if type_ == "group":
        return replace(item, items=draw(_items(depth - 1)) if depth and not item.hidden else ())
    if type_ in ("choice", "open-choice") and draw(st.booleans()):
        options = draw(_options())
        chosen = draw(st.integers(-1, len(options) - 1))
        item = replace(
            item, options=tuple(replace(option, initial=number == chosen) for number, option in enumerate(options))
        )
    elif type_ in VALUES and draw(st.integers(0, 3)) == 3:
        item = replace(item, initial=(draw(VALUES[type_]),))
    if type_ in ("string", "text", "open-choice") and draw(st.booleans()):
        item = replace(item, max_length=draw(st.integers(1, 500)))
    return replace(
        item, items=draw(_items(depth - 1)) if depth and not item.hidden and draw(st.integers(0, 3)) == 3 else ()
    )


@st.composite
def questionnaires(draw: st.DrawFn) -> Questionnaire:
    """A form that follows the rules of FHIR R4; conditions name questions that come before."""
    items = draw(_items())
    before: list[Item] = []
    named = _named(draw, items, before, iter(range(10_000)))
    return Questionnaire(draw(_texts), named, draw(st.sampled_from(("", "https://example.org/f"))), language="en")


def _named(draw: st.DrawFn, items: Sequence[Item], before: list[Item], numbers: Iterator[int]) -> tuple[Item, ...]:
    found = []
    for item in items:
        link_id = f"{next(numbers)}{draw(st.sampled_from(('', '/a b', 'é', '<x>')))}"
        conditions = tuple(draw(_condition(asked)) for asked in before[-2:] if draw(st.integers(0, 2)) == 2)
        item = replace(item, link_id=link_id, conditions=conditions)
        if len(conditions) > 1:
            item = replace(item, behaviour=draw(st.sampled_from(("all", "any"))))
        if item.type not in ("group", "display", "attachment"):
            before.append(item)
        found.append(replace(item, items=_named(draw, item.items, before, numbers)))
    return tuple(found)


@st.composite
def _condition(draw: st.DrawFn, asked: Item) -> Condition:
    values = [option.value for option in asked.options]
    if not values and asked.type in VALUES:
        values = [draw(VALUES[asked.type])]
    if not values or draw(st.booleans()):
        return Condition(asked.link_id, "exists", Value("Boolean", draw(st.booleans())))
    value = draw(st.sampled_from(values))
    ordered = value.type in ("Integer", "Decimal", "Date", "DateTime", "Time", "Quantity")
    operator = draw(st.sampled_from(("=", "!=", *((">", "<", ">=", "<=") if ordered else ()))))
    return Condition(asked.link_id, operator, value)


@st.composite
def typed(draw: st.DrawFn, questionnaire: Questionnaire) -> Values:
    """What somebody may type in the form's inputs, most of it right."""
    shown = Values()
    for field in _every(layout(questionnaire, shown)):
        if field.can_grow and draw(st.booleans()):
            shown.add(f"{field.name}-copies", str(draw(st.integers(1, 3))))
    found = Values()
    for name, value in shown.pairs():
        found.add(name, value)
    for field in _every(layout(questionnaire, shown)):
        if draw(st.integers(0, 3)):
            for name, value in draw(_answer(field)):
                found.add(name, value)
    return found


def _every(fields: Sequence[Field]) -> Iterator[Field]:
    for field in fields:
        yield field
        for slot in field.slots:
            yield from _every(slot.fields)


@st.composite
def _answer(draw: st.DrawFn, field: Field) -> list[tuple[str, str]]:
    item = field.item
    if item.type in ("group", "display"):
        return []
    found: list[tuple[str, str]] = []
    for name in [field.name] if field.ticked else [slot.name for slot in field.slots]:
        if item.options:
            keys = [option_key(option) for option in item.options] + [OTHER] * (item.type == "open-choice")
            for key in draw(st.lists(st.sampled_from(keys), max_size=3 if field.ticked else 1, unique=True)):
                found.append((name, key))
                if key == OTHER:
                    found.append((f"{name}-other", draw(words)))
        elif item.type in ("date", "dateTime"):
            day = draw(_dates)
            found += [(f"{name}-{part}", str(getattr(day, part))) for part in ("day", "month", "year")]
            found += [(f"{name}-time", draw(_clocks)[:5])] if item.type == "dateTime" and draw(st.booleans()) else []
        elif item.type in VALUES and item.type != "quantity":
            found.append((name, _as_typed(draw(VALUES[item.type]))))
        else:
            found.append((name, draw(words) if item.type != "quantity" else str(draw(st.integers(-99, 99)))))
    return found


def _as_typed(value: Value) -> str:
    return str(value.data).lower() if value.type == "Boolean" else str(value.data)


@st.composite
def hostile_fields(draw: st.DrawFn, questionnaire: Questionnaire) -> dict[str, Any]:
    """Anything under the names of a form's inputs."""
    names = [field.name for field in _every(layout(questionnaire, Values()))]
    ends = st.sampled_from(("", "-day", "-month", "-year", "-time", "-unit", "-other", "-copies", "x1", "x2"))
    keys = st.tuples(st.sampled_from(names), ends).map("".join) if names else st.just("q")
    return draw(st.dictionaries(keys, st.text() | _WORDS | st.just("٣"), max_size=20))
