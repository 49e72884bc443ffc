"""The page that brings a portfolio in, with a report of what became of the file."""

from __future__ import annotations

from typing import Any, BinaryIO, cast

from flask import render_template, request
from flask.typing import ResponseReturnValue

from layers_core.artefacts.errors import CheckFailed
from layers_core.contract import Problem
from layers_core.host.doors import DoorFault
from layers_core.i18n import gettext as _
from layers_core.web import current, policy, takes_files
from layers_reflect.kinds import WRITE
from layers_reflect.portfolio.importing import Importer
from layers_reflect.portfolio.interchange import Refused, Report
from layers_reflect.portfolio.sources import open_source
from layers_reflect.views import staff

LISTED = 200
"""How many of the things that were not understood the page lists; the report of the command lists all."""


@staff.get("/portfolio/bring")
@policy("member", WRITE)
def bring_form() -> str:
    """The form to choose a file."""
    return _page()


@staff.post("/portfolio/bring")
@takes_files
@policy("member", WRITE)
def bring() -> ResponseReturnValue:
    """Keep what the file holds, for the person alone. The same file again does no harm, so nothing asks twice."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return _refused(_("Choose a file"), 422)
    try:
        report = Importer(current.artefacts, current.actor).bring(open_source(cast("BinaryIO", file.stream)))
    except Refused as refused:
        return _refused(str(refused), 422)
    except (CheckFailed, DoorFault):
        return _refused(_("We could not keep all of it just now. Bring the same file again in a minute"), 503)
    return _page(report=report)


def _refused(words: str, status: int) -> tuple[str, int]:
    return _page(problems=[Problem(words, "file")]), status


def _page(report: Report | None = None, problems: list[Problem] | None = None) -> str:
    shown: dict[str, Any] = {"report": report, "problems": problems or [], "listed": LISTED}
    return render_template("reflect/bring.html", **shown)
