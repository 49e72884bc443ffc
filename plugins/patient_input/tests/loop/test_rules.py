"""The rules of the loop: the share of concerns, small numbers of patients, bodies of before, the feed."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers_patient_input.kinds import KINDS, YOU_SAID
from layers_patient_input.loop import atom, concerns, statements
from layers_patient_input.loop.offering import agreed
from layers_patient_input.loop.schemas import YouSaidBody, upgrade_entry
from layers_patient_input.loop.small_counts import small_count

BEFORE = {"theme": "Letters", "you_said": "Small", "we_learned": "Print", "we_did": "Larger"}
KIND = next(kind for kind in KINDS if kind.name == YOU_SAID)


@given(st.integers(0, 500), st.data())
def test_the_share_is_never_better_than_what_was_done_and_hidden_for_few(number: int, data: st.DataObject) -> None:
    changed = data.draw(st.integers(0, number))
    shown = concerns.tenths(number, changed)
    if number < 8:
        assert shown is None
    else:
        assert shown is not None
        assert 10 * changed >= shown * number
        assert 10 * changed < (shown + 1) * number
        assert (shown == 10) is (changed == number)


def test_no_number_from_one_to_seven_can_be_worked_out_from_a_share() -> None:
    cases = [(number, changed) for number in range(8, 200) for changed in range(number + 1)]
    for shown in range(11):
        fitting = [case for case in cases if concerns.tenths(*case) == shown]
        for few in ({changed for _number, changed in fitting}, {number - changed for number, changed in fitting}):
            assert few == {0} or not 0 < len(few & set(range(1, 8))) <= len(few) == 1


def test_more_cannot_have_changed_than_there_are() -> None:
    with pytest.raises(ValueError, match="9 of 8"):
        concerns.tenths(8, 9)


@given(st.dates(date(2015, 1, 1), date(2090, 1, 1)))
def test_twelve_full_months_count(today: date) -> None:
    window = concerns.window(today)
    assert window.first.day == 1
    assert (window.last.year, window.last.month) != (today.year, today.month)
    assert window.last < today
    months = (window.last.year - window.first.year) * 12 + window.last.month - window.first.month + 1
    assert months == 12


@pytest.mark.parametrize(
    ("text", "heard", "found"),
    [
        ("3 patients told us", False, "3 patients"),
        ("Three older patients told us", False, "Three older patients"),
        ("Seven of you wrote", False, "Seven of you"),
        ("two\npeople said so", True, "two people"),
        ("two people work at the desk", False, ""),
        ("Several patients told us", True, ""),
        ("8 patients told us", True, ""),
        ("23 patients told us", True, ""),
        ("0.5 people", True, ""),
        ("One in ten patients", True, ""),
        ("twenty-one patients", True, ""),
        ("We print in 18 point", True, ""),
    ],
)
def test_a_small_number_of_patients_is_found(text: str, heard: bool, found: str) -> None:
    assert small_count(text, heard=heard) == found


@pytest.mark.parametrize("text", ["1 " * 25_000, "one-" * 12_500, "three " + "a" * 50_000, "7 older " * 6_000])
def test_looking_for_small_numbers_takes_no_time(text: str) -> None:
    begun = time.process_time()
    small_count(text, heard=True)
    assert time.process_time() - begun < 0.1


def test_an_entry_of_before_stood_under_we_did() -> None:
    now = upgrade_entry(dict(BEFORE), 1)
    assert YouSaidBody().load(now) == now == {**BEFORE, "change": "made", "on": "", "statements": []}
    assert upgrade_entry(now, 2) == now
    assert upgrade_entry({}, 1) == {}
    assert dict(KIND.told(now))["We did"] == "Larger"  # type: ignore[misc]


@pytest.mark.parametrize(
    "wrong",
    [
        {"change": "perhaps"},
        {"change": ""},
        {"on": "2026-02-30"},
        {"on": "20260230"},
        {"statements": ["safe.nothing"]},
        {"statements": ["safe.learning_culture"] * 40},
        {"theme": " "},
        {"we_did": "x" * 2_001},
    ],
)
def test_what_does_not_fit_is_refused(wrong: dict[str, object]) -> None:
    assert set(YouSaidBody().validate({**BEFORE, "change": "made", **wrong})) == set(wrong)


def test_statements_have_words() -> None:
    assert len(set(statements.CODES)) == 34
    assert statements.label("safe.learning_culture") == "Safe: Learning culture"
    assert statements.label("newer.code") == "newer.code"
    assert [code for _question, items in statements.choices() for code, _words in items] == list(statements.CODES)


@pytest.mark.parametrize(
    ("form", "share", "expected"),
    [("tip", True, True), ("tip", False, False), ("tip", "true", False), ("tip", None, False), ("story", True, False)],
)
def test_only_a_plain_yes_to_showing_a_tip_is_one(form: str, share: object, expected: bool) -> None:
    answers = [] if share is None else [{"valueBoolean": share}]
    assert agreed(form, [{"linkId": "share", "answer": answers}]) is expected


@given(st.text(), st.text())
def test_a_feed_is_xml_whatever_is_in_it(title: str, text: str) -> None:
    moment = datetime(2026, 11, 23, tzinfo=UTC)
    made = atom.feed(title, "Manor", "https://x/p", "https://x/f", [atom.Item("k", title, text, "en", moment)], moment)
    root = fromstring(made.decode())
    space = {"a": atom.NAMESPACE}
    assert len(root.findall("a:entry", space)) == 1
    assert "k" not in root.findtext("a:entry/a:id", "", space).removeprefix("urn:uuid:")
