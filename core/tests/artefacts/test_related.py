"""Related things: by shared words, explained, and only what the reader may see."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event

from layers_core.artefacts import reading, related
from layers_core.contract import Actor, Draft, NewLink
from layers_core.vocabulary import vocabulary

from .conftest import World


@pytest.fixture
def nurse(world: World) -> Actor:
    return world.actor("nurse@manor.example", "manor")


def save(world: World, actor: Actor, text: str, audience: str = "practice") -> UUID:
    return world.service.save(actor, Draft("core.note", text[:80], {"text": text}, audience=audience)).id


def found(world: World, actor: Actor, key: UUID, limit: int = 3) -> dict[UUID, tuple[str, ...]]:
    with world.database.read() as session:
        thing = reading.get(session, world.host, actor, key)
        assert thing is not None
        return {item.thing.id: item.words for item in related.related(session, world.host, actor, thing, limit)}


def test_they_share_words_and_say_which(world: World, nurse: Actor) -> None:
    gp = world.actor("gp@manor.example", "manor")
    close = save(world, gp, "Recommendation: print letters large for people with poor sight")
    less = save(world, gp, "The printer stopped; all letters were late")
    save(world, gp, "The spirometer was out of date")
    save(world, gp, "A letter about the fridge")
    key = save(world, nurse, "She could not see the letter; we printed it large")
    assert found(world, nurse, key) == {close: ("letter", "printed", "large")}
    assert less not in found(world, nurse, key)


def test_nothing_that_the_reader_may_not_see_and_nothing_linked_already(world: World, nurse: Actor) -> None:
    gp = world.actor("gp@manor.example", "manor")
    outside = world.actor("gp@outside.example", "outside")
    save(world, gp, "Large print letters, kept private", "me")
    save(world, outside, "Large print letters of another practice")
    linked = save(world, gp, "Large print letters, linked")
    back = save(world, gp, "Large print letters, linked the other way")
    key = save(world, nurse, "Letters in large print")
    assert set(found(world, nurse, key)) == {linked, back}
    world.service.link(nurse, key, NewLink("evidence_for", linked))
    world.service.link(nurse, back, NewLink("prompted_by", key))
    assert found(world, nurse, key) == {}


def test_more_shared_words_come_first_then_the_newest(world: World, nurse: Actor) -> None:
    two = save(world, nurse, "large letters")
    three = save(world, nurse, "large print letters")
    newer = save(world, nurse, "letters print")
    key = save(world, nurse, "Letters in large print for everybody")
    assert list(found(world, nurse, key)) == [three, newer, two]
    assert list(found(world, nurse, key, limit=1)) == [three]


def test_four_queries_at_most(world: World, nurse: Actor) -> None:
    for number in range(30):
        save(world, nurse, f"Letters in large print, number {number}")
    key = save(world, nurse, "Letters in large print for everybody")
    with world.database.read() as session:
        thing = reading.get(session, world.host, nurse, key)
        assert thing is not None
        with counted(session.get_bind()) as statements:
            assert len(related.related(session, world.host, nurse, thing)) == 3
    assert len(statements) <= 4


@contextmanager
def counted(engine: Any) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize(
    "family", [("letter", "letters"), ("print", "printed", "printing", "prints"), ("ask", "asks", "asked", "asking")]
)
def test_endings_do_not_matter(family: tuple[str, ...]) -> None:
    assert len({related.stem(word) for word in family}) == 1


@given(st.text(max_size=400))
def test_terms_are_few_telling_words_of_the_text(text: str) -> None:
    terms = related.terms_of(text)
    assert len(terms) <= 12
    for stem, word in terms.items():
        assert word in text.casefold()
        assert word.startswith(stem)
        assert len(stem) >= 3
        assert word not in vocabulary("stop_words")
