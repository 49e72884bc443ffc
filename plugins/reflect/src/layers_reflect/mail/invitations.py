"""Calendar invitations as a line of text each: what, when and where."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from layers_core.i18n import format_date, format_datetime
from layers_core.i18n import gettext as _
from layers_reflect.mail.head import shown

SIZE_LIMIT = 500_000
MOST = 5


def meetings(content: bytes, time_zone: str) -> list[str]:
    """The first five meetings of an iCalendar text (RFC 5545); one line that says so where it cannot be read."""
    from icalendar import Calendar

    try:
        if len(content) > SIZE_LIMIT:
            raise ValueError("An invitation is never this long")
        calendar = Calendar.from_ical(content)
        cancelled = str(calendar.get("method", "")).upper() == "CANCEL"
        return [_line(event, time_zone, cancelled=cancelled) for event in calendar.walk("VEVENT")[:MOST]]
    except Exception:
        # Whatever a parser makes of a hostile text; the rest of the message is kept.
        return [_("There was an invitation that we could not read.")]


def _line(event: object, time_zone: str, *, cancelled: bool) -> str:
    get = event.get  # type: ignore[attr-defined]
    title = shown(str(get("summary", ""))) or _("No title")
    start = get("dtstart")
    parts = [title, _when(start.dt, time_zone) if start is not None else "", shown(str(get("location", "")))]
    words = ", ".join(part for part in parts if part)
    return _("Cancelled meeting: %(meeting)s", meeting=words) if cancelled else _("Meeting: %(meeting)s", meeting=words)


def _when(start: date | datetime, time_zone: str) -> str:
    """The day, and the time where there is one; a time without a zone is the reader's."""
    if not isinstance(start, datetime):
        return format_date(start)
    aware = start if start.tzinfo else start.replace(tzinfo=ZoneInfo(time_zone))
    return format_datetime(aware, time_zone)
