"""Everything that an entry says, for the formats that hold it as it is: another tool shows this and knows no more."""

from __future__ import annotations

from layers_core.i18n import gettext as _
from layers_reflect.portfolio.interchange import Entry
from layers_reflect.portfolio.readable import facts, promised, said


def sections(entry: Entry) -> list[tuple[str, str]]:
    """What an entry says, as (heading, text): its answers, what it is about, and what was promised."""
    return [*said(entry), *facts(entry), *((_("What I will do"), promised(action)) for action in entry.actions)]
