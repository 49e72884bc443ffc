"""A page's read session after a plugin has had it, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from layers_core.contract import HomeCard, hookimpl
from layers_core.db.session import Database
from layers_core.host.loader import Host
from layers_core.practices.models import Person
from layers_core.testkit.plugins import HOWS, ExamplePlugin, FaultyPlugin, MakeHost, mix_of, plugin_meta, practice_of


@pytest.fixture
def person(database: Database) -> Any:
    """Somebody in the database."""
    with database.write() as session:
        found = Person(name="Amina Khan", email="amina@example.org")
        session.add(found)
        session.flush()
        return found.id


def cards(host: Host, session: Session) -> Any:
    """The home page's cards of a faulty plugin and of a good one after it."""
    return host.doors.page(
        "layers_home_cards", mix_of("aaa", "example"), session=session, practice=practice_of(mix_of()), actor=None
    )


def doing(action: Callable[[Session], object]) -> Any:
    """A plugin whose home card does something with the session first."""

    class Doing:
        meta = plugin_meta("aaa")

        @hookimpl
        def layers_home_cards(self, session: Session) -> list[HomeCard]:
            action(session)
            return [HomeCard("Doing", "why", "Look", "/")]

    return Doing()


def swallow(session: Session) -> None:
    """Fail in the database and say nothing."""
    try:
        session.execute(text("SELECT * FROM no_such_table"))
    except DBAPIError:
        pass


def rename(session: Session) -> None:
    """Change somebody's name."""
    session.scalars(select(Person)).one().name = "Changed"


def remove(session: Session) -> None:
    """Delete somebody."""
    session.delete(session.scalars(select(Person)).one())


def write_sql(session: Session) -> None:
    """Write without the session's knowledge."""
    session.execute(text("UPDATE core_person SET name = 'Changed'"))


def open_savepoint(session: Session) -> None:
    """Leave a savepoint behind."""
    session.begin_nested()


def flush_new(session: Session) -> None:
    """Write by hand."""
    session.add(Person(name="New", email="new@example.org"))
    session.flush()


BAD = (swallow, rename, remove, write_sql, open_savepoint, flush_new, Session.commit, Session.rollback, Session.close)


def check_next(host: Host, session: Session, person: Any) -> None:
    answers = cards(host, session)
    assert [slug for slug, _card in answers] == ["example"]
    assert answers.unavailable == ("aaa",)
    assert not session.new
    assert not session.dirty
    assert not session.deleted
    assert session.scalar(select(Person.name).where(Person.id == person)) == "Amina Khan"


@pytest.mark.parametrize("how", HOWS)
def test_the_page_goes_on_after_a_fault(make_host: MakeHost, database: Database, person: Any, how: Any) -> None:
    host = make_host(FaultyPlugin("layers_home_cards", how, "aaa"), ExamplePlugin(), raise_faults=False)
    with database.read() as session:
        check_next(host, session, person)
        check_next(host, session, person)


@pytest.mark.parametrize("action", BAD, ids=lambda action: action.__name__)
def test_whatever_a_plugin_does_to_the_session_the_next_one_can_read(
    make_host: MakeHost, database: Database, person: Any, action: Any
) -> None:
    host = make_host(doing(action), ExamplePlugin(), raise_faults=False)
    with database.read() as session:
        known = session.get(Person, person)
        check_next(host, session, person)
        assert session.scalars(select(Person)).one().name == "Amina Khan"
        if action is not Session.close:
            assert known is not None
            assert known.name == "Amina Khan"
    with database.read() as session:
        assert session.scalars(select(Person.name)).all() == ["Amina Khan"]


def test_a_fault_is_put_down_to_the_plugin_that_swallowed_it(
    make_host: MakeHost, database: Database, person: Any
) -> None:
    host = make_host(doing(swallow), ExamplePlugin(), raise_faults=False)
    with database.read() as session:
        cards(host, session)
    assert [fault.slug for fault in host.doors.faults.recent] == ["aaa"]


def test_a_plugin_that_only_reads_is_no_fault(make_host: MakeHost, database: Database, person: Any) -> None:
    host = make_host(doing(lambda session: session.scalars(select(Person)).all()), ExamplePlugin())
    with database.read() as session:
        assert [slug for slug, _card in cards(host, session)] == ["aaa", "example"]
        before = session.get_transaction()
        cards(host, session)
        assert session.get_transaction() is before


def test_what_the_caller_changed_itself_is_left_alone(make_host: MakeHost, database: Database, person: Any) -> None:
    host = make_host(doing(lambda session: None), ExamplePlugin())
    with database.write() as session:
        session.add(Person(name="New", email="new@example.org"))
        assert len(host.doors.page("layers_home_cards", mix_of("aaa"), session=session, practice=None, actor=None)) == 1
        assert len(session.new) == 1
