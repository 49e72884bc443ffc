"""What changed between two states of an episode, in words. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from layers_core.contract import Body
from layers_core.i18n import gettext as _
from layers_reflect.episodes.arranging import LOOSE, things_of

State = tuple[str, Body]
"""A title and a body."""


def told(before: State | None, after: State, name_of: Callable[[str], str]) -> list[str]:
    """Lines that say what changed, the most telling first; `before` is None for the first state.

    `name_of` gives a thing's title, or what stands for it where it is not to be seen.
    """
    if before is None:
        return [_("Begun with: %(thing)s", thing=name_of(thing)) for thing in things_of(after[1])] or [_("Begun")]
    return list(_lines(before, after, name_of)) or [_("Nothing changed")]


def _lines(before: State, after: State, name_of: Callable[[str], str]) -> Iterator[str]:
    old, new = before[1], after[1]
    if before[0] != after[0]:
        yield _("Title changed from “%(before)s” to “%(after)s”", before=before[0], after=after[0])
    if old["summary"] != new["summary"]:
        yield _("What it is about changed")
    yield from _groups(old, new)
    was, now = _places(old), _places(new)
    names = {group["id"]: group["name"] for group in (*old["groups"], *new["groups"])}
    for thing in (key for key in now if key not in was):
        yield _("Added: %(thing)s", thing=name_of(thing))
    for thing in (key for key in was if key not in now):
        yield _("Removed: %(thing)s", thing=name_of(thing))
    stayed = [thing for thing in now if thing in was]
    for thing in stayed:
        if was[thing] != now[thing] and now[thing] != LOOSE:
            yield _("Moved to “%(group)s”: %(thing)s", group=names[now[thing]], thing=name_of(thing))
        elif was[thing] != now[thing] and was[thing] in {group["id"] for group in new["groups"]}:
            yield _("Taken out of “%(group)s”: %(thing)s", group=names[was[thing]], thing=name_of(thing))
    for place in dict.fromkeys(now.values()):
        first = [thing for thing in stayed if was[thing] == now[thing] == place]
        if first != [thing for thing in was if thing in first]:
            yield _("Order changed in “%(group)s”", group=names.get(place, _("Not in a group yet")))


def _groups(old: Body, new: Body) -> Iterator[str]:
    was = {group["id"]: group["name"] for group in old["groups"]}
    now = {group["id"]: group["name"] for group in new["groups"]}
    for key in now:
        if key not in was:
            yield _("New group: %(group)s", group=now[key])
        elif was[key] != now[key]:
            yield _("Group renamed from “%(before)s” to “%(after)s”", before=was[key], after=now[key])
    for key in was:
        if key not in now:
            yield _("Group removed: %(group)s", group=was[key])
    if [key for key in was if key in now] != [key for key in now if key in was]:
        yield _("Order of the groups changed")


def _places(body: Body) -> dict[str, str]:
    """The group of each thing, in the order of the page."""
    placed = {thing: group["id"] for group in body["groups"] for thing in group["things"]}
    return placed | dict.fromkeys(body["loose"], LOOSE)
