"""Pages for staff: the links to the forms, their QR codes, posters and text messages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from layers_core.artefacts.errors import DraftRefused, NotFound
from layers_core.contract import Problem
from layers_core.i18n import gettext as _
from layers_core.web import Submitted, current, in_language, policy, submitted
from layers_patient_input import catalogue, qr
from layers_patient_input.catalogue import FFT
from layers_patient_input.kinds import WAYS_IN
from layers_patient_input.schemas import settings_of
from layers_patient_input.views.blueprints import staff
from layers_patient_input.ways_in import inviting, reading, service, texting
from layers_patient_input.ways_in.reading import WayIn
from layers_patient_input.wording import Language, chosen, offered

ONE_SHEET = "one"


@staff.get("/ways-in")
@policy("member")
def ways_in() -> str:
    """The links to the practice's forms, in a table, and the form of a new one."""
    return _table(Submitted({}))


@staff.post("/ways-in")
@policy("member", WAYS_IN)
def change_ways_in() -> ResponseReturnValue:
    """Open a way in, or renew, withdraw or limit the one that the form names."""
    form = submitted()
    token, do = form.get("token"), form.get("do")
    try:
        if do == "renew":
            token = service.renew(current.artefacts, current.actor, token)
            flash(_("Renewed. The old link, its posters and texts lead nowhere now: use the new ones."), "success")
        elif do == "withdraw":
            service.withdraw(current.artefacts, current.actor, token)
            flash(_("Withdrawn. Patients can’t answer through this link any more."), "success")
            return redirect(url_for("patient_input.ways_in"), 303)
        elif do == "until":
            until = _until(form)
            service.end_on(current.artefacts, current.actor, token, until)
            flash(_("Saved. The link works up to that day.") if until else _("Saved. The link has no end."), "success")
        else:
            chosen_form, method = form.get("form") or FFT, form.get("method") or "online"
            token = service.open_way_in(current.artefacts, current.actor, chosen_form, method, _until(form))
            flash(_("Patients can answer through this link now."), "success")
    except NotFound:
        abort(404)
    except DraftRefused as refused:
        again = _page(_own(token), form, refused.problems) if do == "until" else _table(form, refused.problems)
        return again, 422
    return redirect(url_for("patient_input.way_in", token=token), 303)


def _until(form: Submitted) -> date | None:
    """The last day that was typed. Raises DraftRefused for a date that there is not."""
    until = form.date("until")
    if form.problems:
        raise DraftRefused(form.problems)
    return until


@staff.get("/ways-in/<token>")
@policy("member")
def way_in(token: str) -> str:
    """One link with all that is needed to use it."""
    return _page(_own(token), Submitted({}))


@staff.get("/ways-in/poster")
@policy("member")
def way_in_poster() -> str:
    """A page to print and put on the wall: a sheet for each language, or one for all of them."""
    way = _asked_for()
    settings = settings_of(current.practice)
    wanted = request.args.getlist("lang")
    everything = offered(settings)
    languages = [language for language in everything if language.code in wanted] or list(everything)
    form = _form(way)
    return render_template(
        "patient_input/poster.html",
        way=way,
        languages=everything,
        language_choices=[(language.code, language.name) for language in everything],
        wanted=[language.code for language in languages],
        together=request.args.get("sheets") == ONE_SHEET,
        posters=[_Poster.of(form, way, language) for language in languages],
        code=qr.code(_address(way.token)),
        address=_address(way.token),
    )


@dataclass(frozen=True)
class _Poster:
    """A poster's words in one language."""

    language: Language
    code: qr.Code
    title: str
    how: str
    privacy: str
    urgent: str

    @classmethod
    def of(cls, form: catalogue.Form, way: WayIn, language: Language) -> _Poster:
        with in_language(language.base):
            return cls(
                language=language,
                code=qr.code(_address(way.token, language)),
                title=inviting.poster_title(form, language),
                how=_("Scan the code with the camera of your phone, or type the address. It takes one minute.")
                if way.form == FFT
                else _("Scan the code with the camera of your phone, or type the address."),
                privacy=_("We do not ask who you are."),
                urgent=_("Not for urgent help: call 999 in an emergency, or 111."),
            )


@staff.get("/ways-in/qr.svg")
@policy("member")
def way_in_code() -> Response:
    """The QR code as a file."""
    way = _asked_for()
    image = Response(qr.image(_address(way.token)), mimetype="image/svg+xml")
    image.headers["Content-Disposition"] = f"attachment; filename=patient-form-{way.method}.svg"
    return image


def _table(values: Submitted, problems: Iterable[Problem] = ()) -> str:
    ways = reading.ways_in(current.session, current.practice)
    return render_template(
        "patient_input/ways_in.html",
        ways=ways,
        addresses={way.token: _address(way.token) for way in ways},
        offers=list(reading.forms(current.session, current.practice).items()),
        methods=[(key, _(entry["label"]), _(entry["about"])) for key, entry in reading.METHODS.items()],
        next_method=_next_method(ways),
        may_change=current.actor.can(WAYS_IN),
        public_page=url_for("patient_input_public.loop", _external=True),
        values=values,
        problems=problems,
    )


def _next_method(ways: list[WayIn]) -> str:
    """The first collection method by which nobody reaches the Friends and Family Test yet."""
    there = {way.method for way in ways if way.form == FFT and way.works}
    return next((method for method in reading.METHODS if method not in there), "")


def _page(way: WayIn, values: Submitted, problems: Iterable[Problem] = ()) -> str:
    settings = settings_of(current.practice)
    texts = []
    for language in offered(settings) if way.method == "sms" else ():
        with in_language(language.base):
            text = inviting.text_message(way.form, current.practice.name, _address(way.token, language))
        texts.append((language, text, texting.length(text)))
    address = _address(way.token)
    return render_template(
        "patient_input/way_in.html",
        way=way,
        address=address,
        code=qr.code(address),
        texts=texts,
        alone=texting.ALONE,
        may_change=current.actor.can(WAYS_IN),
        values=values,
        problems=problems,
    )


def _own(token: str) -> WayIn:
    return reading.way_in(current.session, current.practice, token) or abort(404)


def _asked_for() -> WayIn:
    """The link that the query names; without one, that of the Friends and Family Test on the web."""
    if token := request.args.get("token", ""):
        return _own(token)
    ways = reading.ways_in(current.session, current.practice)
    return next((way for way in ways if (way.form, way.method) == (FFT, "online")), None) or abort(404)


def _form(way: WayIn) -> catalogue.Form:
    settings = settings_of(current.practice)
    return catalogue.find(current.session, current.practice, settings, way.form) or abort(404)


def _address(token: str, language: Language | None = None) -> str:
    """The address of the form, in a language where it is not the one that the form opens in."""
    first = chosen(next(iter(current.practice.languages), ""), settings_of(current.practice))
    wanted = language.code if language and language != first else None
    return url_for("public.form", token=token, lang=wanted, _external=True)
