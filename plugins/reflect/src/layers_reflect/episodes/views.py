"""The pages of episodes: gather, arrange, add, versions, and write a reflection from one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from layers_core.artefacts.errors import CheckFailed, DraftRefused, EditConflict, GuardStop, NotAllowed, NotFound
from layers_core.contract import Problem, Thing
from layers_core.host.doors import DoorFault
from layers_core.i18n import gettext as _
from layers_core.web import Submitted, current, parse_uuid, policy, submitted
from layers_reflect import prompts
from layers_reflect.episodes import reading, service, showing
from layers_reflect.episodes.arranging import add, things_of
from layers_reflect.episodes.forms import NEW, asked, pressed, title_of
from layers_reflect.episodes.telling import told
from layers_reflect.kinds import WRITE
from layers_reflect.views import staff
from layers_reflect.writing import read


@staff.get("/episodes/gather")
@policy("member", WRITE)
def gather() -> str:
    """Choose the episode for the `entries` that the query names, or begin a new one, also with nothing in it yet."""
    return showing.gathering(Submitted(request.args))


@staff.post("/episodes/gather")
@policy("member", WRITE)
def gather_into() -> ResponseReturnValue:
    """Put the entries into the chosen episode, or into a new one."""
    form = submitted()
    things = list(showing.seen(showing.keys_of(form)))
    chosen = form.get("episode") or NEW
    if chosen == NEW:
        return _begin(form, things)
    key = parse_uuid(chosen)
    found = _own(key) if key else abort(404)
    wanted = [str(thing) for thing in things]

    def save() -> UUID:
        service.change(
            current.artefacts,
            current.actor,
            found,
            lambda title, body: (title, add(body, wanted)),
            found.revision,
            form.guard(),
        )
        return found.id

    refused = _refused(save, lambda problems, **more: showing.gathering(form, problems, **more))
    return refused or _told(found.id, _("Gathered in “%(title)s”.", title=found.title), "")


def _begin(form: Submitted, things: list[UUID]) -> ResponseReturnValue:
    problems: list[Problem] = []
    title = title_of(form, problems)
    if problems:
        return showing.gathering(form, problems), 422
    made: list[UUID] = []

    def save() -> None:
        saved = service.begin(
            current.artefacts, current.actor, title, form.get("summary"), things, form.guard(), form.client_key
        )
        made.append(saved.id)

    refused = _refused(save, lambda problems, **more: showing.gathering(form, problems, **more))
    return refused or _told(made[0], _("Your episode is saved. Only you see it."), "")


@staff.get("/episodes/<uuid:episode_id>")
@policy("member", WRITE)
def episode(episode_id: UUID) -> str:
    """An episode to arrange; `ask` in the query opens one form: `about`, `group`, `rename:<group>`, `to:<thing>`."""
    found = _own(episode_id)
    if question := request.args.get("ask", ""):
        return showing.question(found, question, Submitted({}), found.revision)
    return showing.whole(found)


@staff.post("/episodes/<uuid:episode_id>")
@policy("member", WRITE)
def change_episode(episode_id: UUID) -> ResponseReturnValue:
    """Take the step that the pressed button names; the page comes back with the button in focus."""
    found, form = _own(episode_id), submitted()
    button, revision = pressed(form), form.whole("revision") or 0
    if button.verb == "back":
        return _go_back(found, button.subject, revision)
    if button.verb == "add" and showing.keys_of(form):
        form = _only_seen(form)
    what = asked(form)
    step, again = what.step, _again(found, form, button.verb, revision)
    if what.problems:
        return again(what.problems), 422
    if step is None:
        abort(404)

    def save() -> None:
        service.change(current.artefacts, current.actor, found, step, revision, form.guard())

    refused = _refused(save, again)
    return refused or _told(found.id, _said(found, button.verb, button.subject), _focus(button.verb, button.subject))


def _only_seen(form: Submitted) -> Submitted:
    """The form with those of its entries that the actor may see: nobody gathers what they were never shown."""
    seen = [str(key) for key in showing.seen(showing.keys_of(form))] or abort(404)
    values = request.form.copy()
    values.setlist("entries", seen)
    return Submitted(values)


def _go_back(found: Thing, number: str, revision: int) -> ResponseReturnValue:
    wanted = int(number) if number.isdecimal() and len(number) < 10 else 0
    state = reading.state(current.session, current.host, current.actor, found, wanted) if wanted else None
    if state is None:
        abort(404)

    def save() -> None:
        service.change(current.artefacts, current.actor, found, lambda *_now: state, revision, looked_at=state)

    refused = _refused(save, _again(found, Submitted({}), "back", revision))
    return refused or _told(found.id, _("This is the earlier version. The later ones are kept too."), "")


@staff.get("/episodes/<uuid:episode_id>/add")
@policy("member", WRITE)
def episode_add(episode_id: UUID) -> str:
    """Things to add: what a search for `q` finds, else one's latest entries, narrowed as in the timeline."""
    found, values = _own(episode_id), Submitted(request.args)
    return showing.adding(found, values, found.revision)


@staff.get("/episodes/<uuid:episode_id>/versions")
@policy("member", WRITE)
def episode_versions(episode_id: UUID) -> str:
    """The states that the episode was in, each with what changed; `every` shows each step of a sitting."""
    found = _own(episode_id)
    every = bool(request.args.get("every"))
    states = reading.states(current.session, current.host, current.actor, found, every_step=every)
    keys = {thing for state in states for thing in things_of(state.body)}
    names = {str(member.id): member.title for member in reading.members(current.session, current.actor, keys)}

    def name_of(thing: str) -> str:
        return names.get(thing, _("something that is out of sight now"))

    shown = states[: reading.MOST_STATES]
    versions = [
        (state, told((earlier.title, earlier.body) if earlier else None, (state.title, state.body), name_of))
        for state, earlier in zip(shown, [*states[1:], None], strict=False)
    ]
    return render_template("reflect/episodes/versions.html", episode=found, versions=versions, every=every)


@staff.get("/episodes/<uuid:episode_id>/reflection")
@policy("member", WRITE)
def episode_reflection(episode_id: UUID) -> str:
    """The form for the reflection that the episode becomes, begun with its groups and titles."""
    found = _own(episode_id)
    members = reading.members(current.session, current.actor, things_of(found.body))
    template = prompts.offered(current.practice)
    groups = reading.arranged(found.body, members, _("Not in a group"))
    return showing.reflection(found, members, Submitted({template.first.id: showing.outline(found, groups)}))


@staff.post("/episodes/<uuid:episode_id>/reflection")
@policy("member", WRITE)
def keep_episode_reflection(episode_id: UUID) -> ResponseReturnValue:
    """Keep the reflection; every refusal shows the form again with what was typed."""
    found, form = _own(episode_id), submitted()
    members = reading.members(current.session, current.actor, things_of(found.body))
    template = prompts.offered(current.practice)
    answers, problems = read(template.questions, form)
    if problems:
        return showing.reflection(found, members, form, problems), 422
    made: list[UUID] = []

    def save() -> None:
        things = reading.seen(found.body, members)
        saved = service.write_from(
            current.artefacts, current.actor, found, things, template, answers, form.guard(), form.client_key
        )
        made.append(saved.id)

    refused = _refused(save, lambda problems, **more: showing.reflection(found, members, form, problems, **more))
    return refused or redirect(url_for("thing.show", thing_id=made[0], saved=1), 303)


def _refused(save: Callable[[], object], page: Callable[..., str]) -> ResponseReturnValue | None:
    """Save; where that is refused, the page that says why, with what was typed. None where it went well."""
    try:
        save()
    except DraftRefused as refused:
        return page(refused.problems), 422
    except GuardStop as stop:
        return page((), stop=stop), 422
    except EditConflict:
        words = _("This episode was changed since you opened it. Nothing is lost: look again, then repeat this")
        return page([Problem(words)]), 409
    except LookupError:
        return page([Problem(_("That is not in this episode any more. Look again"))]), 409
    except (NotAllowed, NotFound):
        abort(404)
    except (CheckFailed, DoorFault):
        return page([Problem(_("We could not save this just now. Try again in a minute"))]), 503
    return None


def _own(episode_id: UUID) -> Thing:
    found = reading.own(current.session, current.host, current.actor, episode_id)
    return found or abort(404)


def _told(episode_id: UUID, words: str, focus: str) -> ResponseReturnValue:
    """Back to the page; `focus` is the id of what was pressed, so that the keyboard goes on where it was."""
    flash(words, "success")
    return redirect(url_for("reflect.episode", episode_id=episode_id, _anchor=focus or None), 303)


def _focus(verb: str, subject: str) -> str:
    """Where the keyboard goes on after a step."""
    return {
        "to": f"to-{subject}",
        "rename": f"rename-{subject}",
        "remove": "gathered",
        "remove_group": "gathered",
        "group": "new-group",
    }.get(verb, f"{verb}-{subject}" if subject else "")


def _said(found: Thing, verb: str, subject: str) -> str:
    """What the step did, naming the thing or group."""
    group = next((group["name"] for group in found.body["groups"] if group["id"] == subject), "")
    thing = parse_uuid(subject)
    name = group or (next(iter(showing.seen([thing]).values()), _("It")) if thing else "")
    words = {
        "up": _("“%(name)s” moved up.", name=name),
        "group_up": _("“%(name)s” moved up.", name=name),
        "down": _("“%(name)s” moved down.", name=name),
        "group_down": _("“%(name)s” moved down.", name=name),
        "to": _("“%(name)s” moved.", name=name),
        "remove": _("“%(name)s” is no longer in this episode. It is kept where it was.", name=name),
        "remove_group": _("Group “%(name)s” removed. What was in it is not in a group now.", name=name),
        "add": _("Added."),
        "group": _("Group added."),
    }
    return words.get(verb, _("Your changes are saved."))


def _again(found: Thing, form: Submitted, verb: str, revision: int) -> Callable[..., str]:
    """What shows a refused form again: the page of its own that it came from, else the whole episode."""

    def page(problems: Iterable[Problem] = (), stop: GuardStop | None = None) -> str:
        fresh = _own_again(found)
        if verb == "add":
            return showing.adding(fresh, form, fresh.revision, problems)
        if verb in {"about", "group", "rename", "to"}:
            return showing.question(
                fresh, form.get("do"), form, fresh.revision if problems else revision, problems, stop
            )
        return showing.whole(fresh, problems)

    return page


def _own_again(found: Thing) -> Thing:
    """The episode as it is by now: the page that is shown after a refusal goes on from there."""
    with current.artefacts.database.read() as session:
        return reading.own(session, current.host, current.actor, found.id) or abort(404)
