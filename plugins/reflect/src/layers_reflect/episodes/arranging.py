"""Moving things about in an episode: from one body to the next. Pure: nothing here knows the database or a request.

Each step raises LookupError where the thing or group that it is about is not in the body.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from copy import deepcopy
from typing import Any

from layers_core.contract import Body

LOOSE = ""
"""The place of what is in no group yet."""


def empty(summary: str = "") -> Body:
    """The body of an episode that gathers nothing yet."""
    return {"summary": summary, "groups": [], "loose": [], "made": 0}


def lists_of(body: Body) -> list[list[str]]:
    """The lists of things as they stand on the page: those of the groups, then what is in no group yet."""
    return [*(group["things"] for group in body["groups"]), body["loose"]]


def things_of(body: Body) -> list[str]:
    """The keys of all things, as they stand on the page."""
    return [thing for things in lists_of(body) for thing in things]


def add(body: Body, things: Iterable[str]) -> Body:
    """Put things at the end of what is in no group yet; those that are here already stay where they are."""
    made, here = deepcopy(body), set(things_of(body))
    made["loose"] += [thing for thing in dict.fromkeys(things) if thing not in here]
    return made


def remove(body: Body, thing: str) -> Body:
    """Take a thing out of the episode; the thing itself stays."""
    made = deepcopy(body)
    things, _place = _found(made, thing)
    things.remove(thing)
    return made


def move_up(body: Body, thing: str) -> Body:
    """One place up; from the top of a group to the end of the one before."""
    made = deepcopy(body)
    lists = lists_of(made)
    things, place = _found(made, thing)
    at = things.index(thing)
    if at:
        things[at - 1], things[at] = thing, things[at - 1]
    elif place:
        things.remove(thing)
        lists[place - 1].append(thing)
    return made


def move_down(body: Body, thing: str) -> Body:
    """One place down; from the end of a group to the top of the next."""
    made = deepcopy(body)
    lists = lists_of(made)
    things, place = _found(made, thing)
    at = things.index(thing)
    if at + 1 < len(things):
        things[at + 1], things[at] = thing, things[at + 1]
    elif place + 1 < len(lists):
        things.remove(thing)
        lists[place + 1].insert(0, thing)
    return made


def move_to(body: Body, thing: str, group: str) -> Body:
    """To the end of a group, or of what is in no group; a thing that is there already stays where it is."""
    made = deepcopy(body)
    things, _place = _found(made, thing)
    there = made["loose"] if group == LOOSE else _group(made, group)["things"]
    if there is not things:
        things.remove(thing)
        there.append(thing)
    return made


def new_group(body: Body, name: str, things: Collection[str] = ()) -> Body:
    """Add a group at the end; `things` move into it."""
    made = deepcopy(body)
    made["made"] += 1
    made["groups"].append({"id": f"g{made['made']}", "name": name, "things": []})
    for thing in things:
        made = move_to(made, thing, f"g{made['made']}")
    return made


def rename(body: Body, group: str, name: str) -> Body:
    """Give a group another name."""
    made = deepcopy(body)
    _group(made, group)["name"] = name
    return made


def remove_group(body: Body, group: str) -> Body:
    """Remove a group; its things stay in the episode, in no group."""
    made = deepcopy(body)
    gone = _group(made, group)
    made["groups"].remove(gone)
    made["loose"] = [*gone["things"], *made["loose"]]
    return made


def group_up(body: Body, group: str) -> Body:
    """A group one place up."""
    return _shifted(body, group, -1)


def group_down(body: Body, group: str) -> Body:
    """A group one place down."""
    return _shifted(body, group, 1)


def mapped(body: Body, other: Callable[[str], str | None]) -> Body:
    """The same with other keys for its things; a thing for which there is None is left out."""
    made = deepcopy(body)
    for things in lists_of(made):
        things[:] = dict.fromkeys(key for thing in things if (key := other(thing)) is not None)
    return made


def _shifted(body: Body, group: str, by: int) -> Body:
    made = deepcopy(body)
    groups = made["groups"]
    at = groups.index(_group(made, group))
    if 0 <= at + by < len(groups):
        groups[at], groups[at + by] = groups[at + by], groups[at]
    return made


def _found(body: Body, thing: str) -> tuple[list[str], int]:
    for place, things in enumerate(lists_of(body)):
        if thing in things:
            return things, place
    raise LookupError(f"No thing {thing} in this episode")


def _group(body: Body, group: str) -> dict[str, Any]:
    for known in body["groups"]:
        if known["id"] == group:
            found: dict[str, Any] = known
            return found
    raise LookupError(f"No group {group} in this episode")


MOVES: dict[str, Callable[[Body, str], Body]] = {
    "up": move_up,
    "down": move_down,
    "remove": remove,
    "group_up": group_up,
    "group_down": group_down,
    "remove_group": remove_group,
}
"""What one press of a button does to the thing or group that it names."""
