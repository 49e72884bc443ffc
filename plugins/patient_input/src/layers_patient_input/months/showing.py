"""A month's figures in the words that staff read, and as a file."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from layers_core.contract import HomeCard, PracticeView, Reminder
from layers_core.i18n import LazyString, format_date, format_month
from layers_core.i18n import gettext as _
from layers_core.i18n import lazy_gettext as _l
from layers_core.usage import csv_writer
from layers_patient_input import showing
from layers_patient_input.months import rules
from layers_patient_input.months.reading import MonthView, Standing
from layers_patient_input.months.rules import Figures, Month, State

UNDEFINED = "–"
_TAGS: Mapping[State, tuple[LazyString, str]] = {
    "open": (_l("This month"), "blue"),
    "due": (_l("To send"), "yellow"),
    "missed": (_l("Not sent"), "red"),
    "sent": (_l("Sent"), "green"),
    "earlier": (_l("Earlier"), "grey"),
}


@dataclass(frozen=True)
class Field:
    """A field of the return: its name, its number, and how much came after the month was sent."""

    name: str
    count: int
    late: int


@dataclass(frozen=True)
class OtherScale:
    """Answers on a scale that is no longer asked, or not yet: shown apart, with their own words."""

    name: str
    answers: Sequence[tuple[str, int]]


@dataclass(frozen=True)
class ShownMonth:
    """A month as its page and the list of months show it. `key` is 2026-11, `name` November 2026."""

    key: str
    name: str
    state: State
    tag: str
    colour: str
    stands: str
    total: int
    positive: str
    negative: str
    answers: Sequence[Field]
    methods: Sequence[Field]
    late: bool
    other_scales: Sequence[OtherScale]


def shown(view: MonthView) -> ShownMonth:
    """A month in words."""
    figures, late, fields = view.shown, view.late, rules.RULES["return"]
    tag, colour = _TAGS[view.state]
    return ShownMonth(
        key=str(view.month),
        name=name(view.month),
        state=view.state,
        tag=str(tag),
        colour=colour,
        stands=_stands(view),
        total=figures.total,
        positive=_percent(rules.positive(figures.answers), figures.total),
        negative=_percent(rules.negative(figures.answers), figures.total),
        answers=_fields(fields["answers"], figures.answers, late.answers),
        methods=_fields(fields["methods"], figures.methods, late.methods),
        late=late.changed,
        other_scales=[_other(scale, other) for scale, other in sorted(view.other_scales.items())],
    )


def name(month: Month) -> str:
    """A month as people write it: November 2026."""
    return format_month(month.first)


def card(standing: Standing, url: str) -> HomeCard:
    """The card on the home page of those who send returns."""
    month, due = name(standing.month), format_date(standing.due)
    if standing.state == "missed":
        heading = _("Friends and Family Test: %(month)s is not marked as sent", month=month)
        why = _("It was due on %(date)s. NHS England publishes a month that was not sent as “no data”.", date=due)
    else:
        heading = _("Friends and Family Test: send %(month)s by %(date)s", month=month, date=due)
        why = _("NHS England wants the figures of each month, also where nobody answered.")
    return HomeCard(heading=heading, why=why, action=_l("See the figures"), url=url)


def reminder(standing: Standing) -> Reminder:
    """The line in the weekly mail of those who send returns."""
    month, due = name(standing.month), format_date(standing.due)
    if standing.state == "missed":
        words = _("Friends and Family Test: %(month)s was due on %(date)s, not marked as sent", month=month, date=due)
    else:
        words = _("Friends and Family Test: %(month)s is due by %(date)s", month=month, date=due)
    return Reminder(words, f"patient-input/fft/{standing.month}")


def file(practice: PracticeView, month: Month, figures: Figures) -> str:
    """The return as CSV: one line with exactly its fields, so that months can be put below each other."""
    fields = rules.RULES["return"]
    row: dict[str, csv_writer.Cell] = {"Practice code": practice.code, "Month": str(month)}
    for names, counts in ((fields["answers"], figures.answers), (fields["methods"], figures.methods)):
        row |= {names[code]: counts[code] for code in names}
    stream = io.StringIO(newline="")
    csv_writer.write([row], list(row), stream)
    return stream.getvalue()


def _stands(view: MonthView) -> str:
    due = format_date(view.due)
    if view.sent:
        day = format_date(view.sent.at)
        if not view.sent.by:
            return _("Marked as sent on %(date)s, by somebody who is no longer here.", date=day)
        return _("Marked as sent on %(date)s by %(name)s.", date=day, name=view.sent.by)
    if view.state == "open":
        return _("The month is not over. Its figures are due by %(date)s.", date=due)
    if view.state == "due":
        return _("Send the figures by %(date)s.", date=due)
    if view.state == "missed":
        return _(
            "It was due on %(date)s and is not marked as sent. NHS England publishes a month that was not sent as "
            "“no data”. If you did send it, say so.",
            date=due,
        )
    return _("It is from before you asked patients here, so we do not remind you to send it.")


def _percent(part: int, whole: int) -> str:
    share = rules.share(part, whole)
    return UNDEFINED if share is None else f"{rules.percent(share)}%"


def _fields(names: Mapping[str, str], counts: Mapping[str, int], late: Mapping[str, int]) -> list[Field]:
    return [Field(words, counts[code], late[code]) for code, words in names.items()]


def _other(scale: str, figures: Figures) -> OtherScale:
    answers = [(showing.score(scale, code), count) for code, count in figures.answers.items()]
    return OtherScale(_("Scale of %(year)s", year=scale), answers)
