"""A person's own time of the week, what is sent to them, and their calendar's secret address."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from babel.dates import get_day_names
from flask import Blueprint, abort, current_app, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from layers_core.contract import Actor, Problem
from layers_core.db.base import now
from layers_core.i18n import DEFAULT_TIMEZONE, format_datetime
from layers_core.i18n import gettext as _
from layers_core.practices import access
from layers_core.reminding import feeds, slots, stopping
from layers_core.reminding.slots import HOUR, SlotView
from layers_core.web import Submitted, client_address, current, policy, submitted, within_limit
from layers_webshell import language
from layers_webshell.pages.saving import Refusal, attempt, refused

pages = Blueprint("slot", __name__)

Answer = Response | str | tuple[str, int]
MAILS = ("digest", "reminders", "mail_titles")
TIMES = ("%H:%M", "%H.%M", "%H%M", "%I:%M%p", "%I.%M%p", "%I%p")
FEED_LIMIT, STOP_LIMIT = "600 per hour", "60 per hour"


@pages.route("/me/slot", methods=["GET"])
@policy("signed_in")
def index() -> str:
    """What the person chose, and the form that changes it."""
    return _page(slots.of(current.session, current.person.id))


def _page(slot: SlotView, form: Submitted | None = None, refusal: Refusal | None = None, feed: str = "") -> str:
    start = slots.next_start(slot, now())
    days = get_day_names("wide", locale=language.now())
    return render_template(
        "layers/pages/slot.html",
        next_start=format_datetime(start, slot.time_zone) if start else "",
        weekdays=[("", _("No time of my own")), *((str(day), str(days[day])) for day in range(slots.DAYS))],
        minutes=[(str(number), _("%(minutes)s minutes", minutes=number)) for number in slots.rules()["minutes"]],
        values=_typed(form) if form else _kept(slot),
        address=current.person.email,
        has_feed=slot.has_feed,
        feed=feed,
        problems=refusal.problems if refusal else (),
    )


def _kept(slot: SlotView) -> dict[str, Any]:
    return {
        "weekday": "" if slot.weekday is None else str(slot.weekday),
        "starts": f"{slot.starts // HOUR:02}:{slot.starts % HOUR:02}",
        "minutes": str(slot.minutes or slots.rules()["minutes"][0]),
        "mail": [name for name in MAILS if getattr(slot, name)],
        "calendar": ["feed_titles"] if slot.feed_titles else [],
    }


def _typed(form: Submitted) -> dict[str, Any]:
    single = {name: form.get(name) for name in ("weekday", "starts", "minutes")}
    return {**single, **{name: form.getlist(name) for name in ("mail", "calendar")}}


@pages.route("/me/slot", methods=["POST"])
@policy("signed_in")
def save() -> Answer:
    """Keep what the person chose."""
    form = submitted()
    actor = _actor()
    mails = form.getlist("mail")
    day, starts = form.get("weekday"), _minutes(form.get("starts"))
    if day and starts is None:
        form.problems.append(Problem(_("Enter a time, for example 13:30"), "starts"))
    slot = SlotView(
        weekday=_number(day, range(slots.DAYS)) if day else None,
        starts=starts or 0,
        minutes=_number(form.get("minutes"), slots.rules()["minutes"]),
        time_zone=actor.practice.time_zone if actor else DEFAULT_TIMEZONE,
        digest="digest" in mails,
        reminders="reminders" in mails,
        mail_titles="mail_titles" in mails,
        feed_titles="feed_titles" in form.getlist("calendar"),
    )
    if form.problems:
        refusal: Refusal | None = refused(form.problems)
    else:
        _done, refusal = attempt(lambda: _keep(actor, slot))
    if refusal:
        return _page(slots.of(current.session, current.person.id), form, refusal), refusal.status
    flash(_("Saved"), "success")
    return redirect(url_for("slot.index"), 303)


def _keep(actor: Actor | None, slot: SlotView) -> None:
    if actor is None:
        # Somebody who belongs to no practice leaves no event: it would say in which practice.
        with current.artefacts.database.write() as session:
            slots.choose(session, current.person.id, slot, now())
        return
    with current.artefacts.unit(actor) as unit:
        slots.choose_as(unit, actor, slot)


def _actor() -> Actor | None:
    """The person in the first of their practices, whose clock counts for them."""
    for practice in access.practices_of(current.session, current.person.id)[:1]:
        return access.find_actor(current.session, current.host, current.person.id, practice.slug)
    return None


def _number(text: str, known: Iterable[int]) -> int:
    """One of the known numbers; -1, which is none of them, for anything else."""
    return next((number for number in known if str(number) == text), -1)


def _minutes(text: str) -> int | None:
    """Minutes after midnight out of a time as people write it; None where it is none."""
    for form in TIMES:
        try:
            found = datetime.strptime(text.replace(" ", "").upper(), form)  # noqa: DTZ007 - a time of day only
        except ValueError:
            continue
        return found.hour * HOUR + found.minute
    return None


@pages.post("/me/slot/calendar")
@policy("signed_in")
def make_feed() -> str:
    """Make the calendar's secret address, or a new one; the page shows it, this once."""
    with current.artefacts.database.write() as session:
        token = feeds.renew(session, current.person.id, now())
    base: str = current_app.extensions["layers_settings"].base_url
    with current.artefacts.database.read() as session:
        slot = slots.of(session, current.person.id)
    return _page(slot, feed=base + url_for("slot.feed", feed_token=token))


@pages.post("/me/slot/calendar/stop")
@policy("signed_in")
def stop_feed() -> Response:
    """Let the calendar's address end."""
    with current.artefacts.database.write() as session:
        feeds.withdraw(session, current.person.id, now())
    flash(_("The address no longer works"), "success")
    return redirect(url_for("slot.index", _anchor="calendar"), 303)


@pages.get("/calendar/<feed_token>.ics")
@policy("public")
def feed(feed_token: str) -> Response:
    """The calendar of whoever the secret address belongs to."""
    if not within_limit("calendar", client_address(), FEED_LIMIT):
        abort(429)
    person_id = feeds.person_of(current.session, feed_token)
    if person_id is None:
        abort(404)
    base: str = current_app.extensions["layers_settings"].base_url
    response = make_response(feeds.calendar(current.session, person_id, base))
    response.headers["Content-Type"] = "text/calendar; charset=utf-8"
    response.headers["Cache-Control"] = "private, no-cache"
    response.add_etag()
    return response.make_conditional(request)


@pages.route("/stop-mail/<stop_token>", methods=["GET", "POST"])
@policy("public")
def stop_mail(stop_token: str) -> str:
    """Stop the e-mails that a link in one of them names: a page for people, one POST for mail programs (RFC 8058)."""
    if not within_limit("stop-mail", client_address(), STOP_LIMIT):
        abort(429)
    settings = current_app.extensions["layers_settings"]
    found = stopping.read(settings.secret_key, stop_token)
    if found is None:
        abort(404)
    if request.method == "POST":
        with current.artefacts.database.write() as session:
            stopping.stop(session, *found, now())
    return render_template("layers/pages/stop_mail.html", stopped=request.method == "POST")
