"""Conditions as filters alone: a hint for SQLite, which picks an index without knowing how many rows it would read."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.visitors import InternalTraversal


class filter_only(ColumnElement[Any]):  # noqa: N801 - it reads as a function, as SQLAlchemy's own constructs do
    """A column that SQLite must not look up by index: it stays a filter on rows that were found by another one.

    SQLite spells it `+column`. PostgreSQL keeps statistics of its own and gets the column as it is.
    """

    inherit_cache = True
    _traverse_internals = [("column", InternalTraversal.dp_clauseelement)]

    def __init__(self, column: Any) -> None:
        self.column: ColumnElement[Any] = (
            column.__clause_element__() if hasattr(column, "__clause_element__") else column
        )
        self.type = self.column.type

    @property
    def _from_objects(self) -> list[Any]:
        return self.column._from_objects


@compiles(filter_only)
def _as_it_is(element: filter_only, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.column, **options)


@compiles(filter_only, "sqlite")
def _without_index(element: filter_only, compiler: SQLCompiler, **options: Any) -> str:
    return f"+{compiler.process(element.column, **options)}"
