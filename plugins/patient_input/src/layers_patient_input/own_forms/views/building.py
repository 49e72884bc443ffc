"""The pages on which a form is built and changed, without JavaScript and by keyboard."""

from __future__ import annotations

from collections.abc import Iterable

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from layers_core.artefacts.errors import DraftRefused, NotFound
from layers_core.contract import Problem
from layers_core.i18n import gettext as _
from layers_core.web import Submitted, current, policy, submitted
from layers_patient_input import catalogue
from layers_patient_input.kinds import FORMS
from layers_patient_input.own_forms import as_fhir, building, editing, service
from layers_patient_input.own_forms.building import Building
from layers_patient_input.own_forms.editing import SAVE
from layers_patient_input.own_forms.reading import OwnView
from layers_patient_input.own_forms.service import Stale, Wish
from layers_patient_input.own_forms.views.finding import form_of, own_of
from layers_patient_input.views.blueprints import staff
from layers_patient_input.views.refusals import Refusal, tried
from layers_patient_input.wording import DEFAULT_LANGUAGE, LANGUAGES


@staff.get("/forms/new")
@policy("member", FORMS)
def new_form() -> str:
    """An empty form."""
    return _show(editing.empty(_language()), None, Submitted({}))


@staff.post("/forms/new")
@policy("member", FORMS)
def make_form() -> ResponseReturnValue:
    """Keep a new form as a draft, or do what another button of the page says."""
    sent = submitted()
    built = editing.read(sent, _language())
    if sent.get("do", SAVE) != SAVE:
        return _pressed(built, None, sent)
    made: list[str] = []

    def work() -> None:
        _check(built)
        wish = Wish(lambda url, version: as_fhir.written(built, {}, url, version), "built", guard=sent.guard())
        made.append(catalogue.own_code(service.keep_new(current.artefacts, current.actor, wish, sent.client_key)))

    if refusal := tried(work):
        return _show(built, None, sent, refusal), refusal.status
    flash(_("Saved as a draft. Look at it as patients see it, then open it."), "success")
    return redirect(url_for("patient_input.form", form_code=made[0]), 303)


@staff.get("/forms/<form_code>/build")
@policy("member", FORMS)
def build_form(form_code: str) -> str:
    """A form to be changed."""
    own = own_of(form_code)
    return _show(_built(form_code), own, Submitted({"base": service.fingerprint(own.source)}))


@staff.post("/forms/<form_code>/build")
@policy("member", FORMS)
def save_form(form_code: str) -> ResponseReturnValue:
    """Keep the changes, or do what another button of the page says."""
    own, sent = own_of(form_code), submitted()
    built = editing.read(sent, _built(form_code).language)
    if sent.get("do", SAVE) != SAVE:
        return _pressed(built, own, sent)
    changed: list[OwnView] = []

    def work() -> None:
        _check(built)
        changed.append(
            service.change(
                current.artefacts,
                current.actor,
                own.id,
                lambda url, version: as_fhir.written(built, own.source, url, version),
                sent.guard(),
                sent.get("base"),
            )
        )

    try:
        refusal = tried(work)
    except Stale:
        words = _("Somebody changed this form since you opened it. Save again to put yours in its place")
        newer = Submitted({**sent.values, "base": service.fingerprint(own.source)})
        return _show(built, own, newer, Refusal(409, (Problem(words),))), 409
    except NotFound:
        abort(404)
    if refusal:
        return _show(built, own, sent, refusal), refusal.status
    if changed[0].version == own.version:
        flash(_("Saved."), "success")
    else:
        flash(
            _("Saved as version %(number)s. Answers keep the questions they were given to.", number=changed[0].version)
        )
    return redirect(url_for("patient_input.form", form_code=form_code), 303)


def _language() -> str:
    """The language that somebody builds in: the practice's first, where patients can read it."""
    first = next(iter(current.practice.languages), DEFAULT_LANGUAGE)
    return first if first in LANGUAGES else DEFAULT_LANGUAGE


def _built(form_code: str) -> Building:
    """The form as it is built; 404 for one that was made elsewhere and has more in it."""
    return as_fhir.read(form_of(form_code).questionnaire) or abort(404)


def _check(built: Building) -> None:
    if found := building.problems(built):
        raise DraftRefused(found)


def _pressed(built: Building, own: OwnView | None, sent: Submitted) -> str:
    button = sent.get("do")
    return _show(editing.press(built, button, sent.get("add_kind")), own, sent, here=editing.moved_to(built, button))


def _show(
    built: Building, own: OwnView | None, sent: Submitted, refusal: Refusal | None = None, here: int | None = None
) -> str:
    problems: Iterable[Problem] = refusal.problems if refusal else ()
    return render_template(
        "patient_input/forms/build.html",
        built=built,
        own=own,
        kinds=[(code, _(rules["label"])) for code, rules in building.kinds().items()],
        conditions=[building.deciding(built.questions, place) for place in range(len(built.questions))],
        most=building.MOST_QUESTIONS,
        values=sent,
        problems=list(problems),
        stop=refusal.stop if refusal else None,
        here=here,
    )
