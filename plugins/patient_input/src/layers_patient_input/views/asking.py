"""The page on which a patient answers a form, whichever it is: shown, filled in, kept. No session, no cookie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue

from layers_core.contract import PracticeView, Problem
from layers_core.forms import filling
from layers_core.forms.fields import FormFields
from layers_core.i18n import gettext as _
from layers_core.practices.models import PublicLink
from layers_core.web import current, submitted
from layers_patient_input import catalogue, service
from layers_patient_input.catalogue import FFT, Form
from layers_patient_input.own_forms import reading as own_forms
from layers_patient_input.service import Given
from layers_patient_input.views.patients import Reader, reader
from layers_patient_input.views.submits import LATER, new_nonce, submit_of, within_limits
from layers_patient_input.wording import complaints, sign_language_film


@dataclass(frozen=True)
class Asked:
    """A form as a link asks it. `about` is whom it is about; the templates are given `more`."""

    form: Form
    about: UUID | None = None
    template: str = "form.html"
    thanks: str = "thanks.html"
    more: Mapping[str, Any] = field(default_factory=dict)


def public_form(link: PublicLink, practice: PracticeView) -> ResponseReturnValue:
    """A form that comes with the toolkit, or one of the practice's own while it is open."""
    who = reader(practice, link)
    form = catalogue.find(current.session, practice, who.settings, link.form, submitted().whole("version") or 0)
    own = catalogue.own_id(link.form)
    view = own_forms.find(current.session, practice.id, own) if own else None
    if form is None or (own and (view is None or view.state != "open")):
        return not_collecting(practice)
    return answer(who, link, Asked(form))


def not_collecting(practice: PracticeView) -> ResponseReturnValue:
    """What patients meet instead of a form that takes no answers now."""
    return render_template("layers/not_collecting.html", practice=practice), 410


def answer(who: Reader, link: PublicLink, asked: Asked) -> ResponseReturnValue:
    """Show the form, or keep what came with it. What was typed is shown again with what is wrong with it."""
    sent, zone = submitted(), who.practice.time_zone
    if request.method != "POST":
        return page(who, asked, filling.initial(asked.form.questionnaire, zone), new_nonce(link))
    filled = filling.fill(asked.form.questionnaire, sent, who.language.code, zone)
    submit = submit_of(link, who.practice, sent)
    nonce = sent.get("nonce") if submit else new_nonce(link)
    if filled.adding:
        return page(who, asked, sent, nonce)
    problems = list(filled.problems)
    if not problems and not filled.items:
        problems.append(Problem(_("Answer at least one question"), "submit"))
    if submit is None:
        words = _("This page was open for a long time. Your answer is still here: check it, then send it again")
        problems.append(Problem(words, "submit"))
    status = 422
    if not problems and not within_limits(link):
        words = _(
            "We have had very many answers in the last hour. Wait a while, then send yours again: it is still here"
        )
        problems.append(Problem(words, "submit"))
        status = 429
    if problems or submit is None:
        shown = page(who, asked, sent, nonce, status, faults=problems)
        return (*shown, LATER) if status == 429 else shown
    given = Given(asked.form, who.language.code, filled.items)
    receipt = service.take_answer(
        current.artefacts, who.practice, link, submit.key, given, submit.day, about=asked.about
    )
    return who.page(asked.thanks, receipt=receipt, **asked.more)


def page(who: Reader, asked: Asked, values: FormFields, nonce: str, status: int = 200, **more: Any) -> tuple[str, int]:
    """The page of a form."""
    return who.page(asked.template, status, values=values, nonce=nonce, **content(who, asked), **more)


def content(who: Reader, asked: Asked) -> dict[str, Any]:
    """What patient_input/form_content.html is made of besides `Reader.context` and what was filled in."""
    form = asked.form
    return {
        "form": form,
        "heading": _("Tell us how we did") if form.code == FFT else form.questionnaire.title.to(who.language.code),
        "complaints": complaints(who.language, who.settings, who.practice),
        "film": sign_language_film() if form.code == FFT and not who.kiosk else "",
        **asked.more,
    }
