"""Episodes on their way in: what they gather has other keys here than in the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from marshmallow import ValidationError

from layers_core.contract import Body
from layers_core.i18n import gettext as _
from layers_core.i18n import ngettext
from layers_reflect.episodes.arranging import mapped, things_of
from layers_reflect.episodes.schemas import EpisodeSchema
from layers_reflect.portfolio.interchange import Entry, Report

_SCHEMA = EpisodeSchema()


def parts(entry: Entry) -> list[UUID]:
    """The keys that an episode's things have in the file; none where it does not have the shape of one."""
    body = _body(entry)
    return [UUID(key) for key in things_of(body)] if body else []


def gathering(entry: Entry, here: Mapping[UUID, UUID], report: Report) -> Entry:
    """The episode with the keys that its things have here; what is not here is left out and noted."""
    body = _body(entry)
    if body is None:
        # The check before each save says what is wrong with it, and keeps its words as a note.
        return entry
    kept = mapped(body, lambda key: str(here[UUID(key)]) if UUID(key) in here else None)
    if missing := len(things_of(body)) - len(things_of(kept)):
        why = ngettext(
            "%(num)s entry that it gathers is not here", "%(num)s entries that it gathers are not here", missing
        )
        report.note(_("an episode"), entry.id.urn, why)
    return replace(entry, other=kept)


def _body(entry: Entry) -> Body | None:
    try:
        dumped: Body = _SCHEMA.dump(_SCHEMA.load(dict(entry.other)))
    except ValidationError:
        return None
    return dumped
