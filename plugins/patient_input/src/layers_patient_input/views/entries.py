"""Pages for staff: telling patients what they said, what was learned and what was done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from layers_core.artefacts import reading as core_reading
from layers_core.artefacts.errors import EditConflict
from layers_core.contract import Body, Problem, Thing
from layers_core.i18n import gettext as _
from layers_core.web import Submitted, current, parse_uuid, policy, submitted
from layers_patient_input import reading, service, showing
from layers_patient_input.kinds import ANSWER, PUBLISH, YOU_SAID
from layers_patient_input.redaction import cleaned
from layers_patient_input.views.blueprints import staff
from layers_patient_input.views.refusals import Refusal, tried

PARTS = ("theme", "you_said", "we_learned", "we_did")


@staff.get("/publish")
@policy("member", PUBLISH)
def publish() -> str:
    """The form of a new entry, prefilled from the thing that it comes from."""
    source = _source(request.args.get("from", ""))
    return _entry_form(source, _prefilled(source))


@staff.post("/publish")
@policy("member", PUBLISH)
def publish_entry() -> ResponseReturnValue:
    """Publish a new entry."""
    form = submitted()
    source = _source(form.get("from"))
    saved: list[UUID] = []

    def work() -> None:
        saved.append(
            service.publish(current.artefacts, current.actor, _entry(form), form.guard(), source, form.client_key).id
        )

    refusal = tried(work)
    if refusal:
        return _entry_form(source, form, _about_parts(refusal)), refusal.status
    flash(_("Published. Patients can read it on your public page."), "success")
    return redirect(url_for("thing.show", thing_id=saved[0]), 303)


@staff.get("/entries/<uuid:thing_id>/edit")
@policy("member", PUBLISH)
def edit(thing_id: UUID) -> str:
    """The form to change what patients are told."""
    thing = _own_entry(thing_id)
    return _entry_form(None, thing.body, thing=thing, revision=thing.revision)


@staff.post("/entries/<uuid:thing_id>/edit")
@policy("member", PUBLISH)
def save_entry(thing_id: UUID) -> ResponseReturnValue:
    """Save what was changed."""
    thing, form = _own_entry(thing_id), submitted()
    revision = form.whole("revision") or 0
    try:
        refusal = tried(
            lambda: service.revise_entry(current.artefacts, current.actor, thing, _entry(form), form.guard(), revision)
        )
    except EditConflict as conflict:
        theirs = conflict.current
        problem = Problem(_("This was changed since you opened it. Read both texts, then save again"))
        return _entry_form(None, form, Refusal(409, (problem,)), theirs, theirs.revision, theirs=theirs.body), 409
    if refusal:
        return _entry_form(None, form, _about_parts(refusal), thing, revision), refusal.status
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
    return replace(refusal, problems=tuple(problem for problem in refusal.problems if problem.field != "title"))


def _entry(form: Submitted) -> Body:
    return {part: cleaned(form.get(part)) for part in PARTS}


def _entry_form(
    source: Thing | None,
    values: Submitted | Mapping[str, str],
    refusal: Refusal | None = None,
    thing: Thing | None = None,
    revision: int = 0,
    **more: Any,
) -> str:
    start = source or thing
    behind = reading.things_before(current.session, [start.id]) if start else set()
    seen = core_reading.get_many(current.session, current.host, current.actor, list(behind)) if behind else {}
    return render_template(
        "patient_input/publish.html",
        source=source,
        thing=thing,
        revision=revision,
        said=[showing.answer(item.body) for item in seen.values() if item.kind == ANSWER and item.available],
        values=values,
        problems=refusal.problems if refusal else (),
        stop=refusal.stop if refusal else None,
        **more,
    )


def _source(text: str) -> Thing | None:
    """The thing that an entry comes from; None without one, 404 for one that the actor can't start from."""
    if not text:
        return None
    key = parse_uuid(text)
    thing = core_reading.get(current.session, current.host, current.actor, key) if key else None
    if thing is None or not thing.available or thing.practice_id != current.practice.id:
        abort(404)
    return thing


def _prefilled(source: Thing | None) -> dict[str, str]:
    if source is None or source.kind == ANSWER:
        # A patient's words are shown beside the form, not put into it: they are not the practice's to publish.
        return {}
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
