"""Trials that have ended ask their question on the home page of whoever decides."""

from __future__ import annotations

from flask import url_for

from layers_core.contract import HomeCard
from layers_core.host.builtin import DECIDE_MIX
from layers_core.i18n import gettext as _
from layers_core.practices import trials
from layers_core.web import current


def questions() -> list[HomeCard]:
    """A card for each trial past its end, for a lead or manager; no query."""
    if not current.actor.can(DECIDE_MIX):
        return []
    plugins = current.host.plugins
    return [
        HomeCard(
            heading=choice.question,
            why=_("The trial of %(name)s has ended. It goes on until you decide.", name=str(plugins[slug].meta.name)),
            action=_("Answer"),
            url=url_for("mix.answer", slug=slug),
        )
        for slug, choice in trials.ended_trials(current.actor).items()
        if slug in plugins
    ]
