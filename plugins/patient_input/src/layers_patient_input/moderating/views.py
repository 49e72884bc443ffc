"""Pages for staff: what patients say, and looking at new answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from layers_core.artefacts import reading as core_reading
from layers_core.artefacts.errors import DraftRefused, NotFound
from layers_core.contract import GuardAnswer, Problem, Thing
from layers_core.i18n import gettext as _
from layers_core.practices import members
from layers_core.privacy import identifiers
from layers_core.vocabulary import label, vocabulary
from layers_core.web import Submitted, current, parse_uuid, policy, submitted
from layers_patient_input import service, showing
from layers_patient_input.catalogue import own_code
from layers_patient_input.kinds import ANSWER, MODERATE, PUBLISH
from layers_patient_input.loop import reading as told
from layers_patient_input.models import Answer
from layers_patient_input.moderating import desk
from layers_patient_input.moderating import reading as queued
from layers_patient_input.own_forms import reading as own_forms
from layers_patient_input.redaction import cleaned, marked
from layers_patient_input.releasing import EVERYBODY
from layers_patient_input.schemas import settings_of
from layers_patient_input.service import Decision, How
from layers_patient_input.themes import reading as themes
from layers_patient_input.views.blueprints import staff
from layers_patient_input.views.refusals import Refusal, tried
from layers_patient_input.wording import DEFAULT_LANGUAGE, PACKAGE, base_of

FIRST = 10
"""Answers on the page of all that is about patients; the rest are a click away."""
CHOSEN = "people"
"""The choice of who may read an answer that names colleagues one by one."""


@staff.get("/")
@policy("member")
def index() -> str:
    """The first answers to look at, for those who do; what was released lately; what patients are told."""
    session, actor = current.session, current.actor
    looks = desk.looks(actor)
    lately = core_reading.feed(session, current.host, actor, kind=ANSWER, limit=10)
    return render_template(
        "patient_input/index.html",
        looks=looks,
        queue=_rows(queued.queue(session, actor, "waiting")) if looks else (),
        page=FIRST,
        lately=[(thing, showing.answer(thing.body)) for thing in lately],
        entries=told.entries_of(session, actor.practice.id),
        may_publish=actor.can(PUBLISH),
    )


@staff.get("/answers")
@policy("member", MODERATE)
def queue() -> str:
    """The answers to look at, or those that were kept back, page by page and of one form where that is asked for."""
    _require()
    session, actor = current.session, current.actor
    state: queued.State = "kept_back" if request.args.get("state") == "kept_back" else "waiting"
    asked = request.args.get("form", "")
    found = queued.queue(session, actor, state, parse_uuid(request.args.get("after", "")), asked)
    last = found[queued.PAGE - 1].row.id if len(found) > queued.PAGE else None
    return render_template(
        "patient_input/queue.html",
        state=state,
        queue=_rows(found[: queued.PAGE]),
        older=url_for(".queue", state=state, form=asked or None, after=last) if last else "",
        forms_offered=_forms(),
        form=asked,
        routed=[
            (label("keep_back_reasons", code, PACKAGE), count) for code, count in queued.routed(session, actor).items()
        ],
    )


@staff.get("/answers/<uuid:answer_id>")
@policy("member", MODERATE)
def answer(answer_id: UUID) -> ResponseReturnValue:
    """An answer with the guard's marks, and what may be done about it."""
    _require()
    found = queued.open_answer(current.session, current.actor, answer_id)
    return _look(found, Submitted({})) if found else _decided(answer_id)


@staff.post("/answers/<uuid:answer_id>")
@policy("member", MODERATE)
def decide(answer_id: UUID) -> ResponseReturnValue:
    """Release an answer, keep it back, or pass it on."""
    _require()
    found = queued.open_answer(current.session, current.actor, answer_id)
    if found is None:
        return _decided(answer_id)
    form = submitted()
    does = {"keep_back": _keeping_back, "pass_on": _passing_on}.get(form.get("do"), _releasing)
    try:
        refusal = tried(does(found, form))
    except NotFound:
        return _decided(answer_id)
    if refusal:
        return _look(found, form, refusal), refusal.status
    with current.artefacts.database.read() as session:
        # The page's own session does not see what was decided just now.
        following = queued.next_waiting(session, current.actor, found.id)
    if following is None:
        return redirect(url_for("patient_input.index"), 303)
    return redirect(url_for("patient_input.answer", answer_id=following), 303)


def _releasing(found: Answer, form: Submitted) -> Callable[[], None]:
    how = cast("How", form.get("do") if form.get("do") in {"as_is", "redacted"} else "edited")
    written = _written(found)
    places = range(len(written))
    typed = {place: cleaned(form.get(f"text-{place}")) for place in places if f"text-{place}" in form.values}
    guard = form.guard()
    if not guard.fingerprint and how == "as_is":
        # The page showed these very marks beside the button.
        guard = GuardAnswer(identifiers.fingerprint(written))
    decision = Decision(
        how,
        typed,
        {place: cleaned(form.get(f"translation-{place}")) for place in places},
        form.get("criticality"),
        readers=",".join(form.getlist("people")) if form.get("readers") == CHOSEN else form.get("readers") or EVERYBODY,
        sure=bool(form.get("sure")),
        themes=tuple(form.getlist("themes")),
        guard=guard,
    )

    def work() -> None:
        changed = [place for place, text in typed.items() if text != written[place]]
        if how != "edited" and changed:
            words = _("You changed the words. Press “Release my changed words”, or undo your changes")
            raise DraftRefused([Problem(words, f"text-{changed[0]}")])
        service.release(current.artefacts, current.actor, found.id, decision)
        if decision.readers == EVERYBODY:
            flash(_("Released. Everybody at %(practice)s can read it now.", practice=current.practice.name), "success")
        else:
            flash(_("Released. The people you chose can read it now, and nobody else."), "success")

    return work


def _written(found: Answer) -> list[str]:
    return [part.text for part in queued.parts_of(current.session, current.practice, found) if part.words]


def _keeping_back(found: Answer, form: Submitted) -> Callable[[], None]:
    def work() -> None:
        handed_on = service.keep_back(
            current.artefacts, current.actor, found.id, form.get("reason"), form.get("criticality")
        )
        if handed_on:
            flash(_("Passed to your managers. Nobody else can see it now."), "success")
        else:
            flash(_("Kept back. Only those who look at answers can find it."), "success")

    return work


def _passing_on(found: Answer, _form: Submitted) -> Callable[[], None]:
    def work() -> None:
        service.pass_on(current.artefacts, current.actor, found.id)
        flash(_("Passed on. Everybody who looks at answers can see it now."), "success")

    return work


def _look(found: Answer, values: Submitted, refusal: Refusal | None = None) -> str:
    session, practice = current.session, current.practice
    form = queued.form_of(session, practice, found)
    parts = queued.parts_of(session, practice, found)
    names = queued.staff_names(session, practice.id)
    own_title = form.label if form else ""
    settings = settings_of(practice)
    gathered = themes.themes(session, current.actor)
    likely = themes.suggested(gathered, [part.text for part in parts if part.words])
    others = [theme for theme in gathered if str(theme.id) not in {item.key for item in likely}]
    return render_template(
        "patient_input/answer.html",
        answer=found,
        title=showing.title(found, own_title),
        parts=[(part, marked(part.text, names)) for part in parts],
        shown=showing.of_row(found, parts, own_title),
        foreign=base_of(found.language) != next(iter(practice.languages), DEFAULT_LANGUAGE),
        reasons=[
            (code, label("keep_back_reasons", code, PACKAGE))
            for code, entry in vocabulary("keep_back_reasons", PACKAGE).items()
            if entry.get("offered", True)
        ],
        routes={code: settings[f"{code}_route"] for code in sorted(queued.routes())},
        criticalities=[(code, label("criticalities", code, PACKAGE)) for code in vocabulary("criticalities", PACKAGE)],
        kept_because=label("keep_back_reasons", found.keep_back_reason or "", PACKAGE),
        routed=found.keep_back_reason in queued.routes(),
        colleagues=[(str(member.person_id), member.name) for member in members.members(session, practice.id)],
        following=queued.next_waiting(session, current.actor, found.id),
        likely=len(likely),
        choices=[
            *((item.key, item.title, _("It says: %(words)s", words=item.why)) for item in likely),
            *((str(theme.id), theme.title) for theme in others),
        ],
        values=values,
        problems=refusal.problems if refusal else (),
        stop=refusal.stop if refusal else None,
    )


@staff.get("/answers/<uuid:thing_id>/translation")
@policy("member", MODERATE)
def translation(thing_id: UUID) -> str:
    """The form to put a translation beside an answer that was released without one."""
    thing = _released(thing_id)
    written = [part for part in thing.body["parts"] if part["words"]]
    values = {f"translation-{place}": part["translation"] for place, part in enumerate(written)}
    return _translation(thing, Submitted(values))


@staff.post("/answers/<uuid:thing_id>/translation")
@policy("member", MODERATE)
def translate(thing_id: UUID) -> ResponseReturnValue:
    """Put a translation beside an answer."""
    thing, form = _released(thing_id), submitted()
    places = range(sum(bool(part["words"]) for part in thing.body["parts"]))
    texts = {place: cleaned(form.get(f"translation-{place}")) for place in places}

    def work() -> None:
        service.translate(current.artefacts, current.actor, thing, texts, form.guard())

    refusal = tried(work)
    if refusal:
        return _translation(thing, form, refusal), refusal.status
    flash(_("Saved. It is shown beside the patient’s words."), "success")
    return redirect(url_for("thing.show", thing_id=thing_id), 303)


def _translation(thing: Thing, values: Submitted, refusal: Refusal | None = None) -> str:
    return render_template(
        "patient_input/translation.html",
        thing=thing,
        said=showing.answer(thing.body),
        values=values,
        problems=refusal.problems if refusal else (),
        stop=refusal.stop if refusal else None,
    )


def _released(thing_id: UUID) -> Thing:
    """A released answer of this practice that the reader may see; else 404."""
    _require()
    thing = core_reading.get(current.session, current.host, current.actor, thing_id)
    if thing is None or thing.kind != ANSWER or not thing.available or thing.practice_id != current.practice.id:
        abort(404)
    return thing


def _rows(found: Sequence[queued.Queued]) -> list[tuple[Answer, showing.ShownAnswer, str]]:
    return [
        (item.row, showing.of_row(item.row, item.parts, item.own_title), showing.title(item.row, item.own_title))
        for item in found
    ]


def _forms() -> list[tuple[str, str]]:
    """The forms that answers may be of, for the choice of one."""
    built_in = [(code, label("built_in_forms", code, PACKAGE)) for code in vocabulary("built_in_forms", PACKAGE)]
    own = own_forms.all_of(current.session, current.practice.id)
    return [("", _("All forms")), *built_in, *((own_code(form.id), form.title) for form in own)]


def _decided(answer_id: UUID) -> ResponseReturnValue:
    """Where to go with an answer that is no longer open; 404 for one that is not theirs to look at."""
    if current.session.scalar(select(Answer.id).where(Answer.id == answer_id, desk.seen_by(current.actor))) is None:
        abort(404)
    flash(_("Somebody has already decided about this answer, or the patient took it back."), "info")
    return redirect(url_for("patient_input.index"), 303)


def _require() -> None:
    if not desk.looks(current.actor):
        abort(404)
