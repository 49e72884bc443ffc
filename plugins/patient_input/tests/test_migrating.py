"""Answers of the first release, migrated with everything in them, on both databases."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from layers_core.db.engine import create_engine
from layers_core.db.migrate import check, upgrade
from layers_core.db.rooms import MigrationRoom
from layers_core.host.loader import migration_rooms
from layers_patient_input.models import Answer, Tally

FIRST = "0001_patient_input.py"
ANSWERS = (
    ("good", "Kind and quick", "released"),
    ("poor", "The print was small\nand grey", "waiting"),
    ("poor", "", "released"),
    ("very_poor", "", "withdrawn"),
)


@pytest.fixture
def engine(empty_database_url: str) -> Iterator[Engine]:
    """A database without any table."""
    found = create_engine(empty_database_url)
    yield found
    found.dispose()


def rooms(of_first: Path | None = None) -> list[MigrationRoom]:
    """The core and this plugin, as it is or as it was first released."""
    found = {room.slug: room for room in migration_rooms()}
    now = found["patient_input"]
    if of_first is None:
        return [found["core"], now]
    of_first.mkdir()
    shutil.copy(now.folder / FIRST, of_first)
    return [found["core"], MigrationRoom(now.slug, of_first)]


def first_release(engine: Engine) -> None:
    """Put answers into the tables as they were."""
    practice, month = uuid4(), date(2026, 10, 5)
    tables = sa.MetaData()
    tables.reflect(engine, only=["core_practice", "patient_input_answer"])
    with engine.begin() as connection:
        values: dict[str, Any] = {}
        for column in tables.tables["core_practice"].columns:
            if not column.nullable:
                values[column.name] = _something(column)
        connection.execute(sa.insert(tables.tables["core_practice"]).values(values | {"id": _key(engine, practice)}))
        for number, (score, text, state) in enumerate(ANSWERS):
            connection.execute(
                sa.insert(tables.tables["patient_input_answer"]).values(
                    id=_key(engine, uuid4()),
                    practice_id=_key(engine, practice),
                    form="fft",
                    form_version=1,
                    scale_version="2020",
                    score=score,
                    question="What could we have done better?" if text else "",
                    text=text,
                    language="en",
                    method="online",
                    received_at=datetime(2026, 10, 5, 9, number, tzinfo=UTC),
                    received_on=month,
                    state=state,
                    receipt_hash=f"{number:064d}",
                )
            )


def _key(engine: Engine, key: Any) -> Any:
    return key.hex if engine.dialect.name == "sqlite" else key


def _something(column: Any) -> Any:
    kind = column.type.python_type
    return {str: "x", int: 1, bool: False, datetime: datetime.now(UTC), date: date(2026, 1, 1)}.get(kind, [])


def test_answers_of_the_first_release_become_responses_that_are_counted(engine: Engine, tmp_path: Path) -> None:
    assert upgrade(engine, rooms(tmp_path / "first")) == []
    first_release(engine)
    assert upgrade(engine, rooms()) == []
    assert [problem for problem in check(engine, rooms()) if problem.slug == "patient_input"] == []
    with engine.connect() as connection:
        kept = connection.execute(sa.select(Answer.__table__).order_by(Answer.received_at)).all()
        counted = connection.execute(sa.select(Tally.code, Tally.version, Tally.method, Tally.count)).all()
    assert [(row.score, row.state, row.has_words) for row in kept] == [
        ("good", "released", True),
        ("poor", "waiting", True),
        ("poor", "released", False),
        ("very_poor", "withdrawn", False),
    ]
    assert kept[1].items == [
        {"linkId": "score", "answer": [{"valueCoding": {"system": "urn:layers:fft:2020", "code": "poor"}}]},
        {
            "linkId": "text",
            "text": "What could we have done better?",
            "answer": [{"valueString": "The print was small\nand grey"}],
        },
    ]
    assert len(kept[2].items) == 1
    # Who took an answer back keeps that; its score stays in the totals.
    assert kept[3].items == []
    assert sorted(map(tuple, counted)) == [
        ("good", "2020", "online", 1),
        ("poor", "2020", "online", 2),
        ("very_poor", "2020", "online", 1),
    ]
