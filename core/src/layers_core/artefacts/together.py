"""Statements that answer two questions of a page at once, so that plugins' queries find room beside the page's own.

Each is made once, of those in `statements`. The first question's rows and the second's come in one list of the same
columns; which is which shows in a column that only one of them fills in.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, cast, null, select, union_all

from layers_core.artefacts import statements
from layers_core.artefacts.models import Exposure


@cache
def again_and_new(ranges: int, *, hidden: bool) -> CompoundSelect[Any]:
    """What `statements.again` gives, which has an `exposure_id`, and what `statements.feed` gives of others.

    They come in no order; `again_limit` is for the former, `limit` for the latter.
    """
    # Short names: psycopg reads a statement of more than 4,096 letters anew each time, 2 % of a home page.
    due = statements.again(hidden=hidden).add_columns(Exposure.__table__.c.due_at).subquery("d")
    new = statements.feed(ranges, kind=False, hidden=hidden, by_others=True, before=False).subquery("n")
    own = [column.name for column in new.c]
    more = ("exposure_id", "reviews", "slot_minutes", "due_at")
    return union_all(
        select(*(due.c[name] for name in (*own, *more))),
        select(*new.c, *(_nothing(due.c[name]) for name in more)),
    )


def _side_by_side(**parts: Select[Any]) -> CompoundSelect[Any]:
    """The rows of all these statements, in no order, with each one's columns under its own name: `action_id` and so on.

    A row fills the columns of its own statement and leaves the others' empty.
    """
    tables = {name: statement.subquery() for name, statement in parts.items()}
    return union_all(
        *(
            select(
                *(
                    (column if name == own else _nothing(column)).label(f"{name}_{column.name}")
                    for name, table in tables.items()
                    for column in table.c
                )
            )
            for own in tables
        )
    )


def _nothing(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """NULL in the place and of the type of a column."""
    return cast(null(), column.type).label(column.name)


BESIDE = _side_by_side(action=statements.ACTIONS, comment=statements.COMMENTS, file=statements.FILES)
"""What stands beside a thing on its page."""
