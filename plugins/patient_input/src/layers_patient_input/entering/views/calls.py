"""The page for answers on the telephone: what to say, and the form beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, time
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from layers_core.artefacts.errors import DraftRefused
from layers_core.artefacts.followup import today_in
from layers_core.contract import Problem
from layers_core.i18n import gettext as _
from layers_core.web import Submitted, current, in_language, policy, submitted
from layers_patient_input import catalogue
from layers_patient_input.catalogue import FFT
from layers_patient_input.entering import reading, service
from layers_patient_input.entering.cards import key_of
from layers_patient_input.entering.service import Entry
from layers_patient_input.entering.views.shared import language_of, scores, shown
from layers_patient_input.kinds import ENTER
from layers_patient_input.redaction import cleaned
from layers_patient_input.schemas import settings_of
from layers_patient_input.views.blueprints import staff
from layers_patient_input.wording import Language, offered, urgent_help


@staff.get("/enter/telephone")
@policy("member", ENTER)
def enter_call() -> str:
    """An empty form for a call, in the language that the address asks for."""
    return _page(Submitted(request.args))


@staff.post("/enter/telephone")
@policy("member", ENTER)
def keep_call() -> ResponseReturnValue:
    """Keep what a patient said on the telephone, then the next call."""
    form = submitted()
    language = language_of(form.get("language")).code
    today = today_in(current.practice.time_zone)
    entry = Entry("telephone", form.get("score"), cleaned(form.get("text")), language, today)
    try:
        service.enter(current.artefacts, current.actor, entry, key_of(form.client_key))
    except DraftRefused as refused:
        return _page(form, refused.problems), 422
    flash(_("Saved. This is the page for the next call."), "success")
    return redirect(url_for("patient_input.enter_call", language=language), 303)


def _page(form: Submitted, problems: Iterable[Problem] = ()) -> str:
    practice, settings = current.practice, settings_of(current.practice)
    language = language_of(form.get("language"))
    asked = catalogue.built_in(FFT, settings)
    midnight = datetime.combine(today_in(practice.time_zone), time(), ZoneInfo(practice.time_zone))
    last = reading.last_own(current.session, current.actor, "telephone")
    return render_template(
        "patient_input/entering/telephone.html",
        script=_script(language),
        language=language,
        languages=offered(settings),
        question=asked.item("score").text.to(language.code),
        more=asked.item("text").text.to(language.code),
        scores=scores(language),
        values=form,
        problems=tuple(problems),
        calls=reading.count_since(current.session, current.actor, midnight, "telephone"),
        last=shown([last])[0] if last else None,
    )


def _script(language: Language) -> Mapping[str, str]:
    """What to say before and after the questions, in the patient's language."""
    with in_language(language.base):
        return {
            "hello": _(
                "Hello, I am calling from %(practice)s. May I ask you one question about our service? "
                "It takes one minute. We do not keep who you are with your answer.",
                practice=current.practice.name,
            ),
            "thanks": _(
                "Thank you. One of us reads what you said, and then the team learns from it. "
                "We cannot reply to it, because we do not keep who said it."
            ),
            "urgent": urgent_help(language, settings_of(current.practice)),
        }
