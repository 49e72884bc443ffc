"""What patients read: you said, we learned, we did; tips; and the reply to their own answer. No session, no cookie."""

from __future__ import annotations

from flask import abort, request
from flask.typing import ResponseReturnValue

from layers_core.artefacts.followup import today_in
from layers_core.contract import Problem
from layers_core.i18n import gettext as _
from layers_core.web import client_address, current, parse_uuid, policy, submitted, within_limit
from layers_patient_input.loop import concerns, reading
from layers_patient_input.loop.models import Tip
from layers_patient_input.models import Publication
from layers_patient_input.reading import links_of
from layers_patient_input.views.blueprints import public
from layers_patient_input.views.patients import RECEIPT_TRIES, reader
from layers_patient_input.views.submits import LATER

FIRST_TIPS = 5
"""Tips on the first page of entries; the rest have a page of their own."""


@public.get("/")
@policy("public")
def loop() -> ResponseReturnValue:
    """What the practice tells its patients: you said, we learned, we did."""
    session, practice = current.session, current.practice
    before = _publication()
    entries = reading.published(session, current.host, practice.id, reading.PAGE + 1, before)
    links = links_of(session, practice.id)
    shown = entries[: reading.PAGE]
    first = before is None
    tips = reading.tips(session, practice.id, FIRST_TIPS + 1) if first else []
    who = reader(practice)
    return who.page(
        "loop/public.html",
        entries=shown,
        first=first,
        older=shown[-1].id if len(entries) > reading.PAGE else None,
        tenths=reading.share(session, practice.id, today_in(practice.time_zone)) if first else None,
        least=concerns.LEAST,
        tips=tips[:FIRST_TIPS],
        more_tips=len(tips) > FIRST_TIPS,
        token=links[0].token if links else "",
        results=first and who.settings["fft_public"],
    )


@public.get("/tips")
@policy("public")
def tips() -> ResponseReturnValue:
    """All tips from other patients, page by page."""
    practice = current.practice
    found = reading.tips(current.session, practice.id, reading.PAGE + 1, _tip())
    shown = found[: reading.PAGE]
    older = shown[-1].artefact_id if len(found) > reading.PAGE else None
    return reader(practice).page("loop/tips.html", tips=shown, older=older)


@public.route("/reply", methods=["GET", "POST"])
@policy("public")
def reply() -> ResponseReturnValue:
    """What the practice replied to an answer, for whoever has its receipt code. Nobody learns that it was read."""
    who = reader(current.practice)
    code = submitted().get("code")
    if request.method != "POST":
        return who.page("loop/ask_reply.html", code="")
    if not within_limit("patient_input.reply", client_address(), RECEIPT_TRIES):
        words = _("There were too many tries from here. Wait an hour, then try again")
        return (*who.page("loop/ask_reply.html", 429, code=code, faults=[Problem(words, "code")]), LATER)
    found = reading.by_receipt(current.session, current.practice.id, code)
    if found is None:
        words = _("We cannot find an answer with this code. Check the code, then try again")
        return who.page("loop/ask_reply.html", 422, code=code, faults=[Problem(words, "code")])
    answer, replied = found
    return who.page("loop/reply.html", reply=replied, read=answer.moderated_at is not None, has_words=answer.has_words)


def _publication() -> Publication | None:
    """The entry after which a page begins; None for the first page, 404 for one that this practice never showed."""
    text = request.args.get("before", "")
    key = parse_uuid(text)
    found = reading.publication(current.session, current.practice.id, key) if key else None
    if text and found is None:
        abort(404)
    return found


def _tip() -> Tip | None:
    text = request.args.get("before", "")
    key = parse_uuid(text)
    found = current.session.get(Tip, key) if key else None
    if text and (found is None or found.practice_id != current.practice.id):
        abort(404)
    return found
