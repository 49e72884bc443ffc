"""A report on CARE forms in the words and numbers that the practitioner reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from layers_core.charts.means import Interval, mean_interval
from layers_core.i18n import format_number
from layers_core.i18n import gettext as _
from layers_patient_input.care import rules
from layers_patient_input.care.rules import ItemScores, Report
from layers_patient_input.catalogue import Form
from layers_patient_input.months.rules import percent, share

LOWEST, HIGHEST = min(rules.SCORES.values()), max(rules.SCORES.values())


@dataclass(frozen=True)
class ShownItem:
    """One item: what was asked, its mean with the interval, and the share of each answer in whole per cent."""

    words: str
    mean: str
    interval: str
    shares: Sequence[str]


@dataclass(frozen=True)
class ShownReport:
    """A report as its page shows it. `answers` head the columns of `ShownItem.shares`."""

    forms: int
    mean: str
    interval: str
    items: Sequence[ShownItem]
    answers: Sequence[str]
    more: int
    """How many forms are missing for the number that makes the mean reliable."""


def shown(report: Report, form: Form) -> ShownReport:
    """A report in words."""
    sums = mean_interval([float(total) for total in report.totals])
    count = len(rules.ITEMS)
    labels = {option.value.data["code"]: option.label.text for option in form.item(rules.ITEMS[0]).options}
    return ShownReport(
        forms=len(report.totals),
        mean=format_number(sums.estimate, 1),
        interval=_interval(sums, count * LOWEST, count * HIGHEST, 1),
        items=[_item(item, form) for item in report.items],
        answers=[*(labels[code] for code in report.items[0].answers), _("Left out")],
        more=max(0, rules.RULES["aim"] - len(report.totals)),
    )


def _item(item: ItemScores, form: Form) -> ShownItem:
    everybody = sum(item.answers.values()) + item.left_out
    shares = [share(count, everybody) for count in (*item.answers.values(), item.left_out)]
    spread = mean_interval(item.scores) if len(item.scores) > 1 else None
    return ShownItem(
        words=form.item(item.item).text.text,
        mean=format_number(spread.estimate, 2) if spread else "–",
        interval=_interval(spread, LOWEST, HIGHEST, 2) if spread else "–",
        shares=[f"{percent(part)}%" if part is not None else "–" for part in shares],
    )


def _interval(interval: Interval, lowest: int, highest: int, decimals: int) -> str:
    """From where to where, no further than the scale goes."""
    low, high = max(interval.low, lowest), min(interval.high, highest)
    return _("%(low)s to %(high)s", low=format_number(low, decimals), high=format_number(high, decimals))
