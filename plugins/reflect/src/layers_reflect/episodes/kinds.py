"""The kind of thing that an episode is."""

from __future__ import annotations

from layers_core.contract import ArtefactKind, Body
from layers_core.i18n import gettext as _
from layers_core.i18n import lazy_gettext as _l
from layers_core.i18n import ngettext
from layers_reflect.episodes.arranging import things_of
from layers_reflect.episodes.schemas import EpisodeSchema
from layers_reflect.kinds import EPISODE, WRITE


def summary(body: Body) -> str:
    """How much an episode gathers."""
    number = len(things_of(body))
    return ngettext("%(num)s entry", "%(num)s entries", number) if number else _("Nothing gathered yet")


def words(body: Body) -> str:
    """What it is about and the names of its groups, for search."""
    return "\n".join([body["summary"], *(group["name"] for group in body["groups"])])


EPISODE_KIND = ArtefactKind(
    name=EPISODE,
    version=1,
    schema=EpisodeSchema,
    label=_l("Episode"),
    summary=summary,
    search_text=words,
    page_template="reflect/episodes/body.html",
    permission=WRITE,
    only_for_author=True,
)
"""It stays with its author, because what it gathers is theirs to see. The reflection that it becomes is shared."""
