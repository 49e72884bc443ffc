"""Pages for staff: telling patients what they said, what was learned and what was done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from layers_core.artefacts import reading as core_reading
from layers_core.artefacts.errors import EditConflict
from layers_core.contract import Body, Problem, Thing
from layers_core.i18n import gettext as _
from layers_core.vocabulary import label
from layers_core.web import Submitted, current, policy, submitted
from layers_patient_input import reading, service, showing
from layers_patient_input.kinds import ANSWER, PUBLISH, YOU_SAID
from layers_patient_input.loop import statements
from layers_patient_input.loop.schemas import CHANGES, PARTS
from layers_patient_input.loop.views import sources as chosen
from layers_patient_input.loop.views.languages import chosen_language, languages
from layers_patient_input.redaction import cleaned
from layers_patient_input.views.blueprints import staff
from layers_patient_input.views.refusals import Refusal, tried
from layers_patient_input.wording import PACKAGE


@staff.get("/publish")
@policy("member", PUBLISH)
def publish() -> str:
    """The form of a new entry, prefilled from the things that it comes from."""
    sources = chosen.asked(request.args.getlist("from"))
    return _entry_form(sources, _prefilled(sources))


@staff.post("/publish")
@policy("member", PUBLISH)
def publish_entry() -> ResponseReturnValue:
    """Publish a new entry, or look for more that it comes from."""
    form = submitted()
    sources = chosen.asked(form.getlist("from"))
    if form.get("do") == "find":
        return _entry_form(sources, form)
    saved: list[UUID] = []
    promise, body = form.promise(), _entry(form)
    refusal = _unread(form)

    def work() -> None:
        saved.append(
            service.publish(
                current.artefacts,
                current.actor,
                body,
                form.guard(),
                sources,
                form.client_key,
                promise=promise,
                language=chosen_language(form),
            ).id
        )

    refusal = refusal or tried(work)
    if refusal:
        return _entry_form(sources, form, _about_parts(refusal)), refusal.status
    flash(_("Published. Patients can read it on your public page."), "success")
    return redirect(url_for("thing.show", thing_id=saved[0]), 303)


@staff.get("/entries/<uuid:thing_id>/edit")
@policy("member", PUBLISH)
def edit(thing_id: UUID) -> str:
    """The form to change what patients are told."""
    thing = _own_entry(thing_id)
    return _entry_form((), {**thing.body, "language": thing.language}, thing=thing, revision=thing.revision)


@staff.post("/entries/<uuid:thing_id>/edit")
@policy("member", PUBLISH)
def save_entry(thing_id: UUID) -> ResponseReturnValue:
    """Save what was changed."""
    thing, form = _own_entry(thing_id), submitted()
    revision, body = form.whole("revision") or 0, _entry(form)

    def work() -> None:
        language = chosen_language(form)
        service.revise_entry(current.artefacts, current.actor, thing, body, form.guard(), revision, language)

    try:
        refusal = _unread(form) or tried(work)
    except EditConflict as conflict:
        theirs = conflict.current
        problem = Problem(_("This was changed since you opened it. Read both texts, then save again"))
        return _entry_form((), form, Refusal(409, (problem,)), theirs, theirs.revision, theirs=theirs.body), 409
    if refusal:
        return _entry_form((), form, _about_parts(refusal), thing, revision), refusal.status
    flash(_("Your changes are saved, and patients can read them."), "success")
    return redirect(url_for("thing.show", thing_id=thing_id), 303)


@staff.post("/entries/<uuid:thing_id>/show")
@policy("member", PUBLISH)
def show_entry(thing_id: UUID) -> ResponseReturnValue:
    """Put an entry on the public page, or take it off."""
    thing = _own_entry(thing_id)
    shown = submitted().get("shown") == "yes"
    service.show_entry(current.artefacts, current.actor, thing, shown=shown)
    flash(_("Patients can read it again.") if shown else _("It is off your public page."), "success")
    return redirect(url_for("thing.show", thing_id=thing_id), 303)


def _about_parts(refusal: Refusal) -> Refusal:
    """Without what is said about the title: an entry's title is its theme, which has a problem of its own."""
    kept = [problem for problem in refusal.problems if problem.field != "title"]
    inputs = [replace(problem, field="on-day") if problem.field == "on" else problem for problem in kept]
    return replace(refusal, problems=tuple(inputs))


def _entry(form: Submitted) -> Body:
    day = form.date("on")
    return {
        **{part: cleaned(form.get(part)) for part in PARTS},
        "change": form.get("change"),
        "on": day.isoformat() if day else "",
        "statements": form.getlist("statements"),
    }


def _unread(form: Submitted) -> Refusal | None:
    """What could not be read as a date or a promise."""
    return Refusal(422, tuple(form.problems)) if form.problems else None


def _entry_form(
    sources: Sequence[Thing],
    values: Submitted | Mapping[str, Any],
    refusal: Refusal | None = None,
    thing: Thing | None = None,
    revision: int = 0,
    **more: Any,
) -> str:
    starts = [start.id for start in sources] or ([thing.id] if thing else [])
    behind = reading.things_before(current.session, starts) if starts else set()
    seen = core_reading.get_many(current.session, current.host, current.actor, list(behind)) if behind else {}
    return render_template(
        "patient_input/loop/entry_form.html",
        sources=sources,
        offered=() if thing else chosen.offered(sources, values.get("words", "")),
        thing=thing,
        revision=revision,
        said=[showing.answer(item.body) for item in seen.values() if item.kind == ANSWER and item.available],
        changes=[(code, label("changes", code, PACKAGE)) for code in CHANGES],
        statements=list(statements.choices()),
        languages=languages(),
        values=values,
        problems=refusal.problems if refusal else (),
        stop=refusal.stop if refusal else None,
        **more,
    )


def _prefilled(sources: Sequence[Thing]) -> dict[str, str]:
    """What the first source says that is no patient's answer."""
    ours = [source for source in sources if source.kind != ANSWER]
    if not ours:
        # A patient's words are shown beside the form, not put into it: they are not the practice's to publish.
        return {}
    source = ours[0]
    actions = core_reading.actions_of(current.session, [source.id])
    return {
        "theme": source.title,
        "we_learned": current.host.registry.kinds[source.kind].summary(source.body),
        "we_did": "\n".join(action.what_happened or action.expectation for action in actions),
    }


def _own_entry(thing_id: UUID) -> Thing:
    thing = core_reading.get(current.session, current.host, current.actor, thing_id)
    if thing is None or thing.kind != YOU_SAID or thing.practice_id != current.practice.id:
        abort(404)
    return thing
