"""Keeping a page's read session usable after a plugin has had it."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from itertools import chain
from typing import Any, TypeVar

from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.orm import Session

Result = TypeVar("Result")


class SessionFault(Exception):
    """A plugin did with a read session what it may not do."""


@dataclass(slots=True)
class _Watch:
    failed: bool = False


_watch: ContextVar[_Watch | None] = ContextVar("layers_page_hook", default=None)


@event.listens_for(Engine, "handle_error")
def _notice(context: ExceptionContext) -> None:
    # PostgreSQL refuses every statement after a failed one, so a plugin that swallows its error would make the next
    # plugin fail in its place.
    watch = _watch.get()
    if watch is not None:
        watch.failed = True


def reading(session: Session, call: Callable[[], Result]) -> Result:
    """Call a plugin that may read with `session`, and leave the session as usable as it was, whatever happens.

    After a database error the transaction is rolled back, and the next statement begins another. New, changed and
    deleted objects are put back. Raises SessionFault for each of these and for a transaction that the plugin ended,
    and whatever the plugin raises.
    """
    if not session.in_transaction():
        session.begin()
    transactions = (session.get_transaction(), session.get_nested_transaction())
    touched_before = {id(item) for item in _touched(session)}
    watch = _Watch()
    token = _watch.set(watch)
    try:
        result = call()
    finally:
        _watch.reset(token)
        changed = _put_back(session, touched_before)
        ended = transactions != (session.get_transaction(), session.get_nested_transaction())
        if watch.failed or ended or not session.is_active:
            session.rollback()
    if watch.failed or ended or changed:
        raise SessionFault(_reason(watch.failed, ended))
    return result


def _reason(failed: bool, ended: bool) -> str:
    if failed:
        return "a database error was swallowed"
    return "the page's transaction was ended" if ended else "objects were changed in a session for reading"


def check_untouched(session: Session, call: Callable[[], Result]) -> Result:
    """Call a plugin that may only read, where a fault stops the caller anyway.

    Raises SessionFault where it left something to be written, and whatever the plugin raises.
    """
    touched_before = {id(item) for item in _touched(session)}
    result = call()
    if any(id(item) not in touched_before for item in _touched(session)):
        raise SessionFault(_reason(failed=False, ended=False))
    return result


def _touched(session: Session) -> chain[Any]:
    return chain(session.new, session.dirty, session.deleted)


def _put_back(session: Session, before: set[int]) -> bool:
    """Undo what is waiting to be written and was not before; whether there was any."""
    new, deleted, dirty = (
        [item for item in items if id(item) not in before] for items in (session.new, session.deleted, session.dirty)
    )
    for item in new:
        if item in session:
            session.expunge(item)
    for item in deleted:
        session.add(item)
    for item in chain(deleted, dirty):
        session.expire(item)
    return bool(new or deleted or dirty)
