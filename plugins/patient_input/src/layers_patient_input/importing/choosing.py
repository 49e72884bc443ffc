"""The form in which somebody says how a file is to be read: what it offers, and what was chosen in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal, cast

from layers_core.i18n import gettext as _
from layers_core.vocabulary import label, vocabulary
from layers_core.web import Submitted
from layers_patient_input import showing
from layers_patient_input.importing import meanings
from layers_patient_input.importing.dates import Order, read_day
from layers_patient_input.importing.examining import MOST_UNKNOWN, Examined
from layers_patient_input.importing.mapping import ROLES, Choices, Reply, Role, Wrong
from layers_patient_input.importing.models import ImportFault
from layers_patient_input.importing.reading import ImportView, Looked
from layers_patient_input.wording import PACKAGE, offered

Items = Sequence[tuple[str, str]]
_ORDERS: tuple[Order, ...] = ("day", "month")
_MOST_OWN = 4 * MOST_UNKNOWN
"""So many meanings of words are taken from a form: somebody may look several times and find more each time."""


@dataclass(frozen=True)
class Unknown:
    """Words that are no answer: how many rows say them, and what somebody said that they stand for."""

    words: str
    rows: int
    means: str


@dataclass(frozen=True)
class Offered:
    """What may be chosen: each a list of (code, words); `orders` with the day that one of the file's means by each."""

    roles: Sequence[tuple[Role, str]]
    columns: Items
    methods: Items
    languages: Items
    questions: Items
    meanings: Items
    unknown: Sequence[Unknown]
    orders: Sequence[tuple[Order, date]]


@dataclass(frozen=True)
class Sample:
    """A row as it will be read; `why` says why it cannot be brought in, and the rest is empty then."""

    line: int
    day: date | None
    answer: str
    text: str
    method: str
    why: str


def offered_for(view: ImportView, looked: Looked, settings: Mapping[str, Any]) -> Offered:
    """What may be chosen for a file."""
    own, unknown = looked.choices.own, looked.examined.unknown
    return Offered(
        roles=_roles(),
        columns=[(str(place), name) for place, name in enumerate(view.shape.header)],
        methods=[(code, label("methods", code, PACKAGE)) for code in vocabulary("methods", PACKAGE)],
        languages=[(language.code, language.name) for language in offered(settings)],
        questions=[(scale, _("The one asked %(when)s", when=named)) for scale, named in _scales()],
        meanings=_meanings(),
        unknown=[Unknown(words, unknown.get(words, 0), own.get(words, "")) for words in {**own, **unknown}],
        orders=[(order, day) for order in _ORDERS if (day := read_day(looked.examined.example, order, "UTC"))],
    )


def chosen(form: Submitted, view: ImportView, settings: Mapping[str, Any]) -> Choices:
    """What was chosen in the form; what nobody can have chosen there is as if nothing was."""
    columns = {role: form.whole(f"column-{role}") for role in ROLES}
    own = {
        meanings.plain(form.get(f"said-{number}")): form.get(f"means-{number}")
        for number in range(_MOST_OWN)
        if form.get(f"means-{number}") in dict(_meanings())
    }
    languages = {language.code for language in offered(settings)}
    before = view.choices.columns
    return replace(
        view.choices,
        columns={
            role: place for role, place in columns.items() if place is not None and place < len(view.shape.header)
        },
        method=_one_of(form.get("method"), vocabulary("methods", PACKAGE)),
        language=_one_of(form.get("language"), languages) or view.choices.language,
        # What was known, or chosen, of one column says nothing about another one.
        order=cast("Order", _one_of(form.get("order"), _ORDERS if columns["date"] == before.get("date") else ())),
        scale=_one_of(form.get("scale"), meanings.SCALES if columns["answer"] == before.get("answer") else ()),
        own={words: means for words, means in own.items() if words},
        same=cast('Literal["", "yes", "no"]', _one_of(form.get("same"), ("yes", "no"))),
    )


def samples(examined: Examined) -> list[Sample]:
    """The first rows of a file in words."""
    return [_sample(row.line, found) for row, found in examined.samples]


def wrong(examined: Examined) -> list[tuple[str, int]]:
    """Why rows cannot be brought in, and how many for each reason."""
    return [(label("import_faults", code, PACKAGE), number) for code, number in examined.wrong.items()]


def why(fault: Wrong | ImportFault) -> str:
    """Why a row cannot be brought in, with what stands there."""
    words = label("import_faults", fault.code, PACKAGE)
    return _("%(why)s: “%(cell)s”", why=words, cell=fault.value) if fault.value else words


def states() -> Mapping[str, str]:
    """The states of a file."""
    return {
        "chosen": _("Not brought in yet"),
        "waiting": _("Being brought in"),
        "working": _("Being brought in"),
        "ready": _("Brought in"),
        "failed": _("Stopped part-way"),
        "stopped": _("Stopped part-way"),
        "undone": _("Undone"),
    }


def _sample(line: int, found: Reply | Wrong) -> Sample:
    if isinstance(found, Wrong):
        return Sample(line, None, "", "", "", why(found))
    method = label("methods", found.method, PACKAGE) if found.method else _("Not chosen yet")
    return Sample(line, found.day, showing.score(found.scale, found.score), found.text, method, "")


def _roles() -> list[tuple[Role, str]]:
    return [
        ("date", _("Date")),
        ("answer", _("Answer")),
        ("text", _("What the patient wrote")),
        ("method", _("How it was collected")),
        ("language", _("Language")),
    ]


def _scales() -> Items:
    return [(scale, label("scale_names", scale, PACKAGE)) for scale in meanings.SCALES]


def _meanings() -> Items:
    return [
        (f"{scale}:{code}", _("%(answer)s (%(scale)s)", answer=showing.score(scale, code), scale=named))
        for scale, named in _scales()
        for code in meanings.SCALES[scale]
    ]


def _one_of(value: str, known: Any) -> str:
    return value if value in known else ""
