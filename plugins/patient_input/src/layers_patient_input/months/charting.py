"""The charts of the Friends and Family Test: answers by week, and the positive share by month."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction

from layers_core import charts
from layers_core.charts import Chart, Measure, Point
from layers_core.i18n import format_date, ngettext
from layers_core.i18n import gettext as _
from layers_patient_input.months import rules, showing
from layers_patient_input.months.reading import MonthView

WEEKS = 26
_WEEK = timedelta(days=7)


def first_monday(today: date, began: date) -> date:
    """The Monday from which weeks are drawn: half a year ago, or the first whole week since the practice began."""
    this = today - timedelta(days=today.weekday())
    whole = began + timedelta(days=-began.weekday() % 7)
    return max(this - WEEKS * _WEEK, whole)


def drawn(views: Sequence[MonthView], days: Mapping[date, int], first: date, today: date) -> list[tuple[str, Chart]]:
    """The charts that have something to show, each with its heading.

    `views` are months, the newest first; `days` are answers by day from `first`, a Monday. What is not over is left
    out: half a week looks like a fall.
    """
    if not any(view.shown.total for view in views):
        return []
    by_week, by_month = answers_by_week(days, first, today), positive(views)
    found = [(_("Answers by week"), by_week), (_("Positive share by month"), by_month)]
    return [(heading, chart) for heading, chart in found if sum(len(part.known) for part in chart.parts) > 1]


def answers_by_week(days: Mapping[date, int], first: date, today: date) -> Chart:
    """A run chart of the number of answers in each whole week."""
    measure = Measure(_("Answers"), low=0, period="week")
    return charts.run_chart(list(_weeks(days, first, today)), measure)


def positive(views: Sequence[MonthView]) -> Chart:
    """A control chart of the positive share of each month that is over.

    A month with few answers is a gap: there one patient more or less looks like a change.
    """
    points = [_share_of(view) for view in reversed(views) if view.state != "open"]
    measure = charts.share(_("Positive answers"), better="up", counted=_("Answers"))
    return charts.control_chart(points, measure)


def _weeks(days: Mapping[date, int], monday: date, today: date) -> Iterator[Point]:
    while monday + _WEEK <= today:
        count = sum(days.get(monday + timedelta(days=day), 0) for day in range(7))
        yield Point(monday, _("Week from %(date)s", date=format_date(monday)), Fraction(count))
        monday += _WEEK


def _share_of(view: MonthView) -> Point:
    figures, least = view.shown, rules.RULES["drawn_from"]
    label, total = showing.name(view.month), figures.total
    if total < least:
        few = ngettext("Fewer than %(num)s answer", "Fewer than %(num)s answers", least) if total else _("No answers")
        return Point(view.month.first, label, None, total, few)
    return Point(view.month.first, label, Fraction(100 * rules.positive(figures.answers), total), total)
