"""What a practice can show of its loop: evidence by CQC quality statement, and a page for its patients' group."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request

from layers_core.artefacts.followup import today_in
from layers_core.i18n import gettext as _
from layers_core.vocabulary import label, vocabulary
from layers_core.web import current, policy
from layers_patient_input.kinds import PUBLISH
from layers_patient_input.loop import concerns, evidence, reading, statements
from layers_patient_input.months import publishing, rules
from layers_patient_input.months import showing as month_showing
from layers_patient_input.schemas import settings_of
from layers_patient_input.views.blueprints import staff
from layers_patient_input.wording import PACKAGE

USUAL = 6


@staff.get("/evidence")
@policy("member", PUBLISH)
def pack() -> str:
    """The evidence of some months by quality statement, to read and to print."""
    return render_template("patient_input/loop/pack.html", **_pack())


@staff.get("/evidence/file")
@policy("member", PUBLISH)
def pack_file() -> Response:
    """The same as a file that can be kept: one page of HTML that needs nothing else."""
    given = _pack()
    file = Response(render_template("patient_input/loop/pack_file.html", **given), mimetype="text/html")
    name = f"evidence-{current.practice.code}-{given['span'].last.isoformat()}.html"
    file.headers["Content-Disposition"] = f"attachment; filename={name}"
    return file


@staff.get("/participation-group")
@policy("member", PUBLISH)
def group_page() -> str:
    """One page for the Patient Participation Group: nothing that is not public, or could not be."""
    session, practice = current.session, current.practice
    length, span = _asked()
    begin, end = span.moments
    sent = evidence.sent_in(session, practice.id, span) if settings_of(practice)["fft_public"] else []
    return render_template(
        "patient_input/loop/group_page.html",
        length=length,
        lengths=_lengths(),
        span=span,
        entries=reading.shown_between(session, current.host, practice.id, begin, end),
        tenths=reading.share(session, practice.id, span.last),
        least=concerns.LEAST,
        months=[(month_showing.name(month), publishing.published(figures.answers)) for month, figures in sent],
    )


def _pack() -> dict[str, Any]:
    length, span = _asked()
    figures = evidence.figures(current.session, current.actor, span)
    scale = vocabulary("scales", PACKAGE)[rules.SCALE]
    shares = [rules.share(part(figures.answers), figures.total) for part in (rules.positive, rules.negative)]
    return {
        "length": length,
        "lengths": _lengths(),
        "span": span,
        "made_on": today_in(current.practice.time_zone),
        "pack": evidence.pack(current.session, current.host, current.actor, span),
        "most": evidence.MOST,
        "statement": statements.label,
        "kind": _kind,
        "outcome": lambda code: label("outcomes", code),
        "answers": [(_(scale[code]["label"]), count) for code, count in figures.answers.items()],
        "total": figures.total,
        "positive": rules.percent(shares[0]) if shares[0] is not None else None,
        "negative": rules.percent(shares[1]) if shares[1] is not None else None,
    }


def _asked() -> tuple[int, evidence.Period]:
    wanted = request.args.get("months", "")
    length = int(wanted) if wanted in {str(known) for known in evidence.LENGTHS} else USUAL
    practice = current.practice
    return length, evidence.period(today_in(practice.time_zone), length, practice.time_zone)


def _lengths() -> list[tuple[str, str]]:
    return [(str(length), _("Last %(number)s months", number=length)) for length in evidence.LENGTHS]


def _kind(name: str) -> str:
    return str(current.host.registry.kinds[name].label)
