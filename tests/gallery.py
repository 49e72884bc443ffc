"""A plugin with a page of charts, for tests of what the core draws and the shell shows. docs/charts.md quotes it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask import Blueprint, Response, abort, render_template_string
from flask.typing import ResponseReturnValue

from layers_core import charts
from layers_core.contract import PluginMeta, PluginRoutes, hookimpl
from layers_core.i18n import format_month
from layers_core.i18n import gettext as _
from layers_core.web import policy

PAGE = """{% extends "layers/public.html" %}
{% import "layers/charts.html" as charts %}
{% block title %}{{ _('Charts') }}{% endblock %}
{% block main %}<h1>{{ _('Charts') }}</h1>
{% for heading, chart in shown.items() %}
{{ charts.figure(chart, heading, download=url_for('gallery_public.download', number=loop.index0)) }}
{% endfor %}{% endblock %}"""
HOSTILE = "<script>alert(1)</script> & \x00 “quotes”"
ANSWERS = [14, 9, 12, None, 11, 16, 10, 13, 8, 12, 15, 9, 11, 14, 10, 13, 12, 9, 12, 17, 19, 16, 22, 18, 21, 20, 17,
           23, 19, 24, 18, 22, 20, None, 25, 21]  # fmt: skip
POSITIVE = [88.2, 90.1, 86.7, 91.0, 89.5, 87.3, 92.1, 88.8, 90.4, 71.4, 89.0, 87.6, None, 88.1, 90.9, 91.5, 93.8, 94.1,
            93.5, 95.2, 94.4, 96.0, 93.9, 95.7]  # fmt: skip

public = Blueprint("gallery_public", __name__)


def months(values: Sequence[float | None]) -> list[charts.Point]:
    """Made-up months from January 2024 on; what is None had too few answers to show."""
    days = [date(2024 + number // 12, number % 12 + 1, 1) for number in range(len(values))]
    return [
        charts.Point(day, format_month(day), value, reason=_("fewer than 8 answers") if value is None else "")
        for day, value in zip(days, values, strict=True)
    ]


def answers() -> charts.Chart:
    """A run chart with a gap and a change that the practice marked."""
    measure = charts.Measure(_("Answers in a month"), low=0, better="up")
    moved = charts.Change(date(2025, 7, 1), _("The link goes out by text message"))
    return charts.run_chart(months(ANSWERS), measure, [moved])


def positive() -> charts.Chart:
    """A control chart of a share."""
    return charts.control_chart(months(POSITIVE), charts.share(_("Positive answers"), better="up"))


def shown() -> dict[str, charts.Chart]:
    """The charts of the page by their headings."""
    counts = charts.Measure("Telephone calls that were lost, of all that came in on Monday mornings", low=0)
    long = "Appointments on Monday mornings were doubled, and nobody waits"
    changes = [charts.Change(date(2024, 3, 1), HOSTILE), charts.Change(date(2024, 5, 1), long)]
    return {
        "Answers": answers(),
        "Positive answers": positive(),
        "Answers without the change": charts.run_chart(months(ANSWERS), charts.Measure("Answers", low=0)),
        "Negative answers": charts.control_chart(
            months([None if value is None else 100 - value for value in POSITIVE]),
            charts.share("Negative answers", better="down"),
        ),
        "Lost calls": charts.control_chart(months([120, 4315, 300, 980, 0, 11]), counts, changes),
        "Too few": charts.run_chart(months([3, None, 5]), counts),
        "One": charts.control_chart(months([3]), counts),
        "None": charts.run_chart([], counts),
    }


@public.get("/")
@policy("public")
def page() -> str:
    """All of them."""
    return render_template_string(PAGE, shown=shown())


@public.get("/<int:number>.svg")
@policy("public")
def download(number: int) -> ResponseReturnValue:
    """One of them as a file."""
    if number not in range(len(shown())):
        abort(404)
    heading, chart = list(shown().items())[number]
    return Response(charts.as_file(chart, heading), mimetype="image/svg+xml")


class Gallery:
    """The plugin."""

    meta = PluginMeta(
        slug="gallery",
        name="Gallery",
        version="1",
        requires_core=">=0.1",
        summary="Shows charts",
        stores="Nothing",
        seen_by="Everybody",
    )

    @hookimpl
    def layers_blueprint(self) -> PluginRoutes:
        """The page."""
        return PluginRoutes(public=public)
