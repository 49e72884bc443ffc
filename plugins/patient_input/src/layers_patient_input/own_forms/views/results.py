"""What patients answered to a form: numbers for everybody in the practice, responses for those who look at them."""

from __future__ import annotations

from datetime import date

from flask import Response, abort, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue

from layers_core.artefacts import reading as core_reading
from layers_core.artefacts.followup import today_in
from layers_core.i18n import format_month
from layers_core.vocabulary import label, vocabulary
from layers_core.web import current, parse_uuid, policy
from layers_patient_input import catalogue, showing
from layers_patient_input.catalogue import Form
from layers_patient_input.kinds import MODERATE
from layers_patient_input.moderating.desk import looks
from layers_patient_input.own_forms import exporting, results
from layers_patient_input.own_forms.results import Asked, Place
from layers_patient_input.own_forms.views.finding import form_of
from layers_patient_input.views.blueprints import staff
from layers_patient_input.wording import PACKAGE


@staff.get("/forms/<form_code>/results")
@policy("member")
def form_results(form_code: str) -> str:
    """How often each answer was chosen, by month and method; and the answers in words that were released."""
    practice, session = current.practice, current.session
    form = _of_the_practice(form_code)
    known = results.versions(session, practice, form_code)
    version = _one_of(request.args.get("version", ""), known or [form.counted_as])
    if catalogue.own_id(form_code) and version != form.counted_as:
        form = form_of(form_code, int(version))
    months = results.months(session, practice, form_code, today_in(practice.time_zone))
    by_name = {str(month): month for month in months}
    last = by_name[_one_of(request.args.get("to", ""), list(by_name))]
    first = by_name.get(request.args.get("from", ""), months[min(11, len(months) - 1)])
    methods = vocabulary("methods", PACKAGE)
    method = request.args.get("method", "")
    asked = Asked(form_code, version, min(first, last), last, method if method in methods else "")
    everybody = results.count_all(session, practice, form, asked, alone=len(known) == 1)
    ids, more = results.released(session, practice, asked, _place(request.args.get("before", "")))
    things = core_reading.get_many(session, current.host, current.actor, ids)
    return render_template(
        "patient_input/forms/results.html",
        form=form,
        asked=asked,
        everybody=everybody,
        questions=results.counted(session, practice, form, asked, everybody),
        months=[(name, format_month(month.first)) for name, month in by_name.items()],
        methods=[(code, label("methods", code, PACKAGE)) for code in methods],
        versions=[(code, label("scale_names", code, PACKAGE) if form.scale else code) for code in known],
        said=[
            (things[key], showing.answer(things[key].body)) for key in ids if key in things and things[key].available
        ],
        more=f"{more.day}_{more.id}" if more else "",
        may_export=looks(current.actor),
    )


@staff.get("/forms/<form_code>/answers.ndjson")
@policy("member", MODERATE)
def form_answers(form_code: str) -> ResponseReturnValue:
    """The answers as FHIR QuestionnaireResponses, one a line."""
    _of_the_practice(form_code)
    if not looks(current.actor):
        abort(404)
    found = exporting.lines(current.artefacts.database, current.host, current.actor, form_code)
    answer = Response(stream_with_context(found), mimetype="application/fhir+ndjson")
    answer.headers["Content-Disposition"] = "attachment; filename=answers.ndjson"
    return answer


def _of_the_practice(form_code: str) -> Form:
    """A form whose answers are the practice's; 404 for one about a person, who alone reads what is said of them."""
    if vocabulary("built_in_forms", PACKAGE).get(form_code, {}).get("needs_permission"):
        abort(404)
    return form_of(form_code)


def _one_of(asked: str, known: list[str]) -> str:
    return asked if asked in known else known[0]


def _place(text: str) -> Place | None:
    """Where a page ended, from an address; None for what is no place."""
    day, _line, key = text.partition("_")
    found = parse_uuid(key)
    try:
        return Place(date.fromisoformat(day), found) if found and len(day) == len("2026-11-22") else None
    except ValueError:
        return None
