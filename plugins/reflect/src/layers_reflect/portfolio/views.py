"""The portfolio's pages: what is there and missing, choosing entries, exporting them, writing over them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, cast
from uuid import UUID

from flask import Response, abort, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from layers_core.artefacts.errors import CheckFailed, DraftRefused, GuardStop, NotAllowed, NotFound
from layers_core.artefacts.followup import today_in
from layers_core.contract import Problem
from layers_core.db.base import now
from layers_core.host.doors import DoorFault
from layers_core.i18n import format_date, format_month, local_date
from layers_core.i18n import gettext as _
from layers_core.vocabulary import vocabulary
from layers_core.web import Submitted, after_response, current, parse_uuid, policy, submitted
from layers_reflect import prompts
from layers_reflect.kinds import NOTE, WRITE
from layers_reflect.portfolio import choosing, pdf_file, service
from layers_reflect.portfolio.asking import Asked, asked
from layers_reflect.portfolio.chart import draw, short
from layers_reflect.portfolio.choosing import Choice
from layers_reflect.portfolio.events import PortfolioExported
from layers_reflect.portfolio.formats import FORMATS
from layers_reflect.portfolio.interchange import Portfolio
from layers_reflect.portfolio.preparing import views as preparing
from layers_reflect.portfolio.preparing.service import Wish
from layers_reflect.portfolio.totals import Line, overview
from layers_reflect.profiles import ProfileView, profile_of
from layers_reflect.reading import Wanted
from layers_reflect.timeline import filters
from layers_reflect.views import staff
from layers_reflect.writing import read

ONE_BY_ONE = 500
"""Up to so many entries are chosen one by one; of more, all that the filters leave."""
IN_MEMORY = 2_000_000
ALSO, ONLY_FOR_ME = "also", "only_for_me"


@staff.get("/portfolio")
@policy("member", WRITE)
def portfolio() -> str:
    """What a year or cycle holds and what it still lacks; `as` names the profession, `on` a day of the period."""
    profile = profile_of(current.session, current.actor)
    what = _asked(Submitted(request.args), profile)
    first = choosing.first_day(current.session, current.actor)
    found = overview(what.profession, what.period, choosing.facts(current.session, current.actor, what.whole))
    return render_template(
        "reflect/portfolio.html",
        overview=found,
        period=what.period,
        earlier=first is not None and first < what.period.since,
        later=what.period.after <= today_in(current.practice.time_zone),
        profession=what.profession,
        label=_label(what),
        tabs=[(code, _(vocabulary("portfolio", prompts.PACKAGE)[code]["label"])) for code in profile.professions],
        needs_cycle=what.profession == "nurse" and profile.cycle_ends is None,
        chart=draw(found.months),
        short=short,
        month_name=format_month,
        line_url=partial(_line_url, what),
        exports=preparing.on_their_way(),
        kind=NOTE,
    )


@staff.get("/portfolio/choose")
@policy("member", WRITE)
def choose() -> str:
    """The entries of a year or cycle, to export or to write over; the query narrows them as in the timeline."""
    return _choose(_asked(Submitted(request.args), profile_of(current.session, current.actor)))


@staff.post("/portfolio/export")
@policy("member", WRITE)
def export() -> ResponseReturnValue:
    """The chosen entries as a file, at once or, where they are many, from a page that shows how far it is.

    It is whole before it is sent, so a fault gives a page and never half a file.
    """
    form = submitted()
    what = _asked(form, profile_of(current.session, current.actor))
    there = choosing.choices(current.session, current.actor, what.wanted)
    chosen = _ticked(form, there)
    shape = form.one_of("format", _formats(), _("Choose what to make"))
    if not chosen:
        form.problems.append(Problem(_("Choose at least one entry"), "entries"))
    kind = _formats().get(shape)
    if kind and kind["most"] and len(chosen) > kind["most"]:
        form.problems.append(Problem(_too_many(kind["most"]), "format"))
    if form.problems or kind is None:
        return _choose(what, form, there), 422
    keys = [choice.id for choice in chosen]
    with_asides = ONLY_FOR_ME in form.getlist(ALSO)
    if len(keys) > kind["at_once"]:
        back = {**what.query, **what.filters.query}
        return preparing.begin(Wish(shape, keys, with_asides, back, form.client_key))
    try:
        return _at_once(shape, kind, keys, only_for_me=with_asides)
    except pdf_file.NoPdf:
        message = _("We cannot make a PDF just now. Choose the page to read and print: any browser makes a PDF of it")
        form.problems.append(Problem(message, "format"))
        return _choose(what, form, there), 503


def _at_once(shape: str, kind: Mapping[str, Any], keys: Sequence[UUID], *, only_for_me: bool) -> Response:
    entries = choosing.in_order(current.session, current.actor, keys, current.host.files, only_for_me=only_for_me)
    file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - closed by the response that sends it
    made_at = now()
    try:
        FORMATS[shape](Portfolio(current.person.name, made_at, entries), cast("Any", file))
    except BaseException:
        file.close()
        raise
    file.seek(0)
    after_response(partial(_note_export, current.artefacts, current.actor, shape, len(keys)))
    name = f"portfolio-{local_date(made_at, current.practice.time_zone).isoformat()}.{kind['ending']}"
    response = send_file(cast("Any", file), kind["type"], as_attachment=True, download_name=name)
    response.headers["Cache-Control"] = "private, no-store"
    # A response that is passed straight through is never closed, and then nothing runs after it.
    response.direct_passthrough = False
    return response


@staff.post("/portfolio/over")
@policy("member", WRITE)
def write_over() -> ResponseReturnValue:
    """The form for one reflection over the chosen entries, and keeping it."""
    form = submitted()
    saving = form.get("do") == "save"
    keys = [key for word in form.getlist("entries") if (key := parse_uuid(word))]
    chosen = choosing.choices(current.session, current.actor, Wanted(ids=tuple(keys))) if keys else []
    if saving and not chosen:
        abort(404)
    if not chosen:
        form.problems.append(Problem(_("Choose at least one entry"), "entries"))
    if len(chosen) > service.MOST_WRITTEN_OVER:
        most = service.MOST_WRITTEN_OVER
        form.problems.append(Problem(_("Choose at most %(most)s entries to write about", most=most), "entries"))
    if form.problems:
        return _choose(_asked(form, profile_of(current.session, current.actor)), form), 422
    template = prompts.offered(current.practice)
    if not saving:
        return _over(template, chosen, Submitted({template.first.id: _list_of(chosen)}))
    answers, problems = read(template.questions, form)
    if problems:
        return _over(template, chosen, form, problems), 422
    try:
        saved = service.write_over(
            current.artefacts,
            current.actor,
            template,
            answers,
            [choice.id for choice in chosen],
            form.guard(),
            form.client_key,
        )
    except DraftRefused as refused:
        return _over(template, chosen, form, refused.problems), 422
    except GuardStop as stop:
        return _over(template, chosen, form, stop=stop), 422
    except (NotAllowed, NotFound):
        abort(404)
    except (CheckFailed, DoorFault):
        problem = Problem(_("We could not save this just now. Try again in a minute"))
        return _over(template, chosen, form, [problem]), 503
    return redirect(url_for("thing.show", thing_id=saved.id, saved=1), 303)


def _asked(values: Submitted, profile: ProfileView) -> Asked:
    return asked(values, profile, today_in(current.practice.time_zone))


def _label(what: Asked) -> str:
    return _(vocabulary("portfolio", prompts.PACKAGE)[what.profession]["label"])


def _line_url(what: Asked, line: Line) -> str:
    """The entries that a line counts, to choose from."""
    narrowed: dict[str, Any] = (
        {"form": line.code} if line.scheme == "template" else {"counts": f"{line.scheme}:{line.code}"}
    )
    return url_for("reflect.choose", **what.query, **narrowed)


def _formats() -> dict[str, Any]:
    """The formats that this installation can write, as the page offers them."""
    known = vocabulary("exports", prompts.PACKAGE)
    return {code: entry for code, entry in known.items() if code in FORMATS and (code != "pdf" or pdf_file.available())}


def _about(kind: Mapping[str, Any]) -> str:
    most = kind["most"]
    return _("%(about)s. Up to %(most)s entries", about=_(kind["about"]), most=most) if most else _(kind["about"])


def _too_many(most: int) -> str:
    return _(
        "A PDF can hold %(most)s entries. Choose fewer, or choose the page to read and print: "
        "any browser makes a PDF of it",
        most=most,
    )


def _ticked(form: Submitted, there: list[Choice]) -> list[Choice]:
    """What was chosen; of very many, all but those that hold somebody's name."""
    if len(there) > ONE_BY_ONE:
        return [choice for choice in there if not choice.private]
    ticked = set(form.getlist("entries"))
    return [choice for choice in there if str(choice.id) in ticked]


def _choose(what: Asked, form: Submitted | None = None, there: list[Choice] | None = None) -> str:
    profile = profile_of(current.session, current.actor)
    choices = choosing.choices(current.session, current.actor, what.wanted) if there is None else there
    audiences = {view.id: view.name for view in current.actor.audiences}
    ticked = form.getlist("entries") if form else [str(choice.id) for choice in choices if not choice.private]
    return render_template(
        "reflect/choose.html",
        period=what.period,
        profession=what.profession,
        label=_label(what),
        filters=what.filters,
        chosen=filters.chosen(what.filters),
        offered=filters.offered(what.filters, profile.schemes),
        here=lambda wanted: url_for("reflect.choose", **what.query, **wanted.query),
        choices=choices,
        items=[
            (str(choice.id), choice.title, f"{format_date(choice.on)} · {audiences.get(choice.audience_id, '')}")
            for choice in choices
        ],
        ticked=ticked,
        one_by_one=bool(form and form.problems),
        many=len(choices) > ONE_BY_ONE,
        private=sum(choice.private for choice in choices),
        formats=[(code, _(entry["label"]), _about(entry)) for code, entry in _formats().items()],
        format=form.get("format") if form else next(iter(_formats()), ""),
        also=form.getlist(ALSO) if form else [],
        pdf=pdf_file.available(),
        problems=form.problems if form else [],
        exports=preparing.on_their_way(),
        kind=NOTE,
    )


def _list_of(chosen: list[Choice]) -> str:
    return "\n".join([*(f"- {choice.title}" for choice in chosen), "", ""])


def _over(
    template: prompts.Template,
    chosen: list[Choice],
    values: Submitted,
    problems: Iterable[Problem] = (),
    **more: Any,
) -> str:
    return render_template(
        "reflect/over.html",
        template=template,
        titles=[choice.title for choice in chosen],
        keys=[choice.id for choice in chosen],
        values=values,
        problems=list(problems),
        **more,
    )


def _note_export(artefacts: Any, actor: Any, shape: str, entries: int) -> None:
    with artefacts.unit(actor) as unit:
        unit.event(PortfolioExported(format=cast("Any", shape), entries=entries))
