"""Words and dates: translated by what the shell sets, English without it, and never broken by a translator's slip."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from layers_core import i18n


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    yield
    i18n.set_translator(None, None)
    i18n.set_locale(None)
    i18n.set_timezone(None)


def test_without_a_shell_the_words_stay_english() -> None:
    assert i18n.gettext("Hello %(name)s", name="Amina") == "Hello Amina"
    assert i18n.gettext("100 %") == "100 %"
    assert i18n.ngettext("%(num)s day", "%(num)s days", 1) == "1 day"
    assert i18n.ngettext("%(num)s day in %(place)s", "%(num)s days in %(place)s", 3, place="Hull") == "3 days in Hull"


def test_lazy_words_follow_the_reader() -> None:
    words = i18n.lazy_gettext("Hello %(name)s", name="Amina")
    assert str(words) == "Hello Amina"
    i18n.set_translator(lambda message: message.replace("Hello", "Shwmae"), None)
    assert str(words) == f"{words}" == "Shwmae Amina"
    assert str(words + "!") == "Shwmae Amina!"
    assert words == "Shwmae Amina"
    assert str(pickle.loads(pickle.dumps(words))) == str(copy.deepcopy(words)) == "Shwmae Amina"


def test_a_broken_translation_falls_back_to_english() -> None:
    i18n.set_translator(lambda message: "Shwmae %(nmae)s", lambda one, many, n: "%(num)d %")
    assert i18n.gettext("Hello %(name)s", name="Amina") == "Hello Amina"
    assert i18n.ngettext("%(num)s day", "%(num)s days", 2) == "2 days"


def test_the_empty_message_never_shows_a_catalogues_header() -> None:
    i18n.set_translator(lambda message: "Project-Id-Version: x", None)
    assert i18n.gettext("") == ""


def test_dates_as_people_write_them() -> None:
    assert i18n.format_date(date(2026, 11, 22)) == "22 November 2026"
    assert i18n.format_month(date(2026, 11, 22)) == "November 2026"
    assert i18n.format_month(date(2026, 11, 22), short=True) == "Nov"
    assert i18n.format_datetime(datetime(2026, 7, 22, 14, 5, tzinfo=UTC)) == "22 July 2026 at 3:05pm"
    assert i18n.format_datetime(datetime(2026, 7, 22, 14, 5)) == "22 July 2026 at 3:05pm"  # noqa: DTZ001
    assert i18n.format_datetime(datetime(2026, 7, 22, 14, 5, tzinfo=UTC), tz="Asia/Karachi") == "22 July 2026 at 7:05pm"


def test_numbers_as_people_write_them() -> None:
    assert i18n.format_number(1234.55, 1) == "1,234.6"
    assert i18n.format_number(2.5) == "3"
    assert i18n.format_number(-0.04, 1) == "0.0"
    i18n.set_locale(lambda: "pl")
    assert i18n.format_number(1234.55, 1) == "1\xa0234,6"
    i18n.set_locale(lambda: "xx")
    assert i18n.format_number(1234.55, 1) == "1,234.6"


def test_parts_of_a_date_in_the_reader_s_order() -> None:
    assert i18n.format_parts(date(2026, 11, 22), "MMMd") == "22 Nov"
    i18n.set_locale(lambda: "pl")
    assert i18n.format_parts(date(2026, 11, 22), "MMMd") == "22 lis"


def test_a_late_evening_is_the_day_of_the_practice() -> None:
    late = datetime(2026, 7, 22, 23, 30, tzinfo=UTC)
    assert i18n.format_date(late) == "23 July 2026"
    i18n.set_timezone(lambda: "UTC")
    assert i18n.format_date(late) == "22 July 2026"


def test_dates_follow_the_language_and_an_unknown_one_is_english() -> None:
    i18n.set_locale(lambda: "ur")
    assert i18n.format_date(date(2026, 11, 22)) == "22 نومبر، 2026"
    i18n.set_locale(lambda: "en-GB")
    assert i18n.format_date(date(2026, 11, 22)) == "22 November 2026"
    i18n.set_locale(lambda: "no such thing")
    i18n.set_timezone(lambda: "No/Where")
    assert i18n.format_datetime(datetime(2026, 1, 2, 9, 0, tzinfo=UTC)) == "2 January 2026 at 9:00am"
