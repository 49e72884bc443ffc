"""The page of the revalidation checklist."""

from __future__ import annotations

from collections.abc import Iterable

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from layers_core.artefacts.errors import CheckFailed, DraftRefused, EditConflict, GuardStop, NotAllowed, NotFound
from layers_core.artefacts.followup import today_in
from layers_core.contract import Body, Problem
from layers_core.host.doors import DoorFault
from layers_core.i18n import gettext as _
from layers_core.web import Submitted, current, policy, submitted
from layers_reflect.kinds import WRITE
from layers_reflect.nmc import checklist, checklist_form, keeping, telling
from layers_reflect.nmc.rules import checklist_rules, rules
from layers_reflect.portfolio import choosing
from layers_reflect.portfolio.totals import overview
from layers_reflect.portfolio.years import period_of
from layers_reflect.profiles import profile_of
from layers_reflect.reading import Wanted
from layers_reflect.views import staff

NURSE = "nurse"


@staff.app_template_global("reflect_checklist")
def in_words(body: Body) -> list[tuple[str, str]]:
    """What a checklist says, for its own page."""
    return checklist.in_words(body)


@staff.get("/nmc/checklist")
@policy("member", WRITE)
def nmc_checklist() -> str:
    """What is done and what is missing, and the fields for what the portfolio does not hold."""
    found = keeping.kept(current.session, current.host, current.actor)
    body = found.body if found else checklist.empty()
    return _page(checklist_form.fields_of(body), body, found.revision if found else 0)


@staff.post("/nmc/checklist")
@policy("member", WRITE)
def save_nmc_checklist() -> ResponseReturnValue:
    """Keep what was typed, or add rows; every refusal shows the form again with what was typed."""
    form = submitted()
    before = keeping.kept(current.session, current.host, current.actor)
    shown = before.body if before else checklist.empty()
    base = form.whole("revision") or 0
    if form.get("do") == "rows":
        return _page(form, shown, base, rows=checklist_form.shown_rows(checklist_form.rows_in(form)))
    body = checklist_form.read(form)
    if form.problems:
        return _page(form, shown, base, form.problems), 422
    try:
        keeping.keep(current.artefacts, current.actor, before, body, form.guard(), base, form.client_key)
    except DraftRefused as refused:
        return _page(form, shown, base, refused.problems), 422
    except GuardStop as stop:
        return _page(form, shown, base, stop=stop), 422
    except EditConflict as conflict:
        if conflict.current.body == body:
            return _kept()
        text = _(
            "This was changed since you opened it, perhaps on another device. Save again to put yours in its place"
        )
        return _page(form, conflict.current.body, conflict.current.revision, [Problem(text)]), 409
    except (NotAllowed, NotFound):
        abort(404)
    except (CheckFailed, DoorFault):
        return _page(form, shown, base, [Problem(_("We could not save this just now. Try again in a minute"))]), 503
    return _kept()


def _kept() -> ResponseReturnValue:
    flash(_("Your checklist is saved."), "success")
    return redirect(url_for("reflect.nmc_checklist"), 303)


def _page(
    values: Submitted,
    body: Body,
    revision: int,
    problems: Iterable[Problem] = (),
    stop: GuardStop | None = None,
    rows: int = 0,
) -> str:
    session, actor = current.session, current.actor
    profile = profile_of(session, actor)
    today = today_in(actor.practice.time_zone)
    period = period_of(NURSE, today, profile.cycle_ends)
    facts = choosing.facts(session, actor, Wanted(since=period.since, until=period.until))
    choices = {
        name: [("", ""), *((code, _(words)) for code, words in checklist_rules()[name].items())]
        for name in ("settings", "scopes", "indemnity", "roles")
    }
    return render_template(
        "reflect/nmc/checklist.html",
        steps=checklist.steps(body, overview(NURSE, period, facts), period, today),
        period=period,
        cycle_ends=profile.cycle_ends,
        ends_soon=telling.ends_soon(profile, actor),
        values=values,
        rows=rows or checklist_form.rows_in(values),
        most_rows=checklist_rules()["rows"],
        choices=choices,
        revision=revision,
        problems=list(problems),
        stop=stop,
        forms_url=rules()["forms_url"],
    )
