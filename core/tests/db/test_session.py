"""Readers read, a unit is saved whole or not at all, and nobody but the unit ends it."""

from __future__ import annotations

import contextlib
import os
import threading

import pytest
from sqlalchemy import event, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, InvalidRequestError

from layers_core.db.errors import CommitRefused, NestedUnit, ReadOnly, UnitError
from layers_core.testkit.databases import only_postgresql, only_sqlite


@pytest.fixture
def notes(database, tables):
    """What the database holds, in the order in which it was written."""

    def read() -> list[str]:
        with database.read() as session:
            return list(session.scalars(select(tables.Note.text).order_by(tables.Note.id)))

    return read


def test_a_unit_is_saved_and_its_objects_stay_usable(database, tables, notes):
    with database.write() as session:
        note = tables.Note(text="kept")
        session.add(note)
    assert note.text == "kept"
    assert notes() == ["kept"]


def test_an_error_rolls_back_the_whole_unit(database, tables, notes):
    with pytest.raises(ZeroDivisionError), database.write() as session:
        session.add(tables.Note(text="lost"))
        session.flush()
        raise ZeroDivisionError
    assert notes() == []
    with database.write() as session:
        session.add(tables.Note(text="next"))
    assert notes() == ["next"]


@pytest.mark.parametrize("verb", ["commit", "rollback", "close", "reset"])
def test_foreign_code_cannot_end_a_unit(database, tables, notes, verb):
    with database.write() as session:
        session.add(tables.Note(text="before"))
        with pytest.raises(CommitRefused):
            getattr(session, verb)()
        session.add(tables.Note(text="after"))
    assert sorted(notes()) == ["after", "before"]


def test_foreign_code_cannot_commit_through_the_connection(database, tables, notes):
    with pytest.raises(CommitRefused), database.write() as session:
        session.add(tables.Note(text="half"))
        session.flush()
        session.connection().commit()
    assert notes() == []


def test_a_refused_commit_that_was_swallowed_loses_the_unit_loudly(database, tables, notes):
    with pytest.raises(InvalidRequestError), database.write() as session:
        session.add(tables.Note(text="first half"))
        session.flush()
        with contextlib.suppress(CommitRefused):
            session.connection().commit()
        session.add(tables.Note(text="second half"))
    assert notes() == []


def test_a_savepoint_undoes_its_part_alone(database, tables, notes):
    with database.write() as session:
        session.add(tables.Note(text="outer"))
        with pytest.raises(IntegrityError), session.begin_nested():
            session.add(tables.Note(text="inner"))
            session.flush()
            session.execute(text("INSERT INTO trial_note (id, text) VALUES (NULL, NULL)"))
        with session.begin_nested():
            session.add(tables.Note(text="second"))
    assert notes() == ["outer", "second"]


def test_an_error_after_a_savepoint_undoes_the_savepoint_too(database, tables, notes):
    with pytest.raises(ZeroDivisionError), database.write() as session:
        with session.begin_nested():
            session.add(tables.Note(text="released"))
        raise ZeroDivisionError
    assert notes() == []


def test_a_swallowed_database_error_never_passes_for_a_save(database, notes):
    """PostgreSQL turns COMMIT into ROLLBACK then; SQLite undid the one statement only, and the rest is saved."""

    def swallow() -> None:
        with database.write() as session:
            session.execute(text("INSERT INTO trial_note (id, text) VALUES ('00000000000000000000000000000001', 'x')"))
            with contextlib.suppress(DBAPIError):
                session.execute(text("INSERT INTO nothing VALUES (1)"))

    if database.dialect == "postgresql":
        with pytest.raises(UnitError):
            swallow()
        assert notes() == []
    else:
        swallow()
        assert notes() == ["x"]


@only_sqlite
def test_a_transaction_that_was_ended_by_sql_or_by_a_full_disk_is_noticed(database):
    with pytest.raises(UnitError), database.write() as session:
        session.execute(text("ROLLBACK"))


def test_a_unit_inside_a_unit_is_refused(database, tables, notes):
    with database.write() as session:
        session.add(tables.Note(text="outer"))
        with pytest.raises(NestedUnit), database.write():
            pass
    assert notes() == ["outer"]


def test_reading_inside_a_unit_sees_the_state_before_it(database, tables, notes):
    with database.write() as session:
        session.add(tables.Note(text="new"))
        session.flush()
        assert notes() == []
    assert notes() == ["new"]


def test_a_reader_refuses_changed_objects(database, tables, notes):
    with pytest.raises(ReadOnly), database.read() as session:
        session.add(tables.Note(text="sneaked in"))
    with database.write() as session:
        session.add(tables.Note(text="as it was"))
    with pytest.raises(ReadOnly), database.read() as session:
        session.scalars(select(tables.Note)).one().text = "changed"
    with pytest.raises(ReadOnly), database.read() as session:
        session.delete(session.scalars(select(tables.Note)).one())
    assert notes() == ["as it was"]


def test_the_database_refuses_a_readers_sql(database, tables, notes):
    for _ in range(2):
        with pytest.raises(DBAPIError), database.read() as session:
            session.execute(insert(tables.Note).values(text="sneaked in"))
        # The same connection serves a writer next, and a reader again.
        with database.write() as session:
            session.add(tables.Note(text="allowed"))
    assert notes() == ["allowed", "allowed"]


def test_a_reader_goes_on_after_a_rollback(database, tables, notes):
    with database.read() as session:
        with pytest.raises(DBAPIError):
            session.execute(text("SELECT * FROM nothing"))
        session.rollback()
        assert session.scalars(select(tables.Note)).all() == []


def test_a_read_ends_with_commit(database):
    ended = []
    event.listen(database.engine, "commit", lambda _connection: ended.append("commit"))
    event.listen(database.engine, "rollback", lambda _connection: ended.append("rollback"))
    with database.read() as session:
        session.execute(text("SELECT 1"))
    assert ended == ["commit"]


@only_postgresql
def test_prepared_statements_outlive_a_read(database):
    for _ in range(10):
        with database.read() as session:
            session.execute(text("SELECT 41 + 1"))
    with database.read() as session:
        prepared = session.execute(text("SELECT statement FROM pg_prepared_statements")).scalars().all()
    assert "SELECT 41 + 1" in prepared


def test_threads_write_one_after_another(database, tables, notes):
    faults = []

    def work(name: str) -> None:
        try:
            for number in range(25):
                with database.write() as session:
                    session.scalars(select(tables.Note).limit(1)).all()
                    session.add(tables.Note(text=f"{name}{number}"))
        except Exception as fault:
            faults.append(fault)

    running = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    assert faults == []
    assert len(notes()) == 100


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_child_and_its_parent_both_go_on(database, tables, notes):
    """As gunicorn --preload does it: the database was in use before the workers were forked."""

    def save(name: str) -> None:
        for number in range(25):
            with database.write() as session:
                session.add(tables.Note(text=f"{name}{number}"))

    save("before")
    child = os.fork()
    if child == 0:
        try:
            save("child")
        except BaseException:
            os._exit(1)
        os._exit(0)
    save("parent")
    assert os.waitpid(child, 0)[1] == 0
    assert len(notes()) == 75
