"""Bringing in a form that was made elsewhere: looked at first, kept as a draft then."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from layers_core.artefacts.errors import NotFound
from layers_core.contract import Problem
from layers_core.forms import filling
from layers_core.forms.reading import Read, read_file
from layers_core.i18n import gettext as _
from layers_core.web import Submitted, current, policy, submitted, takes_files
from layers_patient_input import catalogue
from layers_patient_input.kinds import FORMS
from layers_patient_input.own_forms import service
from layers_patient_input.own_forms.reading import OwnView
from layers_patient_input.own_forms.service import MOST_ASKED, Stale, Wish
from layers_patient_input.own_forms.views.finding import own_of
from layers_patient_input.views.blueprints import staff
from layers_patient_input.views.refusals import Refusal, tried

MOST_BYTES = 300_000
"""Of a file: it stands in the page while somebody looks at it."""
LISTED = 200


@staff.get("/forms/bring")
@policy("member", FORMS)
def bring_form() -> str:
    """Choose a file, or paste what is in it. `form` names the practice's form that it is a newer version of."""
    return _show("", None, Submitted({"into": request.args.get("form", "")}))


@staff.post("/forms/bring")
@takes_files
@policy("member", FORMS)
def keep_brought() -> ResponseReturnValue:
    """Show what the file holds and what of it is not used; then keep it as a draft."""
    sent = submitted()
    text, problem = _text(sent)
    if problem:
        return _show(text, None, sent, Refusal(422, (Problem(problem, "json"),))), 422
    read = read_file(text.encode("utf-8", "surrogatepass"))
    if read.questionnaire is None:
        words = _("%(what)s: %(why)s", what=read.reported[0].what, why=read.reported[0].why)
        return _show(text, None, sent, Refusal(422, (Problem(words, "json"),))), 422
    if sent.get("do") != "keep":
        return _show(text, read, sent)
    return _keep(text, read, sent)


def _keep(text: str, read: Read, sent: Submitted) -> ResponseReturnValue:
    into = _into(sent)
    source = dict(read.questionnaire.source) if read.questionnaire else {}
    done: list[str] = []

    def work() -> None:
        if into is None:
            wish = Wish(lambda url, version: source, "imported", read.reported, sent.guard())
            done.append(catalogue.own_code(service.keep_new(current.artefacts, current.actor, wish, sent.client_key)))
        else:
            base = service.fingerprint(into.source)
            service.change(
                current.artefacts, current.actor, into.id, lambda *_: source, sent.guard(), base, read.reported
            )
            done.append(into.code)

    try:
        refusal = tried(work)
    except Stale:
        words = _("Somebody changed this form while you looked. Look at the file again, then keep it")
        refusal = Refusal(409, (Problem(words),))
    except NotFound:
        abort(404)
    if refusal:
        return _show(text, read, sent, refusal), refusal.status
    flash(_("Kept as a draft. Patients don’t see it until you open it.") if into is None else _("Saved."), "success")
    return redirect(url_for("patient_input.form", form_code=done[0]), 303)


def _text(sent: Submitted) -> tuple[str, str]:
    """What was chosen or pasted, and why it can't be looked at."""
    file = request.files.get("file")
    if file is not None and file.filename:
        content = file.stream.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            return "", _("The file is larger than 300 kB. Ask whoever made the form for a shorter one")
        return content.decode("utf-8-sig", "replace").replace("\0", "�"), ""
    text = sent.get("json")
    if len(text.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        return "", _("This is longer than 300 kB. Ask whoever made the form for a shorter one")
    return text, "" if text else _("Choose a file, or paste what is in it")


def _into(sent: Submitted) -> OwnView | None:
    return own_of(sent.get("into")) if sent.get("into") else None


def _show(text: str, read: Read | None, sent: Submitted, refusal: Refusal | None = None) -> str:
    form = read.questionnaire if read else None
    asked = sum(item.answered for item in form.walk()) if form else 0
    return render_template(
        "patient_input/forms/bring.html",
        text=text,
        read=read,
        form=form,
        asked=asked,
        shown=asked <= MOST_ASKED,
        most=MOST_ASKED,
        first_values=filling.initial(form) if form else None,
        reported=read.reported[:LISTED] if read else (),
        more_reported=max(0, len(read.reported) - LISTED) if read else 0,
        into=_into(sent),
        values=sent,
        problems=refusal.problems if refusal else (),
        stop=refusal.stop if refusal else None,
    )
