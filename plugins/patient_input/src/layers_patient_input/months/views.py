"""Pages of the Friends and Family Test by month: for staff, and what the public may see."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from layers_core.charts import Chart
from layers_core.i18n import gettext as _
from layers_core.web import current, policy, submitted
from layers_patient_input.catalogue import FFT, built_in
from layers_patient_input.kinds import RETURNS
from layers_patient_input.months import charting, publishing, reading, service, showing
from layers_patient_input.months.reading import MonthView, Span
from layers_patient_input.months.rules import Month
from layers_patient_input.schemas import settings_of
from layers_patient_input.views.blueprints import public, staff
from layers_patient_input.views.patients import reader
from layers_patient_input.views.refusals import Refusal, tried

LISTED = 24
PUBLISHED = 12


@staff.get("/fft")
@policy("member")
def fft() -> str:
    """The month that is due, this month, how it went over time, and the list of months."""
    known = reading.span(current.session, current.practice)
    until = request.args.get("until", "")
    last = _asked(known, until) if until else known.last
    first = max(known.first, last.later(1 - LISTED))
    views = reading.listed(current.session, current.practice, known, first, last)
    shown = [showing.shown(view) for view in views]
    newest = last == known.last
    return render_template(
        "patient_input/fft.html",
        this_month=shown[0] if newest else None,
        to_do=[month for month in shown[:2] if newest and month.state in {"due", "missed"}],
        months=shown,
        charts=_charts(views, known) if newest else (),
        older=first.previous if first > known.first else None,
        newer=None if newest else min(last.later(LISTED), known.last),
        is_public=settings_of(current.practice)["fft_public"],
    )


@staff.get("/fft/<month>")
@policy("member")
def fft_month(month: str) -> str:
    """A month's figures: to copy, to save, and to say that they were sent."""
    return _month_page(_view(month))


@staff.get("/fft/<month>/return.csv")
@policy("member")
def fft_file(month: str) -> Response:
    """The return as a file: as sent where it was, else as it is now."""
    view = _view(month)
    if view.state == "open":
        abort(404)
    file = Response(showing.file(current.practice, view.month, view.shown), mimetype="text/csv")
    file.headers["Content-Disposition"] = f"attachment; filename=fft-{current.practice.code}-{view.month}.csv"
    return file


@staff.post("/fft/<month>/sent")
@policy("member", RETURNS)
def fft_sent(month: str) -> ResponseReturnValue:
    """Say that a month was sent: its figures are locked."""
    view = _view(month)
    form = submitted()
    try:
        refusal = tried(lambda: service.mark_sent(current.artefacts, current.actor, view.month, form.get("figures")))
    except service.AlreadySent:
        flash(_("Somebody has already marked this month as sent."), "info")
        return redirect(url_for("patient_input.fft_month", month=month), 303)
    if refusal:
        return _month_page(view, refusal), refusal.status
    flash(_("Marked as sent. Answers that come later show as late."), "success")
    return redirect(url_for("patient_input.fft_month", month=month), 303)


@public.get("/fft")
@policy("public")
def fft_public() -> ResponseReturnValue:
    """What the practice's patients answered, small numbers hidden, where the practice shows it."""
    practice = current.practice
    settings = settings_of(practice)
    if not settings["fft_public"]:
        abort(404)
    sent = reading.sent_figures(current.session, practice.id, PUBLISHED)
    who, form = reader(practice), built_in(FFT, settings)
    return who.page(
        "fft_public.html",
        question=form.item(form.score).text.to(who.language.code),
        months=[(showing.name(month), publishing.published(figures.answers)) for month, figures in sent],
    )


def _month_page(view: MonthView, refusal: Refusal | None = None) -> str:
    return render_template(
        "patient_input/fft_month.html",
        month=showing.shown(view),
        figures=service.mark(view.now),
        may_send=current.actor.can(RETURNS) and view.state in {"due", "missed", "earlier"},
        problems=refusal.problems if refusal else (),
    )


def _charts(views: Sequence[MonthView], known: Span) -> list[tuple[str, Chart]]:
    today = reading.today_of(current.practice)
    first = charting.first_monday(today, known.began)
    days = reading.by_day(current.session, current.practice.id, first, today)
    return charting.drawn(views, days, first, today)


def _view(text: str) -> MonthView:
    """A month of the practice; 404 for any other."""
    known = reading.span(current.session, current.practice)
    month = _asked(known, text)
    return reading.one(current.session, current.practice, known, month)


def _asked(known: Span, text: str) -> Month:
    try:
        month = Month.read(text)
    except ValueError:
        abort(404)
    if not known.first <= month <= known.last:
        abort(404)
    return month
