"""Trials of plugins: those that have ended, and what they answered."""

from __future__ import annotations

from layers_core.artefacts.errors import NotFound
from layers_core.artefacts.followup import today_in
from layers_core.artefacts.service import ArtefactService, Saved
from layers_core.contract import Actor, Draft, GuardAnswer, PluginChoice
from layers_core.i18n import gettext as _

TRIAL_ANSWER = "core.trial_answer"


def ended_trials(actor: Actor) -> dict[str, PluginChoice]:
    """The trials of the actor's practice that are past their end, which go on and ask their question, by slug."""
    today = today_in(actor.practice.time_zone)
    return {
        slug: choice
        for slug, choice in actor.practice.mix.choices.items()
        if choice.state == "trial" and choice.until is not None and choice.until < today
    }


def answer_trial(
    service: ArtefactService,
    actor: Actor,
    slug: str,
    answer: str,
    audience: str,
    guard: GuardAnswer,
    client_key: str = "",
) -> Saved:
    """Keep what the practice found out by a trial, for itself or for a cluster.

    Raises NotFound where the plugin is not on trial, and what `ArtefactService.save` does.
    """
    choice = actor.practice.mix.choices.get(slug)
    if choice is None or choice.state != "trial":
        raise NotFound(slug)
    name = str(service.host.plugins[slug].meta.name) if slug in service.host.plugins else slug
    draft = Draft(
        kind=TRIAL_ANSWER,
        title=_("What we found: %(name)s", name=name),
        body={"plugin": slug, "plugin_name": name, "question": choice.question, "answer": answer},
        audience=audience,
        guard=guard,
    )
    return service.save(actor, draft, client_key)
