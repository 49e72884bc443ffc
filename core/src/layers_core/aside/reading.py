"""How far work aside is, and whether somebody still does it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement

from layers_core.aside.models import AsideRow

SILENT = timedelta(seconds=30)
"""A process that has not been heard of for so long has ended."""
GOING_ON = ("waiting", "working")
STOPPED = "stopped"


def going_on(model: type[AsideRow], moment: datetime) -> ColumnElement[bool]:
    """What is being done at that moment, or will be, by a process that is still heard of."""
    return model.state.in_(GOING_ON) & (model.beat_at >= moment - SILENT)


def state_of(row: AsideRow, moment: datetime) -> str:
    """The state as people see it: the row's own, or `stopped` where the process that worked has ended."""
    return STOPPED if row.state in GOING_ON and row.beat_at < moment - SILENT else row.state
