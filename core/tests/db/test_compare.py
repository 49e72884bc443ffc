"""Models beside tables: what `check` finds, and the migration that a developer is given."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Column, ForeignKey, Index, Integer, MetaData, String, Table, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from layers_core.db.base import NAMING, Base
from layers_core.db.engine import create_engine
from layers_core.db.errors import MigrationError
from layers_core.db.migrate import check, orphans, revision, upgrade
from layers_core.db.rooms import MigrationRoom


class Model(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = Base.type_annotation_map


class Parent(Model):
    __tablename__ = "core_parent"
    id: Mapped[UUID] = mapped_column(primary_key=True)


class Everything(Model):
    """Every type that the toolkit's models use, a unique key, an index of two columns and a reference."""

    __tablename__ = "core_everything"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    parent_id: Mapped[UUID] = mapped_column(ForeignKey("core_parent.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    maybe: Mapped[datetime | None]
    body: Mapped[dict[str, Any]]
    words: Mapped[list[str]]
    name: Mapped[str] = mapped_column(String(80), unique=True)
    number: Mapped[int] = mapped_column(server_default="0")
    flag: Mapped[bool]
    share: Mapped[float]
    raw: Mapped[bytes]
    __table_args__ = (Index("ix_core_everything_at_id", "at", "id"),)


Table("alpha_thing", Model.metadata, Column("id", Integer, primary_key=True))


@pytest.fixture
def engine(empty_database_url):
    found = create_engine(empty_database_url)
    yield found
    found.dispose()


@pytest.fixture
def core(tmp_path):
    (tmp_path / "core").mkdir()
    return MigrationRoom("core", tmp_path / "core", Model.metadata)


def test_the_migration_written_from_the_models_makes_what_the_models_say(engine, core):
    path = revision(engine, core, "First tables: parent & everything")
    assert path.name == "0001_first_tables_parent_everything.py"
    written = path.read_text()
    assert "alpha_thing" not in written
    # A migration says what was meant on its day; it must not follow the code.
    assert "layers_core" not in written
    assert [problem.kind for problem in check(engine, [core])] == ["pending"]
    assert upgrade(engine, [core]) == []
    assert check(engine, [core]) == []
    assert revision(engine, core, "Nothing").read_text().endswith("    pass\n")


def test_a_migration_is_not_written_while_another_one_waits(engine, core):
    revision(engine, core, "First")
    with pytest.raises(MigrationError, match="0001"):
        revision(engine, core, "Second")


def test_check_says_what_differs_in_the_rooms_own_tables(engine, core):
    revision(engine, core, "First")
    upgrade(engine, [core])
    with engine.begin() as connection:
        connection.execute(text("DROP INDEX ix_core_everything_at_id"))
        connection.execute(text("ALTER TABLE core_everything ADD COLUMN extra INTEGER"))
        connection.execute(text("CREATE TABLE core_left (x INTEGER)"))
        connection.execute(text("CREATE TABLE beta_other (x INTEGER)"))
    found = check(engine, [core])
    assert {problem.kind for problem in found} == {"differs"}
    details = sorted(problem.detail for problem in found)
    assert len(details) == 3
    for expected in ("ix_core_everything_at_id", "core_everything.extra", "core_left"):
        assert any(expected in detail for detail in details)


def test_full_text_tables_are_left_alone(engine, core):
    revision(engine, core, "First")
    upgrade(engine, [core])
    statement = (
        "CREATE VIRTUAL TABLE core_search USING fts5(title, body)"
        if engine.dialect.name == "sqlite"
        else "CREATE TABLE core_search (id INTEGER, words TSVECTOR)"
    )
    with engine.begin() as connection:
        connection.execute(text(statement))
    assert check(engine, [core]) == []
    assert orphans(engine, [core]) == []


def test_a_missing_table_differs(engine, core):
    revision(engine, core, "First")
    upgrade(engine, [core])
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE core_everything"))
    assert any("core_everything" in problem.detail for problem in check(engine, [core]))
