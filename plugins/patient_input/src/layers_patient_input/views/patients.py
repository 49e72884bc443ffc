"""Pages for patients besides the forms: taking an answer back, and what the practice did. No session, no cookie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from layers_core.contract import PracticeView, Problem
from layers_core.i18n import gettext as _
from layers_core.practices.models import PublicLink
from layers_core.web import client_address, current, policy, settle_language, submitted, within_limit
from layers_patient_input import service
from layers_patient_input.schemas import settings_of
from layers_patient_input.views.blueprints import public
from layers_patient_input.views.submits import LATER, is_kiosk
from layers_patient_input.wording import (
    Language,
    chosen,
    offered,
    other_ways,
    unofficial,
    urgent_help,
)

RECEIPT_TRIES = "60 per hour"


@dataclass(frozen=True)
class Reader:
    """How a patient reads a page: in which language, what the practice itself says there, and whether at a kiosk.

    `kiosk` is the way in of a tablet in the waiting room: its pages lead nowhere else.
    """

    practice: PracticeView
    settings: Mapping[str, Any]
    language: Language
    kiosk: PublicLink | None = None

    def page(self, template: str, status: int = 200, **context: Any) -> tuple[str, int]:
        """A page for patients."""
        return (
            render_template(f"patient_input/{template}", **{**self.context(), **context}),
            status,
        )

    def context(self) -> dict[str, Any]:
        """What every page for patients is made of."""
        return {
            "practice": self.practice,
            "language": self.language,
            "languages": offered(self.settings),
            "urgent": urgent_help(self.language, self.settings),
            "reach": other_ways(self.language, self.settings, self.practice),
            "unofficial": unofficial(self.language),
            "sought": self.address,
            "kiosk": self.kiosk,
        }

    def address(self, endpoint: str, **values: Any) -> str:
        """The address of another page for patients, in the same language and size."""
        kept = {"lang": self.language.code, "size": request.args.get("size") or None}
        return url_for(endpoint, **{"practice": self.practice.slug, **kept, **values})


def reader(practice: PracticeView, link: PublicLink | None = None) -> Reader:
    """Whoever reads the present page of a practice; every message from here on is in their language."""
    settings = settings_of(practice)
    language = chosen(request.args.get("lang") or next(iter(practice.languages), ""), settings)
    settle_language(language.base)
    return Reader(practice, settings, language, link if link and is_kiosk(link) else None)


@public.route("/withdraw", methods=["GET", "POST"])
@policy("public")
def withdraw() -> ResponseReturnValue:
    """Take an answer back with the receipt code."""
    who = reader(current.practice)
    code = submitted().get("code")
    if request.method != "POST":
        return who.page("withdraw.html", code="")
    if not within_limit("patient_input.withdraw", client_address(), RECEIPT_TRIES):
        words = _("There were too many tries from here. Wait an hour, then try again")
        return (*who.page("withdraw.html", 429, code=code, faults=[Problem(words, "code")]), LATER)
    if not service.take_back(current.artefacts, current.practice, code):
        words = _("We cannot find an answer with this code. Check the code, then try again")
        return who.page("withdraw.html", 422, code=code, faults=[Problem(words, "code")])
    return who.page("withdrawn.html")
