"""What the pages of episodes show. Nothing here knows the request: a form comes in as it was sent."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from flask import abort, render_template

from layers_core.artefacts import reading as core_reading
from layers_core.artefacts.errors import GuardStop
from layers_core.contract import Problem, Thing
from layers_core.i18n import gettext as _
from layers_core.web import Submitted, current, parse_uuid
from layers_reflect import prompts
from layers_reflect.episodes import reading
from layers_reflect.episodes.arranging import things_of
from layers_reflect.episodes.forms import NEW
from layers_reflect.episodes.schemas import MOST_THINGS
from layers_reflect.kinds import EPISODE
from layers_reflect.profiles import profile_of
from layers_reflect.timeline import filters
from layers_reflect.timeline import reading as timeline

FOUND_AT_ONCE = 20


def keys_of(form: Submitted) -> list[UUID]:
    """The keys of the entries that a form or address names, each once, as many as an episode holds."""
    keys = [key for word in form.getlist("entries") if (key := parse_uuid(word))]
    return list(dict.fromkeys(keys))[:MOST_THINGS]


def seen(keys: list[UUID]) -> dict[UUID, str]:
    """Those of these things that the actor may see, with their titles, in the given order; never an episode."""
    found = {member.id: member for member in reading.members(current.session, current.actor, keys)} if keys else {}
    return {key: found[key].title for key in keys if key in found and found[key].kind != EPISODE}


def whole(found: Thing, problems: Iterable[Problem] = ()) -> str:
    """An episode to arrange."""
    members = reading.members(current.session, current.actor, things_of(found.body), came_of=found.id)
    here = set(things_of(found.body))
    return render_template(
        "reflect/episodes/episode.html",
        episode=found,
        groups=reading.arranged(found.body, members, _("Not in a group yet")),
        became=[member for member in members if str(member.id) not in here],
        number=len(here),
        problems=list(problems),
    )


def question(
    found: Thing,
    asked_for: str,
    form: Submitted,
    revision: int,
    problems: Iterable[Problem] = (),
    stop: GuardStop | None = None,
) -> str:
    """One form of an episode, alone on its page. Not found where it is about what the episode does not hold."""
    verb, _colon, subject = asked_for.partition(":")
    groups = {group["id"]: group["name"] for group in found.body["groups"]}
    is_known = {
        "about": not subject,
        "group": not subject,
        "rename": subject in groups,
        "to": subject in things_of(found.body),
    }
    if not is_known.get(verb):
        if not problems:
            abort(404)
        return whole(found, problems)
    thing = parse_uuid(subject)
    about = {"title": found.title, "summary": found.body["summary"]}
    place = next((group["id"] for group in found.body["groups"] if subject in group["things"]), "")
    return render_template(
        "reflect/episodes/ask.html",
        episode=found,
        verb=verb,
        subject=subject,
        name=next(iter(seen([thing]).values()), "") if thing else groups.get(subject, ""),
        groups=[("", _("Not in a group")), *groups.items(), (NEW, _("A new group"))],
        values=form if form.values else {**about, "name": groups.get(subject, ""), "group": place},
        form=form,
        revision=revision,
        problems=list(problems),
        stop=stop,
    )


def gathering(form: Submitted, problems: Iterable[Problem] = (), stop: GuardStop | None = None) -> str:
    """Where to gather the entries that a form names: an episode that is there, or a new one."""
    entries = seen(keys_of(form))
    known = reading.all_of(current.session, current.actor) if entries else []
    return render_template(
        "reflect/episodes/gather.html",
        entries=entries,
        episodes=[*((str(key), title) for key, title in known), (NEW, _("A new episode"))],
        none_yet=not known,
        chosen=form.get("episode") or (str(known[0][0]) if known else NEW),
        values=form,
        problems=list(problems),
        stop=stop,
    )


def adding(found: Thing, values: Submitted, revision: int, problems: Iterable[Problem] = ()) -> str:
    """What may be added: what a search finds, else one's latest entries, without what is gathered already."""
    here, words = set(things_of(found.body)), values.get("q")
    offered: list[tuple[Thing, date]]
    narrowed = filters.read(values)
    older = None
    if words:
        hits = core_reading.find(current.session, current.host, current.actor, words, limit=FOUND_AT_ONCE)
        offered = [(hit.thing, hit.thing.created_at) for hit in hits]
    else:
        page = timeline.page(current.session, current.host, current.actor, narrowed.wanted, values.get("older"))
        offered = [(entry.note, entry.on) for month in page.months for entry in month.entries]
        older = page.older
    return render_template(
        "reflect/episodes/add.html",
        episode=found,
        offered=[(thing, on) for thing, on in offered if str(thing.id) not in here and thing.kind != EPISODE],
        ticked=values.getlist("entries"),
        words=words,
        older=older,
        filters=narrowed,
        chosen=filters.chosen(narrowed),
        narrow=filters.offered(narrowed, profile_of(current.session, current.actor).schemes),
        revision=revision,
        room=MOST_THINGS - len(here),
        problems=list(problems),
    )


def outline(found: Thing, groups: Iterable[reading.Gathered]) -> str:
    """The groups as headings over the titles of their things, to write on under."""
    lines = [found.body["summary"], ""] if found.body["summary"] else []
    for group in groups:
        titles = [f"- {member.title}" for _key, member in group.members if member]
        if titles:
            lines += [group.name, *titles, ""]
    return "\n".join([*lines, ""])


def reflection(
    found: Thing,
    members: list[reading.Member],
    values: Submitted,
    problems: Iterable[Problem] = (),
    stop: GuardStop | None = None,
) -> str:
    """The form for the reflection that an episode becomes."""
    return render_template(
        "reflect/episodes/reflection.html",
        episode=found,
        number=len(members),
        template=prompts.offered(current.practice),
        values=values,
        problems=list(problems),
        stop=stop,
    )
