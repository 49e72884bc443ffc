"""The kind of thing that Peer share keeps, and how a form becomes one."""

from __future__ import annotations

import textwrap

from layers_core.contract import ArtefactKind, Body, Captured, FormFields, Problem
from layers_core.i18n import gettext as _
from layers_core.i18n import lazy_gettext as _l
from layers_peer_share.schemas import QuestionSchema

QUESTION = "peer_share.question"
ASK = "peer_share.ask"
RESPOND = "peer_share.respond"
TITLE_LIMIT = 120
CUT = "…"


def title_of(need: str) -> str:
    """A question's title: the first line of what is needed, of at most 120 characters, cut between words."""
    line = next((part for part in need.splitlines() if part.strip()), "")
    title = textwrap.shorten(line, TITLE_LIMIT, placeholder=CUT, break_on_hyphens=False)
    # One endless word leaves nothing to cut between.
    return title if title != CUT or line.strip() == CUT else line.strip()[: TITLE_LIMIT - 1] + CUT


def read_question(fields: FormFields) -> Captured:
    """A question out of its form. One that nobody else may see would never be answered, so that is a problem too."""
    need, tried = fields.get("need", "").strip(), fields.get("tried", "").strip()
    problems = []
    if not need:
        problems.append(Problem(_("Say what you need to know"), "need"))
    if fields.get("audience", "") == "me":
        problems.append(Problem(_("Choose whom you want to ask"), "audience"))
    return Captured(title_of(need), {"need": need, "tried": tried}, problems=tuple(problems))


def _summary(body: Body) -> str:
    return str(body["tried"]).strip()


def _words(body: Body) -> str:
    return f"{body['need']}\n{body['tried']}"


KINDS = (
    ArtefactKind(
        name=QUESTION,
        version=1,
        schema=QuestionSchema,
        label=_l("Question"),
        summary=_summary,
        search_text=_words,
        page_template="peer_share/question.html",
        permission=ASK,
    ),
)
