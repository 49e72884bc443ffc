"""Pages for those who bring answers in from files: choose one, look at it, watch it, mend what was wrong, undo it."""

from __future__ import annotations

from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast
from uuid import UUID

from flask import Response, abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from layers_core.artefacts.errors import DraftRefused
from layers_core.contract import Problem
from layers_core.i18n import gettext as _
from layers_core.web import Submitted, current, policy, submitted, takes_files
from layers_patient_input import showing
from layers_patient_input.importing import choosing, job, reading, service, undoing, wrong_rows
from layers_patient_input.importing.csv_reading import LIMITS
from layers_patient_input.importing.letters import Unreadable
from layers_patient_input.importing.mapping import Choices
from layers_patient_input.importing.reading import ImportView, Looked
from layers_patient_input.kinds import MODERATE
from layers_patient_input.schemas import settings_of
from layers_patient_input.views.blueprints import staff

FAULTS_SHOWN = 10
FAULTS_A_PAGE = 100
IN_MEMORY = 1 << 20


@staff.app_template_global("may_import_answers")
def may_import_answers() -> bool:
    """Whether a page leads to this one."""
    return service.may_import(current.actor)


@staff.get("/import")
@policy("member", MODERATE)
def imports() -> str:
    """The form to choose a file, and the files that were brought in."""
    _require()
    return _choose_file()


@staff.post("/import")
@takes_files
@policy("member", MODERATE)
def import_bring() -> ResponseReturnValue:
    """Keep a file to be looked at. The same file again leads to where it is."""
    _require()
    file = request.files.get("file")
    if file is None or not file.filename:
        return _choose_file([Problem(_("Choose a file"), "file")]), 422
    try:
        brought = service.bring(current.artefacts, current.actor, cast("BinaryIO", file.stream), file.filename)
    except Unreadable as unreadable:
        return _choose_file([Problem(str(unreadable), "file")]), 422
    if brought.known:
        flash(_("This file was here before. None of its rows is brought in twice."), "info")
    return redirect(url_for("patient_input.import_file", import_id=brought.id), 303)


@staff.get("/import/<uuid:import_id>")
@policy("member", MODERATE)
def import_file(import_id: UUID) -> ResponseReturnValue:
    """How far a file is, or what became of it."""
    view = _view(import_id)
    if view.state == "chosen" and view.to_choose:
        return redirect(url_for("patient_input.import_choose", import_id=import_id))
    return _file(view)


@staff.get("/import/<uuid:import_id>/choose")
@policy("member", MODERATE)
def import_choose(import_id: UUID) -> ResponseReturnValue:
    """What the columns of a file are, and its first rows as they will be read."""
    view = _view(import_id)
    if not view.to_choose:
        return redirect(url_for("patient_input.import_file", import_id=import_id))
    return _look(view, view.choices)


@staff.post("/import/<uuid:import_id>/choose")
@policy("member", MODERATE)
def import_begin(import_id: UUID) -> ResponseReturnValue:
    """Look again with other choices, or bring the rows in."""
    view = _view(import_id)
    here = redirect(url_for("patient_input.import_file", import_id=import_id), 303)
    if not view.to_choose:
        return here
    form = submitted()
    choices = choosing.chosen(form, view, settings_of(current.practice))
    service.choose(current.artefacts, current.actor, import_id, choices)
    if form.get("do") != "begin":
        return redirect(url_for("patient_input.import_choose", import_id=import_id), 303)
    looked = _looked(view, choices)
    try:
        turn = service.begin(current.artefacts, current.actor, import_id, looked)
    except DraftRefused as refused:
        return _look(view, choices, list(refused.problems), looked), 422
    if turn:
        job.start(current.artefacts, current.actor, turn)
    return here


@staff.post("/import/<uuid:import_id>/go-on")
@policy("member", MODERATE)
def import_go_on(import_id: UUID) -> ResponseReturnValue:
    """Go on where bringing in stopped."""
    view = _view(import_id)
    try:
        turn = service.go_on(current.artefacts, current.actor, import_id)
    except DraftRefused as refused:
        return _file(view, list(refused.problems)), 422
    if turn:
        job.start(current.artefacts, current.actor, turn)
    return redirect(url_for("patient_input.import_file", import_id=import_id), 303)


@staff.post("/import/<uuid:import_id>/stop")
@policy("member", MODERATE)
def import_stop(import_id: UUID) -> ResponseReturnValue:
    """Stop bringing in."""
    _view(import_id)
    service.stop(current.artefacts, current.actor, import_id)
    return redirect(url_for("patient_input.import_file", import_id=import_id), 303)


@staff.post("/import/<uuid:import_id>/undo")
@policy("member", MODERATE)
def import_undo(import_id: UUID) -> ResponseReturnValue:
    """Remove the answers that came with a file."""
    view = _view(import_id)
    try:
        undoing.undo(current.artefacts, current.actor, import_id)
    except DraftRefused as refused:
        return _file(view, list(refused.problems)), 422
    flash(_("The answers of this file are removed."), "success")
    return redirect(url_for("patient_input.imports"), 303)


@staff.get("/import/<uuid:import_id>/wrong")
@policy("member", MODERATE)
def import_wrong(import_id: UUID) -> str:
    """All rows that could not be brought in, a page at a time."""
    view = _view(import_id)
    first = Submitted(request.args).whole("from") or 0
    faults = reading.faults_of(current.session, import_id, first, FAULTS_A_PAGE + 1)
    more = faults[FAULTS_A_PAGE].number if len(faults) > FAULTS_A_PAGE else None
    return render_template(
        "patient_input/import_wrong.html", file=view, faults=faults[:FAULTS_A_PAGE], why=choosing.why, more=more
    )


@staff.get("/import/<uuid:import_id>/wrong.csv")
@policy("member", MODERATE)
def import_wrong_file(import_id: UUID) -> ResponseReturnValue:
    """These rows as a file, to be mended and brought again."""
    view = _view(import_id)
    if view.until is None:
        return redirect(url_for("patient_input.import_file", import_id=import_id))
    # A large one is put together on the disk. The answer closes it when it was sent.
    out = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
    faults = ((fault.number, fault.code) for fault in reading.every_fault(current.session, import_id))
    with reading.open_rows(current.host.files.passing, view) as rows:
        wrong_rows.write(view.shape, rows, faults, out)
    out.seek(0)
    response: Response = send_file(out, "text/csv", as_attachment=True, download_name="wrong-rows.csv")
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _choose_file(problems: list[Problem] | None = None) -> str:
    files = reading.imports_of(current.session, current.practice.id, current.host.files.passing)
    return render_template(
        "patient_input/imports.html", files=files, states=choosing.states(), problems=problems or [], limits=LIMITS
    )


def _file(view: ImportView, problems: list[Problem] | None = None) -> str:
    session = current.session
    faults = reading.faults_of(session, view.id, 0, FAULTS_SHOWN) if view.wrong else []
    brought, waiting = reading.brought_in(session, view.id)
    return render_template(
        "patient_input/import_file.html",
        file=view,
        faults=faults,
        why=choosing.why,
        brought=brought,
        waiting=waiting,
        problems=problems or [],
    )


def _looked(view: ImportView, choices: Choices) -> Looked:
    return reading.look(current.session, current.practice, current.host.files.passing, view, choices)


def _look(
    view: ImportView, choices: Choices, problems: list[Problem] | None = None, looked: Looked | None = None
) -> str:
    looked = looked or _looked(view, choices)
    days = [day for day in (looked.examined.first_day, looked.examined.last_day) if day]
    return render_template(
        "patient_input/import_choose.html",
        file=view,
        choices=looked.choices,
        found=looked.examined,
        others=looked.others,
        offered=choosing.offered_for(view, looked, settings_of(current.practice)),
        samples=choosing.samples(looked.examined),
        wrong=choosing.wrong(looked.examined),
        sent=[showing.month(month.first) for month in reading.sent_among(current.session, current.practice.id, days)],
        problems=problems or [],
    )


def _view(import_id: UUID) -> ImportView:
    _require()
    found = reading.import_of(current.session, current.practice.id, current.host.files.passing, import_id)
    if found is None:
        abort(404)
    return found


def _require() -> None:
    if not service.may_import(current.actor):
        abort(404)
