"""The pages of guidelines: the list, typing in, importing, deciding."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from layers_core.artefacts import reading as core_reading
from layers_core.artefacts.errors import EditConflict
from layers_core.artefacts.followup import today_in
from layers_core.artefacts.service import may_edit
from layers_core.contract import Draft, Problem, Thing
from layers_core.i18n import gettext as _
from layers_core.i18n import ngettext
from layers_core.web import Submitted, current, parse_uuid, policy, submitted
from layers_guidelines import display, forms, importing, keeping, reading, service, words
from layers_guidelines.fhir_source import MAX_BYTES
from layers_guidelines.kinds import DECIDE, IMPORT, RECOMMENDATION
from layers_guidelines.pasting import Pasted, path_of, title_of
from layers_guidelines.saving import Refusal, attempt

staff = Blueprint("guidelines", __name__, template_folder="templates")

MOST_FILES = 40
MOST_UPLOADED = 30 * 1024 * 1024
"""Bytes of one upload, all its files together."""
UNDECIDED = "undecided"
REVIEW_MONTHS = 12


@staff.url_value_preprocessor
def _let_files_in(endpoint: str | None, _values: Mapping[str, Any] | None) -> None:
    """Let the upload be as large as guideline files are. It runs before anything reads the request's body."""
    if endpoint == f"{request.blueprint}.{upload.__name__}":
        request.max_content_length = MOST_UPLOADED


staff.add_app_template_global(display.tags, "guidelines_tags")
staff.add_app_template_global(words.decided, "guidelines_decided")
staff.add_app_template_global(words.criterion, "guidelines_criterion")
staff.add_app_template_global(date.fromisoformat, "guidelines_date")


@staff.app_template_global("guidelines_original")
def original(decision: Thing) -> Thing | None:
    """The recommendation that a decision is about, where the reader may see it."""
    found = core_reading.get(current.session, current.host, current.actor, UUID(decision.body["recommendation"]))
    return found if found and found.available else None


def _today() -> date:
    return today_in(current.practice.time_zone)


@staff.get("/")
@policy("member")
def index() -> str:
    """The practice's recommendations, the newest first; `show=undecided` keeps those that wait for a decision."""
    undecided = request.args.get("show") == UNDECIDED
    before = request.args.get("before", "")
    page = reading.recommendations(
        current.session,
        current.host,
        current.actor,
        undecided=undecided,
        before=int(before) if before.isdecimal() and len(before) < 19 else None,
    )
    return render_template(
        "guidelines/index.html", page=page, undecided=undecided, may_import=current.actor.can(IMPORT)
    )


@staff.get("/editions/<uuid:edition_id>")
@policy("member")
def edition(edition_id: UUID) -> str:
    """One edition of a guideline and its recommendations."""
    found = reading.edition(current.session, current.actor, edition_id)
    if found is None:
        abort(404)
    before = request.args.get("before", "")
    page = reading.recommendations(
        current.session,
        current.host,
        current.actor,
        edition_id=edition_id,
        before=int(before) if before.isdecimal() and len(before) < 19 else None,
    )
    newer = reading.edition(current.session, current.actor, found.superseded_by) if found.superseded_by else None
    return render_template("guidelines/edition.html", edition=found, newer=newer, page=page)


# Typing and pasting


@staff.get("/add")
@policy("member", IMPORT)
def add() -> str:
    """The empty form to type or paste recommendations."""
    return render_template("guidelines/add.html", values=Submitted({}), problems=[])


@staff.post("/add")
@policy("member", IMPORT)
def save_typed() -> ResponseReturnValue:
    """Show what was understood, then save it; "Change" leads back to the form."""
    form = submitted()
    if form.get("step") == "change":
        return render_template("guidelines/add.html", values=form, problems=[]), 200
    source, pasted = forms.source(form, _today()), forms.pasted(form)
    if source is None or form.problems:
        return render_template("guidelines/add.html", values=form, problems=form.problems), 422
    drafts = [service.by_hand(source, forms.typed(form, item, number)) for number, item in enumerate(pasted, 1)]
    if form.get("step") != "save":
        return _typed_preview(form, drafts, pasted), 200
    result = attempt(lambda: service.bring_in(current.artefacts, current.actor, drafts, form.guard()))
    if isinstance(result, Refusal):
        return _typed_preview(form, drafts, pasted, result), result.status
    return _brought(result)


def _typed_preview(form: Submitted, drafts: list[Draft], pasted: list[Pasted], refusal: Refusal | None = None) -> str:
    return render_template(
        "guidelines/add_preview.html",
        values=form,
        items=[(draft, {"status": "", **draft.body}, number) for number, draft in enumerate(drafts, 1)],
        repeated=len(pasted) - len({item.path for item in pasted}),
        source_fields=forms.SOURCE_FIELDS,
        strengths=display.options("strengths", words.STRENGTHS),
        certainties=display.options("certainties", words.CERTAINTIES),
        refusal=refusal,
        problems=refusal.problems if refusal else [],
    )


def _brought(brought: service.Brought, left_out: int = 0) -> ResponseReturnValue:
    """Say what came of bringing recommendations in, and show them."""
    added = len(brought.added)
    told = [ngettext("%(num)s recommendation is saved.", "%(num)s recommendations are saved.", added)]
    if brought.here:
        told.append(ngettext("%(num)s was here already.", "%(num)s were here already.", brought.here))
    if left_out:
        told.append(ngettext("%(num)s was left out.", "%(num)s were left out.", left_out))
    flash(" ".join(told), "success" if added else "info")
    if added == 1:
        return redirect(url_for("thing.show", thing_id=brought.added[0], saved=1), 303)
    return redirect(url_for("guidelines.index"), 303)


# Importing files


@staff.get("/import")
@policy("member", IMPORT)
def choose_files() -> str:
    """The form to choose files; it says where files wait to be looked at."""
    waiting = [name for name, _content in reading.uploads(current.session, current.actor)]
    return render_template("guidelines/import.html", waiting=waiting, problems=[])


@staff.post("/import")
@policy("member", IMPORT)
def upload() -> ResponseReturnValue:
    """Take files in, to be looked at before anything is saved."""
    chosen = [file for file in request.files.getlist("files") if file.filename]
    problems = []
    if not chosen:
        problems.append(Problem(_("Choose one file or more"), "files"))
    if len(chosen) > MOST_FILES:
        problems.append(Problem(_("Choose at most %(most)s files at once", most=MOST_FILES), "files"))
    files = []
    for file in chosen[:MOST_FILES]:
        name, content = (file.filename or "")[-200:], file.stream.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            problems.append(Problem(_("%(name)s is larger than 5 MB. Split it into smaller files", name=name), "files"))
        files.append((name, content))
    if problems:
        return render_template("guidelines/import.html", waiting=[], problems=problems), 422
    service.keep_uploads(current.artefacts, current.actor, files)
    return redirect(url_for("guidelines.preview"), 303)


@staff.get("/import/preview")
@policy("member", IMPORT)
def preview() -> ResponseReturnValue:
    """What the files hold, what was understood and what was not, before anything is saved."""
    reports = _reports(importing.Given())
    if not reports:
        return redirect(url_for("guidelines.choose_files"))
    return _import_preview(reports, Submitted({}))


@staff.post("/import/preview")
@policy("member", IMPORT)
def save_imported() -> ResponseReturnValue:
    """Save everything of the files that can be saved, in one transaction; or throw the files away."""
    form = submitted()
    if form.get("step") == "drop":
        service.drop_uploads(current.artefacts, current.actor)
        flash(_("Nothing was saved. The files are gone."), "info")
        return redirect(url_for("guidelines.choose_files"), 303)
    given = forms.given(form)
    reports = _reports(given)
    if not reports:
        flash(_("These files are saved or gone already. Choose them again if you need them."), "info")
        return redirect(url_for("guidelines.choose_files"), 303)
    if form.problems:
        return _import_preview(reports, form, Refusal(problems=tuple(form.problems))), 422
    found = [candidate for report in reports for candidate in report.candidates]
    drafts = [candidate.draft for candidate in found if candidate.state == "new"]
    result = attempt(lambda: service.bring_in(current.artefacts, current.actor, drafts, form.guard()))
    if isinstance(result, Refusal):
        return _import_preview(reports, form, result), result.status
    service.drop_uploads(current.artefacts, current.actor)
    here = result.here + sum(report.count("here") for report in reports)
    return _brought(service.Brought(result.added, here), sum(report.count("left_out") for report in reports))


def _reports(given: importing.Given) -> list[importing.FileReport]:
    """The files that wait, read anew, with what is here already marked."""
    files = reading.uploads(current.session, current.actor)
    reports = [importing.read_file(name, content, given) for name, content in files]
    keys = [candidate.draft.body["edition"] for report in reports for candidate in report.candidates]
    importing.without_repeats(reports, keeping.here_already(current.session, current.practice.id, keys))
    return reports


def _import_preview(reports: list[importing.FileReport], form: Submitted, refusal: Refusal | None = None) -> str:
    found = [candidate for report in reports for candidate in report.candidates]
    return render_template(
        "guidelines/import_preview.html",
        reports=reports,
        new=sum(candidate.state == "new" for candidate in found),
        missing={name for candidate in found for name in candidate.missing},
        values=form,
        refusal=refusal,
        problems=refusal.problems if refusal else [],
    )


# Deciding


@staff.get("/decide/<uuid:thing_id>")
@policy("member", DECIDE)
def decide(thing_id: UUID) -> str:
    """The form to decide on a recommendation; `prompted_by` names the thing that led to it."""
    thing = _recommendation(thing_id)
    prompted_by = request.args.get("prompted_by", "")
    if prompted_by and _prompting(prompted_by) is None:
        abort(404)
    months = current.practice.mix.settings("guidelines").get("review_months", REVIEW_MONTHS)
    return _decide_form(
        thing, Submitted({"prompted_by": prompted_by}), review_on=forms.months_after(_today(), int(months))
    )


@staff.post("/decide/<uuid:thing_id>")
@policy("member", DECIDE)
def save_decision(thing_id: UUID) -> ResponseReturnValue:
    """Save the decision with what is promised about it; every refusal shows the form again with what was typed."""
    thing = _recommendation(thing_id)
    form = submitted()
    choice, promise = forms.choice(form, _today()), form.promise()
    prompting = _prompting(form.get("prompted_by"))
    if form.get("prompted_by") and prompting is None:
        abort(404)
    if form.problems:
        return _decide_form(thing, form, Refusal(problems=tuple(form.problems))), 422
    try:
        result = attempt(
            lambda: service.decide(
                current.artefacts,
                current.actor,
                thing,
                choice,
                instead_of=parse_uuid(form.get("instead_of")),
                prompted_by=prompting.id if prompting else None,
                promise=promise,
                guard=form.guard(),
                client_key=form.client_key,
            )
        )
    except service.DecidedMeanwhile:
        problem = Problem(_("Your practice decided on this since you opened the page. Read it, then save again"))
        return _decide_form(thing, form, Refusal(problems=(problem,)), fresh=True), 409
    if isinstance(result, Refusal):
        return _decide_form(thing, form, result), result.status
    flash(_("Your decision is saved."), "success")
    return redirect(url_for("thing.show", thing_id=result.id, saved=1), 303)


def _recommendation(thing_id: UUID) -> Thing:
    thing = core_reading.get(current.session, current.host, current.actor, thing_id)
    if thing is None or thing.kind != RECOMMENDATION or not thing.available:
        abort(404)
    return thing


def _prompting(key: str) -> Thing | None:
    artefact_id = parse_uuid(key)
    return core_reading.get(current.session, current.host, current.actor, artefact_id) if artefact_id else None


def _decide_form(
    thing: Thing,
    values: Submitted,
    refusal: Refusal | None = None,
    review_on: date | None = None,
    *,
    fresh: bool = False,
) -> str:
    """The form; `fresh` takes over the decision that counts now in place of the one that the form started from."""
    made = reading.current(reading.decisions(current.session, current.host, current.actor, [thing.id])).get(thing.id)
    typed = values.get("instead_of")
    instead_of = (str(made.thing.id) if made else "") if fresh or not refusal else typed
    return render_template(
        "guidelines/decide.html",
        thing=thing,
        made=made,
        instead_of=instead_of,
        prompted_by=_prompting(values.get("prompted_by")),
        values=values,
        review_on=review_on,
        choices=[(code, _(words.DECISIONS[code]["label"]), _(words.DECISIONS[code]["hint"])) for code in words.OFFERED],
        criteria=[(code, words.criterion(code)) for code in words.CRITERIA],
        refusal=refusal,
        problems=refusal.problems if refusal else [],
    )


# Correcting what was typed


@staff.get("/correct/<uuid:thing_id>")
@policy("member", IMPORT)
def correct(thing_id: UUID) -> str:
    """The form to correct a recommendation that was typed by hand and not decided on."""
    thing = _open_recommendation(thing_id)
    values = Submitted(
        {
            "text": thing.body["text"],
            "strength-1": thing.body["strength"] or "",
            "certainty-1": thing.body["certainty"] or "",
        }
    )
    return _correct_form(thing, values, thing.revision)


@staff.post("/correct/<uuid:thing_id>")
@policy("member", IMPORT)
def save_correction(thing_id: UUID) -> ResponseReturnValue:
    """Save the correction; every refusal shows the form again with what was typed."""
    thing = _open_recommendation(thing_id)
    form = submitted()
    text = form.required("text", _("Enter the recommendation"))
    base = form.whole("revision") or 0
    if form.problems:
        return _correct_form(thing, form, base, Refusal(problems=tuple(form.problems))), 422
    typed = forms.typed(form, Pasted(title_of(text), text, path_of(text)), 1)
    try:
        result = attempt(lambda: service.correct(current.artefacts, current.actor, thing, typed, form.guard(), base))
    except EditConflict as conflict:
        problem = Problem(_("This was changed since you opened it. Read both texts, then save again"))
        now = conflict.current
        return _correct_form(now, form, now.revision, Refusal(problems=(problem,)), theirs=now.body["text"]), 409
    if isinstance(result, Refusal):
        return _correct_form(thing, form, base, result), result.status
    flash(_("Your correction is saved."), "success")
    return redirect(url_for("thing.show", thing_id=thing_id), 303)


def _open_recommendation(thing_id: UUID) -> Thing:
    """A recommendation whose words the actor may still change; the page is not found otherwise."""
    thing = _recommendation(thing_id)
    if not may_edit(current.host, current.actor, thing) or keeping.is_locked(current.session, thing):
        abort(404)
    return thing


def _correct_form(
    thing: Thing, values: Submitted, revision: int, refusal: Refusal | None = None, theirs: str = ""
) -> str:
    return render_template(
        "guidelines/correct.html",
        thing=thing,
        values=values,
        revision=revision,
        theirs=theirs,
        strengths=display.options("strengths", words.STRENGTHS),
        certainties=display.options("certainties", words.CERTAINTIES),
        refusal=refusal,
        problems=refusal.problems if refusal else [],
    )
