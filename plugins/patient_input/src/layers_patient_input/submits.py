"""When an answer was given that a kiosk kept while there was no connection. Pure."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

_ROUNDING = timedelta(hours=1)
"""How much a tablet's clock may gain or lose while an answer waits."""


def day_given(waited: int, made_at: datetime, moment: datetime, time_zone: str) -> date:
    """The day where the practice is on which an answer was given that arrives at `moment`.

    `waited` are the seconds that it waited by the tablet's clock, which nobody sets: what the clock says of a time
    before the page was made (`made_at`, by our own clock) is not true, and then the day is that of `moment`.
    """
    behind = timedelta(seconds=waited)
    if behind > moment - made_at + _ROUNDING:
        behind = timedelta()
    given = max(moment - behind, made_at)
    return min(given, moment).astimezone(ZoneInfo(time_zone)).date()
