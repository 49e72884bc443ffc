"""The copy of an account that a discussion's partner reads, and the checklist."""

from __future__ import annotations

from layers_core.contract import ArtefactKind, Body
from layers_core.i18n import lazy_gettext as _l
from layers_reflect.kinds import KINDS, NOTE, WRITE
from layers_reflect.nmc.checklist import in_words
from layers_reflect.nmc.schemas import ChecklistSchema

DISCUSSED = "reflect.discussed"
CHECKLIST = "reflect.nmc_checklist"
_NOTE = next(kind for kind in KINDS if kind.name == NOTE)

DISCUSSED_ACCOUNT = ArtefactKind(
    name=DISCUSSED,
    version=_NOTE.version,
    schema=_NOTE.schema,
    label=_l("Account for a reflective discussion"),
    summary=_NOTE.summary,
    search_text=_NOTE.search_text,
    page_template=_NOTE.page_template,
    permission=WRITE,
    upgrade=_NOTE.upgrade,
    for_others=_NOTE.for_others,
    told=_NOTE.told,
)
"""It neither comes back to its writer nor counts in a portfolio: the account itself does."""


def nothing(body: Body) -> str:
    """Nothing: it names a colleague, and lists are read over one's shoulder."""
    return ""


def words(body: Body) -> str:
    """Everything that was filled in; the index gives it to its author alone."""
    return "\n".join(text for _what, text in in_words(body))


CHECKLIST_KIND = ArtefactKind(
    name=CHECKLIST,
    version=1,
    schema=ChecklistSchema,
    label=_l("NMC checklist"),
    summary=nothing,
    search_text=words,
    page_template="reflect/nmc/kept_checklist.html",
    permission=WRITE,
    only_for_author=True,
    told=in_words,
)
