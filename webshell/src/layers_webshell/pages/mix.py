"""The mix: what the practice uses, who decided it and why; suggestions; trials and their answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from layers_core.artefacts.choices import choices
from layers_core.artefacts.followup import today_in
from layers_core.artefacts.service import Saved
from layers_core.contract import PluginChoice, PluginMeta, PluginState, Problem
from layers_core.host.builtin import DECIDE_MIX
from layers_core.i18n import gettext as _
from layers_core.i18n import lazy_gettext
from layers_core.practices import mix, proposals, trials
from layers_core.practices.mix import Decision
from layers_core.practices.proposals import ProposalView
from layers_core.web import Submitted, current, policy, submitted
from layers_webshell.pages.saving import Attempt, Refusal, attempt, refused
from layers_webshell.pages.settings_form import PREFIX, fields_for, submitted_settings

pages = Blueprint("mix", __name__)

Answer = Response | str | tuple[str, int]
STATE_NAMES: Mapping[str, object] = {
    "off": lazy_gettext("Off"),
    "trial": lazy_gettext("On trial"),
    "on": lazy_gettext("On"),
}


@dataclass(frozen=True)
class ToolCard:
    """One tool of the catalogue: how it introduces itself, its place in the mix, and the last decision about it."""

    meta: PluginMeta
    choice: PluginChoice
    last: Decision | None
    ended: bool
    proposals: int

    @property
    def state(self) -> str:
        """Off, on trial or on, in words."""
        return str(STATE_NAMES[self.choice.state])


@pages.get("/<practice>/mix")
@policy("member")
def index() -> str:
    """Every tool that is installed, suggestions and the history of decisions."""
    actor = current.actor
    history = mix.history(current.session, actor.practice.id)
    suggested = proposals.proposals(current.session, actor)
    return render_template(
        "layers/pages/mix.html",
        cards=_cards(history, suggested),
        names=tool_names(),
        history=history,
        open=[item for item in suggested if item.decision == "open"],
        settled=[item for item in suggested if item.decision != "open"],
        decides=actor.can(DECIDE_MIX),
        version=actor.practice.mix.version,
        state_names=STATE_NAMES,
    )


def tool_names() -> dict[str, str]:
    """The names of the installed tools by slug."""
    return {slug: str(loaded.meta.name) for slug, loaded in current.host.plugins.items()}


def _cards(history: list[Decision], suggested: list[ProposalView]) -> list[ToolCard]:
    chosen, ended = current.practice.mix.choices, trials.ended_trials(current.actor)
    return [
        ToolCard(
            loaded.meta,
            chosen.get(slug, PluginChoice()),
            next((decision for decision in history if slug in decision.changed), None),
            slug in ended,
            sum(1 for item in suggested if item.plugin == slug and item.decision == "open"),
        )
        for slug, loaded in current.host.plugins.items()
    ]


@pages.get("/<practice>/mix/change/<slug>")
@policy("member", DECIDE_MIX)
def change(slug: str) -> str:
    """The form that switches a tool and holds its settings."""
    return _change_form(_tool(slug), current.practice.mix.choices.get(slug, PluginChoice()), Submitted({}), None)


@pages.post("/<practice>/mix/change/<slug>")
@policy("member", DECIDE_MIX)
def save_change(slug: str) -> Answer:
    """Decide."""
    meta, form = _tool(slug), submitted()
    schema = current.host.registry.settings_schemas.get(slug)
    until = form.date("until")
    state = form.one_of("state", STATE_NAMES, _("Choose off, trial or on"))
    trial = state == "trial"
    states: dict[str, PluginState] = {name: name for name in mix.STATES}
    choice = PluginChoice(
        state=states.get(state, "off"),
        settings=submitted_settings(schema, form),
        until=until if trial else None,
        question=form.get("question") if trial else "",
    )
    if form.problems:
        return _change_form(meta, choice, form, refused(form.problems)), 422
    expected = _number(form.get("expected"))
    done = attempt(
        lambda: mix.switch(current.artefacts, current.actor, slug, choice, form.get("reason"), expected=expected)
    )
    if done.refusal:
        refusal = refused(_about_fields(done.refusal)) if done.refusal.status == 422 else done.refusal
        return _change_form(meta, choice, form, refusal), refusal.status
    flash(_("%(name)s is now: %(state)s", name=str(meta.name), state=str(STATE_NAMES[choice.state])), "success")
    return redirect(url_for("mix.index"), 303)


def _about_fields(refusal: Refusal) -> list[Problem]:
    """Problems of the settings schema are about the form's own names for its fields."""
    own = {"", "state", "reason", "until-day", "question"}
    return [
        problem if problem.field in own else Problem(problem.message, PREFIX + problem.field.partition(".")[0])
        for problem in refusal.problems
    ]


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else -1


def _tool(slug: str) -> PluginMeta:
    loaded = current.host.plugins.get(slug)
    if loaded is None:
        abort(404)
    return loaded.meta


def _change_form(meta: PluginMeta, choice: PluginChoice, form: Submitted, refusal: Refusal | None) -> str:
    schema = current.host.registry.settings_schemas.get(meta.slug)
    return render_template(
        "layers/pages/mix_change.html",
        meta=meta,
        choice=choice,
        state=form.get("state", choice.state),
        settings=fields_for(schema, choice.settings),
        states=[(code, str(name)) for code, name in STATE_NAMES.items()],
        fields=form,
        problems=refusal.problems if refusal else (),
        version=current.practice.mix.version,
        today=today_in(current.practice.time_zone),
    )


@pages.get("/<practice>/mix/suggest")
@policy("member")
def suggest() -> str:
    """The form of a suggestion; it carries the page that somebody came from."""
    return _suggest_form(Submitted(request.args), None)


@pages.post("/<practice>/mix/suggest")
@policy("member")
def save_suggestion() -> Answer:
    """Keep a suggestion."""
    form = submitted()
    page = form.get("page")
    inside = page if page.startswith(f"/{current.practice.slug}/") else ""
    done = attempt(
        lambda: proposals.propose(
            current.artefacts,
            current.actor,
            form.get("text"),
            page=inside,
            plugin=form.get("plugin"),
            wanted=form.get("wanted"),
        )
    )
    if done.refusal:
        return _suggest_form(form, done.refusal), done.refusal.status
    flash(_("Thank you. Your colleagues can support your suggestion; a lead or manager decides."), "success")
    return redirect(url_for("mix.index", _anchor="suggestions"), 303)


def _suggest_form(form: Submitted, refusal: Refusal | None) -> str:
    tools = [("", _("Something else")), *tool_names().items()]
    wanted = [("", _("No switch")), *((code, str(name)) for code, name in STATE_NAMES.items())]
    return render_template(
        "layers/pages/mix_suggest.html",
        fields=form,
        tools=tools,
        wanted=wanted,
        problems=refusal.problems if refusal else (),
    )


@pages.post("/<practice>/mix/suggestions/<uuid:proposal_id>/support")
@policy("member")
def support(proposal_id: UUID) -> Response:
    """Support a suggestion, or take the support back."""
    on = submitted().get("support") != "no"
    done = attempt(lambda: proposals.support(current.artefacts, current.actor, proposal_id, on=on))
    return _back(done, _("You support this suggestion") if on else _("You no longer support this suggestion"))


@pages.post("/<practice>/mix/suggestions/<uuid:proposal_id>/decide")
@policy("member", DECIDE_MIX)
def settle(proposal_id: UUID) -> Response:
    """Accept or decline a suggestion, with a reason."""
    form = submitted()
    accepted = form.get("decision") == "accept"
    done = attempt(
        lambda: proposals.settle(
            current.artefacts, current.actor, proposal_id, accepted=accepted, reason=form.get("reason")
        )
    )
    return _back(done, _("Suggestion accepted") if accepted else _("Suggestion declined"))


def _back(done: Attempt, message: str) -> Response:
    refusal = done.refusal
    flash(str(refusal.problems[0].message) if refusal else message, "error" if refusal else "success")
    return redirect(url_for("mix.index", _anchor="suggestions"), 303)


@pages.get("/<practice>/mix/roll-back/<int:version>")
@policy("member", DECIDE_MIX)
def roll_back(version: int) -> str:
    """Ask why, before an earlier mix is brought back."""
    return _roll_back_form(version, Submitted({}), None)


@pages.post("/<practice>/mix/roll-back/<int:version>")
@policy("member", DECIDE_MIX)
def save_roll_back(version: int) -> Answer:
    """Bring an earlier mix back."""
    form = submitted()
    expected = _number(form.get("expected"))
    done = attempt(
        lambda: mix.roll_back(current.artefacts, current.actor, version, form.get("reason"), expected=expected)
    )
    if done.refusal:
        return _roll_back_form(version, form, done.refusal), done.refusal.status
    flash(_("Everything is as it was in version %(version)s", version=version), "success")
    return redirect(url_for("mix.index"), 303)


def _roll_back_form(version: int, form: Submitted, refusal: Refusal | None) -> str:
    history = {decision.version: decision for decision in mix.history(current.session, current.practice.id)}
    if version not in history:
        abort(404)
    target, now = history[version].choices, current.practice.mix.choices
    changed = [
        (name, str(STATE_NAMES[_state(now, slug)]), str(STATE_NAMES[_state(target, slug)]))
        for slug, name in tool_names().items()
        if now.get(slug) != target.get(slug)
    ]
    return render_template(
        "layers/pages/mix_roll_back.html",
        decision=history[version],
        changed=changed,
        fields=form,
        version=current.practice.mix.version,
        problems=refusal.problems if refusal else (),
    )


def _state(chosen: Mapping[str, PluginChoice], slug: str) -> str:
    return chosen.get(slug, PluginChoice()).state


@pages.get("/<practice>/mix/answer/<slug>")
@policy("member", DECIDE_MIX)
def answer(slug: str) -> str:
    """The form that keeps what a trial answered."""
    return _answer_form(slug, Submitted({}), None)


@pages.post("/<practice>/mix/answer/<slug>")
@policy("member", DECIDE_MIX)
def save_answer(slug: str) -> Answer:
    """Keep what a trial answered, for the practice or for a cluster."""
    form = submitted()
    done = attempt(
        lambda: trials.answer_trial(
            current.artefacts,
            current.actor,
            slug,
            form.get("answer"),
            form.get("audience"),
            form.guard(),
            form.client_key,
        )
    )
    if done.refusal:
        return _answer_form(slug, form, done.refusal), done.refusal.status
    assert isinstance(done.result, Saved)
    flash(_("Your answer is kept. Now decide whether it stays"), "success")
    return redirect(url_for("thing.show", thing_id=done.result.id), 303)


def _answer_form(slug: str, form: Submitted, refusal: Refusal | None) -> str:
    meta, choice = _tool(slug), current.practice.mix.choices.get(slug, PluginChoice())
    if choice.state != "trial":
        abort(404)
    audiences = [item for item in choices(current.session, current.host, current.actor) if item.key != "me"]
    return render_template(
        "layers/pages/mix_answer.html",
        meta=meta,
        choice=choice,
        audiences=audiences,
        chosen=form.get("audience", "practice"),
        fields=form,
        refusal=refusal,
        problems=refusal.problems if refusal else (),
    )
