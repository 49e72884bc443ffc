"""The copy of an account that a discussion's partner reads."""

from __future__ import annotations

from layers_core.contract import ArtefactKind
from layers_core.i18n import lazy_gettext as _l
from layers_reflect.kinds import KINDS, NOTE, WRITE

DISCUSSED = "reflect.discussed"
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
)
"""It neither comes back to its writer nor counts in a portfolio: the account itself does."""
