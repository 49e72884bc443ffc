"""The kind of thing that Sample keeps."""

from __future__ import annotations

from layers_core.contract import ArtefactKind, Body
from layers_core.i18n import lazy_gettext as _l
from layers_sample.schemas import EntrySchema

ENTRY = "sample.entry"
WRITE = "sample.write"


def words(body: Body) -> str:
    """What search may find."""
    return str(body["text"])


def one_line(body: Body) -> str:
    """What stands under the title in a list: the rest, where there is more than the first line."""
    return " ".join(words(body).strip().partition("\n")[2].split())


KINDS = (
    ArtefactKind(
        name=ENTRY,
        version=1,
        schema=EntrySchema,
        label=_l("Sample"),
        summary=one_line,
        search_text=words,
        page_template="sample/entry.html",
        permission=WRITE,
    ),
)
