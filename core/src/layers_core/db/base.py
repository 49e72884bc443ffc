"""What every table of every distribution is built from: the declarative base, keys and timestamps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any, cast
from uuid import UUID

import uuid_utils.compat
from sqlalchemy import JSON, DateTime, Insert, MetaData, Row, Uuid, insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC. Naive values are refused; what is read back is always aware.

    SQLite keeps no zone, so the zone is removed on the way in and put back on the way out.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware moment into what the database keeps. Raises ValueError for a naive one."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A moment needs a time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back an aware moment in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


JsonDict = JSON().with_variant(JSONB(), "postgresql")


class Base(DeclarativeBase):
    """The one declarative base; a table's name starts with its distribution's slug and an underscore."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {
        datetime: UtcDateTime,
        UUID: Uuid(),
        dict[str, Any]: JsonDict,
        list[str]: JsonDict,
    }


def new_id() -> UUID:
    """A new time-ordered key (UUID version 7)."""
    return uuid_utils.compat.uuid7()


def now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


# Both dialects spell an insert that leaves a row out where it exists alike.
_ON_CONFLICT: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


@cache
def _insert(model: type[Base]) -> Insert:
    return insert(model.__table__)  # type: ignore[arg-type]


def put(session: Session, model: type[Base], **values: Any) -> Row[Any]:
    """Write one row at once and past the ORM, which takes two to three times as long, and give its primary key.

    Columns that are left out take their defaults. Raises IntegrityError.
    """
    return cast("Row[Any]", session.connection().execute(_insert(model), values).inserted_primary_key)


def put_many(session: Session, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """`put` for many rows with the same columns.

    The ORM puts all of their values into one long statement, which PostgreSQL's driver takes apart again.
    """
    if rows:
        session.connection().execute(_insert(model), rows)


@cache
def _insert_once(model: type[Base], dialect: str) -> Insert:
    made = _ON_CONFLICT[dialect](model.__table__).on_conflict_do_nothing()
    return cast("Insert", made.returning(*model.__table__.primary_key))


def put_once(session: Session, model: type[Base], **values: Any) -> bool:
    """`put` where no row like it is there; whether it was written. Of two writers at the same moment one is told yes.

    The other one waits until the first has committed.
    """
    connection = session.connection()
    return connection.execute(_insert_once(model, connection.dialect.name), values).first() is not None


@cache
def _insert_sum(model: type[Base], column: str, dialect: str) -> Insert:
    made = _ON_CONFLICT[dialect](model.__table__)
    total = model.__table__.c[column] + made.excluded[column]
    return cast("Insert", made.on_conflict_do_update(index_elements=model.__table__.primary_key, set_={column: total}))


def put_sums(session: Session, model: type[Base], column: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows; where one with its primary key is there, add what it has in `column` to what stands there.

    Writers who meet add up; they take the rows in one order, so that neither waits for the other for ever.
    """
    if rows:
        connection = session.connection()
        keys = [key.name for key in model.__table__.primary_key]
        ordered = sorted(rows, key=lambda row: [str(row[key]) for key in keys])
        connection.execute(_insert_sum(model, column, connection.dialect.name), ordered)
