"""Whatever is pressed: nothing is lost, nothing stands twice, every way can be gone back, and the words say it."""

from __future__ import annotations

from copy import deepcopy
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers_reflect.episodes import arranging
from layers_reflect.episodes.schemas import EpisodeSchema
from layers_reflect.episodes.telling import told

KEYS = [str(UUID(int=number)) for number in range(1, 8)]
STEPS = st.tuples(
    st.sampled_from([*arranging.MOVES, "add", "new_group", "move_to", "rename"]),
    st.sampled_from(KEYS),
    st.integers(1, 4),
)


def take(body: dict[str, Any], step: tuple[str, str, int]) -> dict[str, Any]:
    verb, thing, number = step
    group = f"g{number}"
    if verb == "add":
        return arranging.add(body, [thing])
    if verb == "new_group":
        return arranging.new_group(body, f"Group {number}")
    if verb == "move_to":
        return arranging.move_to(body, thing, group if number < 4 else arranging.LOOSE)
    if verb == "rename":
        return arranging.rename(body, group, f"Renamed {number}")
    return arranging.MOVES[verb](body, group if "group" in verb else thing)


@given(st.lists(STEPS, max_size=30))
def test_every_step_keeps_an_episode_whole(steps: list[tuple[str, str, int]]) -> None:
    body = arranging.add(arranging.empty("S"), KEYS[:4])
    for step in steps:
        before = deepcopy(body)
        try:
            after = take(body, step)
        except LookupError:
            after = body
        assert body == before
        here, there = arranging.things_of(before), arranging.things_of(after)
        assert len(set(there)) == len(there)
        assert set(here) - set(there) == ({step[1]} if step[0] == "remove" and step[1] in here else set())
        assert set(there) - set(here) == ({step[1]} if step[0] == "add" and step[1] not in here else set())
        assert EpisodeSchema().dump(EpisodeSchema().load(after)) == after
        lines = told(("T", before), ("T", after), lambda key: key)
        assert (lines == ["Nothing changed"]) == (after == before or _only_counted(before, after))
        body = after


def _only_counted(before: dict[str, Any], after: dict[str, Any]) -> bool:
    return {**before, "made": 0} == {**after, "made": 0}


@given(st.sampled_from(KEYS[:4]), st.lists(st.sampled_from(KEYS[:4]), max_size=4))
def test_up_and_down_undo_each_other(thing: str, grouped: list[str]) -> None:
    body = arranging.new_group(arranging.add(arranging.empty(), KEYS[:4]), "G", list(dict.fromkeys(grouped)))
    for there, back in ((arranging.move_up, arranging.move_down), (arranging.move_down, arranging.move_up)):
        moved = there(body, thing)
        assert moved == body or back(moved, thing) == body


@pytest.mark.parametrize("verb", [*arranging.MOVES])
def test_what_is_not_there_is_said(verb: str) -> None:
    with pytest.raises(LookupError):
        arranging.MOVES[verb](arranging.empty(), "g1")
