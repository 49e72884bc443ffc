"""Translation and dates for every distribution, without a web framework.

The core and the plugins mark their words with these functions. The words are translated through callables
that the web shell sets once (`set_translator`, `set_locale`, `set_timezone`); outside the shell, in the
command line for example, the English words come back as they are.

A message holds its variables as ``%(name)s``. The callables that the shell sets return the *unformatted*
translation; the formatting happens here, so that a broken translation falls back to the English words
instead of breaking the page.
"""

from __future__ import annotations

from collections import UserString
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale, UnknownLocaleError
from babel import dates as babel_dates
from babel import numbers as babel_numbers

GetText = Callable[[str], str]
NGetText = Callable[[str, str, int], str]

DEFAULT_LOCALE = "en_GB"
DEFAULT_TIMEZONE = "Europe/London"


def _same(message: str) -> str:
    return message


def _english_plural(singular: str, plural: str, n: int) -> str:
    return singular if n == 1 else plural


class _Settings:
    """What the shell has set for this process; each callable looks at the current request itself."""

    gettext: GetText = staticmethod(_same)
    ngettext: NGetText = staticmethod(_english_plural)
    locale: Callable[[], str] = staticmethod(lambda: DEFAULT_LOCALE)
    timezone: Callable[[], str] = staticmethod(lambda: DEFAULT_TIMEZONE)


_settings = _Settings()


def set_translator(gettext_callable: GetText | None, ngettext_callable: NGetText | None) -> None:
    """Set the callables that translate; ``None`` brings back the English words.

    Each returns the translation with its ``%(name)s`` still in it.
    """
    _settings.gettext = gettext_callable or _same
    _settings.ngettext = ngettext_callable or _english_plural


def set_locale(locale_callable: Callable[[], str] | None) -> None:
    """Set what names the reader's language (``en_GB``, ``ur``); ``None`` brings back British English."""
    _settings.locale = locale_callable or (lambda: DEFAULT_LOCALE)


def set_timezone(timezone_callable: Callable[[], str] | None) -> None:
    """Set what names the reader's time zone (the practice's); ``None`` brings back Europe/London."""
    _settings.timezone = timezone_callable or (lambda: DEFAULT_TIMEZONE)


def _fill(translated: str, source: str, variables: dict[str, object]) -> str:
    if not variables:
        return translated
    try:
        return translated % variables
    except (KeyError, TypeError, ValueError):  # a translator's slip must not take a page down
        return source % variables


def gettext(message: str, **variables: object) -> str:
    """Return the message in the reader's language, with its ``%(name)s`` filled in."""
    if not message:  # catalogues answer the empty message with their own header
        return ""
    return _fill(_settings.gettext(message), message, variables)


def ngettext(singular: str, plural: str, n: int, **variables: object) -> str:
    """Return the form of the message that fits the number ``n``, which is filled in as ``%(num)s``."""
    variables.setdefault("num", n)
    return _fill(_settings.ngettext(singular, plural, n), _english_plural(singular, plural, n), variables)


class LazyString(UserString):
    """Words that are translated each time they are read, so a module can hold them before any request.

    It behaves as a string does; ``str(words)`` gives the translation for the reader of now.
    """

    def __init__(self, message: str, variables: dict[str, object] | None = None) -> None:
        self._message = message
        self._variables = dict(variables or {})

    @property
    def data(self) -> str:  # type: ignore[override]  # UserString keeps a plain attribute here
        return gettext(self._message, **self._variables)

    def __format__(self, spec: str) -> str:
        return format(self.data, spec)

    def __reduce__(self) -> tuple[type[LazyString], tuple[str, dict[str, object]]]:
        return (LazyString, (self._message, self._variables))


def lazy_gettext(message: str, **variables: object) -> LazyString:
    """Return words that are translated when they are shown."""
    return LazyString(message, variables)


def _locale() -> Locale:
    try:
        return Locale.parse(_settings.locale(), sep="-" if "-" in _settings.locale() else "_")
    except (UnknownLocaleError, ValueError, TypeError):
        return Locale.parse(DEFAULT_LOCALE)


def language_tag() -> str:
    """Return the reader's language as documents name it: ``en-GB``, ``ur``."""
    return str(_locale()).replace("_", "-")


def text_direction() -> str:
    """Return which way the reader's language is written: ``ltr`` or ``rtl``."""
    return _locale().text_direction


def _zone(tz: str | None) -> ZoneInfo:
    try:
        return ZoneInfo(tz or _settings.timezone())
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(DEFAULT_TIMEZONE)


def _local(value: datetime, tz: str | None) -> datetime:
    aware = value if value.tzinfo is not None else value.replace(tzinfo=UTC)
    return aware.astimezone(_zone(tz))


def local_date(value: datetime, tz: str | None = None) -> date:
    """Return the day of a moment in the time zone ``tz`` (else the reader's); without a zone it counts as UTC."""
    return _local(value, tz).date()


def format_date(value: date | datetime, tz: str | None = None) -> str:
    """Return a date as people write it: ``22 November 2026``, or its like in the reader's language.

    A date and time is first moved to the time zone ``tz`` (else the reader's); without a zone it counts as UTC.
    """
    day = local_date(value, tz) if isinstance(value, datetime) else value
    return babel_dates.format_date(day, format="long", locale=_locale())


def format_month(value: date, *, short: bool = False) -> str:
    """Return a day's month as people write it: ``November 2026``, or ``Nov`` when `short`."""
    return babel_dates.format_skeleton("MMM" if short else "yMMMM", value, locale=_locale())


def format_parts(value: date, skeleton: str) -> str:
    """Return parts of a date in the reader's order: ``MMMd`` gives ``22 Nov``. `skeleton` is one of Unicode CLDR."""
    return babel_dates.format_skeleton(skeleton, value, locale=_locale())


def format_number(value: float, decimals: int = 0) -> str:
    """Return a number with the reader's separators: ``1,234.5``; a half is rounded away from zero."""
    rounded = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return _number(rounded + 0, decimals, _settings.locale())


# Babel takes 20 µs for each, and a table of percentages has the same few again and again.
@lru_cache(maxsize=4096)
def _number(value: Decimal, decimals: int, _language: str) -> str:
    places = f".{'0' * decimals}" if decimals else ""
    return babel_numbers.format_decimal(value, format=f"#,##0{places}", locale=_locale())


def format_datetime(value: datetime, tz: str | None = None) -> str:
    """Return a date and time as people write it: ``22 November 2026 at 2:05pm``.

    English follows the NHS style (12-hour clock, no space before am and pm); other languages follow their own.
    """
    local = _local(value, tz)
    locale = _locale()
    pattern = "h:mma" if locale.language == "en" else "short"
    time = babel_dates.format_time(local, format=pattern, locale=locale)
    return gettext("%(date)s at %(time)s", date=format_date(local.date()), time=time)
