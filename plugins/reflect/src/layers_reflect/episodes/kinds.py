"""The kind of thing that an episode is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from layers_core.contract import ArtefactKind, Body
from layers_core.i18n import gettext as _
from layers_core.i18n import lazy_gettext as _l
from layers_core.i18n import ngettext
from layers_reflect.episodes.arranging import things_of
from layers_reflect.episodes.schemas import EpisodeSchema
from layers_reflect.kinds import EPISODE, WRITE


def summary(body: Body) -> str:
    """How much an episode gathers."""
    return _number(things_of(body)) if things_of(body) else _("Nothing gathered yet")


def words(body: Body) -> str:
    """What it is about and the names of its groups, for search."""
    return "\n".join([body["summary"], *(group["name"] for group in body["groups"])])


def told(body: Body) -> Iterator[tuple[str, str]]:
    """What it is about, and how much each group gathers: the entries themselves may be out of sight."""
    yield _("What it is about"), body["summary"]
    for group in body["groups"]:
        yield group["name"], _number(group["things"])
    if body["loose"]:
        yield _("Not in a group yet"), _number(body["loose"])


def _number(things: Sequence[str]) -> str:
    return ngettext("%(num)s entry", "%(num)s entries", len(things))


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
    told=told,
)
"""It stays with its author, because what it gathers is theirs to see. The reflection that it becomes is shared."""
