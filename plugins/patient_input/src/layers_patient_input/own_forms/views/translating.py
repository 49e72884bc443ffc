"""The page on which a form's words are translated, one language at a time."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from layers_core.artefacts.errors import DraftRefused, NotFound
from layers_core.contract import Problem
from layers_core.i18n import gettext as _
from layers_core.web import Submitted, current, policy, submitted
from layers_patient_input.kinds import FORMS
from layers_patient_input.own_forms import service, translating
from layers_patient_input.own_forms.building import TEXT_LIMIT
from layers_patient_input.own_forms.reading import OwnView
from layers_patient_input.own_forms.service import Source, Stale
from layers_patient_input.own_forms.translating import Key
from layers_patient_input.own_forms.views.finding import own_of
from layers_patient_input.schemas import settings_of
from layers_patient_input.views.blueprints import staff
from layers_patient_input.views.refusals import Refusal, tried
from layers_patient_input.wording import Language, in_english, offered


@staff.get("/forms/<form_code>/translate/<language_code>")
@policy("member", FORMS)
def translate_form(form_code: str, language_code: str) -> str:
    """Every text of a form beside its translation."""
    own, language = own_of(form_code), _language(language_code)
    return _show(own, language, {text.key: text.translations.get(language.code, "") for text in _texts(own)})


@staff.post("/forms/<form_code>/translate/<language_code>")
@policy("member", FORMS)
def save_translation(form_code: str, language_code: str) -> ResponseReturnValue:
    """Keep the translations into a language."""
    own, language, sent = own_of(form_code), _language(language_code), submitted()
    typed = {text.key: sent.get(f"t{place}").replace("\r\n", "\n") for place, text in enumerate(_texts(own))}

    def make(url: str, version: str) -> Source:
        made = translating.translated(own.source, language.code, typed)
        # A form that came in a file keeps its maker's version.
        return made | {"version": version} if made.get("url") == url else made

    def work() -> None:
        if service.fingerprint(own.source) != sent.get("base"):
            raise Stale(form_code)
        _check(typed)
        service.change(current.artefacts, current.actor, own.id, make, sent.guard(), sent.get("base"))

    try:
        refusal = tried(work)
    except Stale:
        words = _("Somebody changed this form since you opened it. Check each translation, then save again")
        return _show(own, language, typed, sent, Refusal(409, (Problem(words),))), 409
    except NotFound:
        abort(404)
    if refusal:
        return _show(own, language, typed, sent, refusal), refusal.status
    flash(_("The translation is saved."), "success")
    return redirect(url_for("patient_input.form", form_code=form_code), 303)


def _language(code: str) -> Language:
    return next((found for found in offered(settings_of(current.practice)) if found.code == code), None) or abort(404)


def _texts(own: OwnView) -> list[translating.Text]:
    return translating.texts(own.source)


def _check(typed: dict[Key, str]) -> None:
    words = _("This must be %(most)s characters or fewer", most=f"{TEXT_LIMIT:,}")
    if long := [Problem(words, f"t{place}") for place, text in enumerate(typed.values()) if len(text) > TEXT_LIMIT]:
        raise DraftRefused(long)


def _show(
    own: OwnView,
    language: Language,
    typed: dict[Key, str],
    sent: Submitted | None = None,
    refusal: Refusal | None = None,
) -> str:
    return render_template(
        "patient_input/forms/translate.html",
        own=own,
        language=language,
        in_english=lambda code: _(in_english(code)),
        texts=[(text, typed.get(text.key, "")) for text in _texts(own)],
        base=service.fingerprint(own.source),
        values=sent or Submitted({}),
        problems=refusal.problems if refusal else (),
        stop=refusal.stop if refusal else None,
    )
