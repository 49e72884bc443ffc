"""The evaluator's page: three tiers by week, small numbers hidden, and the data in one file."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from layers_core.contract import Draft
from layers_core.db.base import new_id, now
from layers_core.usage import consent, csv_writer, export
from layers_core.usage.evaluation import TierReport, Week
from layers_core.usage.events import TIERS
from layers_core.usage.models import ActorKey, Study, UsageEventRow
from layers_webshell.pages.study_data import csv_parts
from layers_webshell.pages.weeks import growth, whole_weeks
from layers_webshell.testclient import Browser
from layers_webshell.testworld import MANOR, STUDY, World

ClientFor = Callable[..., Browser]
MONDAY = date(2026, 1, 5)


@pytest.fixture(scope="module")
def web_plugins() -> Sequence[object]:
    """None is needed."""
    return []


def people(world: World, how_many: int, *weeks: date, tier: str = "producing") -> None:
    """So many members of Manor, each with one event in each of the weeks, all of whom opted in long ago."""
    from layers_core.practices import service
    from layers_core.practices.models import Practice

    with world.database.write() as session:
        practice = session.get_one(Practice, world.practices[MANOR])
        for _number in range(how_many):
            person = service.ensure_person(session, "Some Body", f"{new_id()}@example.org")
            service.join(session, person, practice.id, "nurse", ())
            consent.give(session, person.id, datetime(2026, 1, 1, tzinfo=UTC))
            key = ActorKey(person_id=person.id, actor_key=new_id())
            session.add(key)
            session.flush()
            for week in weeks:
                session.add(event(world, key.actor_key, week, tier))


def event(world: World, key: UUID, day: date, tier: str) -> UsageEventRow:
    return UsageEventRow(
        name="core.recorded", version=1, tier=tier, actor_key=key, practice_id=world.practices[MANOR],
        artefact_id=new_id(), plugin="core", mix_version=1, props={"audience": "practice", "prompted": False},
        occurred_at=datetime(day.year, day.month, day.day, 12, tzinfo=UTC),
    )  # fmt: skip


def cells(page: str) -> dict[str, list[str]]:
    """The rows of the page's table by their header."""
    rows = re.findall(r'scope="row">([^<]+)</th>(.*?)</tr>', page, re.S)
    return {head: re.findall(r"<td[^>]*>([^<]*)</td>", rest) for head, rest in rows}


def test_only_the_study_s_evaluators(world: World, client_for: ClientFor) -> None:
    for path in ("/evaluation", f"/evaluation/{STUDY}/data"):
        found = {role for role in world.people if client_for(role).get(path).status_code == 200}
        assert found == {"evaluator"}
    with world.database.write() as session:
        session.add(
            Study(slug="other", title="Other", approval="x", baseline_on=MONDAY, starts_on=MONDAY, secret="y" * 64)
        )
    evaluator = client_for("evaluator")
    assert "Other" not in evaluator.get("/evaluation").text
    assert evaluator.get("/evaluation/other/data").status_code == 404
    assert evaluator.get("/evaluation/a%00b/data").status_code == 404


def test_small_numbers_are_hidden_and_the_others_rounded(world: World, client_for: ClientFor) -> None:
    second, third = MONDAY + timedelta(weeks=1), MONDAY + timedelta(weeks=3)
    people(world, 7, MONDAY)
    people(world, 13, second, third)
    people(world, 12, third, tier="aware")
    page = client_for("evaluator").get("/evaluation").text
    assert cells(page) == {
        "5 January 2026": ["1 to 7"] * 3,
        "12 January 2026": ["15"] * 3,
        "19 January 2026": ["0"] * 3,
        "26 January 2026": ["25", "15", "15"],
        "Whole study": ["30", "20", "20"],
    }
    assert page.count("<svg") - page.count("nhsuk-icon") == 3
    assert ">1–7</text>" in page
    # The baseline's week has nobody or too few, so nothing may be told from it.
    assert page.count("Growth is not shown") == 3
    assert "style=" not in page


def test_growth_comes_from_the_numbers_shown(world: World, client_for: ClientFor) -> None:
    people(world, 9, MONDAY)
    people(world, 24, MONDAY + timedelta(weeks=2))
    with world.database.write() as session:
        session.execute(update(Study).values(baseline_on=MONDAY + timedelta(days=2)))
    page = client_for("evaluator").get("/evaluation").text
    assert page.count("×2.5, from the numbers shown") == 3


def test_who_did_not_opt_in_is_nowhere(world: World, client_for: ClientFor) -> None:
    people(world, 20, MONDAY)
    draft = Draft("core.note", "Larger letters", {"text": "Print at 18 points"}, audience="practice")
    world.artefacts.save(world.actor("nurse"), draft)
    evaluator = client_for("evaluator")
    assert cells(evaluator.get("/evaluation").text)["Whole study"] == ["20"] * 3
    assert len(rows(evaluator)) == 20
    with world.database.write() as session:
        consent.give(session, world.people["nurse"], now())
    world.artefacts.save(world.actor("nurse"), draft)
    kept = rows(evaluator)
    assert len(kept) == 21
    with world.database.write() as session:
        consent.withdraw(session, world.people["nurse"])
    assert len(rows(evaluator)) == 20


def rows(evaluator: Browser) -> list[dict[str, str]]:
    archive = zipfile.ZipFile(io.BytesIO(evaluator.get(f"/evaluation/{STUDY}/data").data))
    return list(csv.DictReader(io.StringIO(archive.read("events.csv").decode())))


def test_the_data_have_a_codebook_pseudonyms_and_no_words(world: World, client_for: ClientFor) -> None:
    with world.database.write() as session:
        consent.give(session, world.people["nurse"], now() - timedelta(days=1))
    draft = Draft("core.note", "Larger letters", {"text": "Print at 18 points"}, audience="practice")
    saved = world.artefacts.save(world.actor("nurse"), draft)
    answer = client_for("evaluator").get(f"/evaluation/{STUDY}/data")
    assert answer.mimetype == "application/zip"
    assert re.fullmatch(rf'attachment; filename="{STUDY}-[\d-]{{10}}\.zip"', answer.headers["Content-Disposition"])
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    assert sorted(archive.namelist()) == ["codebook.md", "events.csv"]
    words = {name: archive.read(name).decode() for name in archive.namelist()}
    (row,) = csv.DictReader(io.StringIO(words["events.csv"]))
    assert row["event"] == "core.recorded"
    assert all(f"`{column}`" in words["codebook.md"] for column in row)
    with world.database.read() as session:
        key = session.scalar(select(ActorKey.actor_key).where(ActorKey.person_id == world.people["nurse"]))
    secrets = ("Larger", "18 points", "Nadia", "@", str(key), str(saved.id), str(world.practices[MANOR]), "x" * 64)
    for secret in secrets:
        assert secret not in "".join(words.values())


@given(st.lists(st.text(max_size=20), max_size=12), st.integers(1, 5))
def test_rows_in_parts_are_the_same_as_in_one(words: list[str], chunk: int) -> None:
    written = [{"sequence": number, "props": word} for number, word in enumerate(words)]
    whole = io.StringIO(newline="")
    csv_writer.write(written, list(export.COLUMNS), whole)
    parts = list(csv_parts(iter(written), chunk))
    assert b"".join(parts) == whole.getvalue().encode()
    assert len(parts) == max(1, -(-len(words) // chunk))


def test_nothing_to_count_is_explained(client_for: ClientFor) -> None:
    page = client_for("evaluator").get("/evaluation")
    assert "Nothing is counted yet" in page.text
    assert "<svg" not in page.text.partition("<main")[2]
    assert rows(client_for("evaluator")) == []


def test_the_week_that_is_not_over_says_so(world: World, client_for: ClientFor) -> None:
    people(world, 9, now().date() - timedelta(weeks=1), now().date())
    page = client_for("evaluator").get("/evaluation").text
    assert page.count("so far") == 1


def test_each_profile_says_its_own_range(world: World, client_for: ClientFor) -> None:
    people(world, 3, MONDAY)
    evaluator = client_for("evaluator")
    for profile, words in (("hes", "1 to 7"), ("gpps", "1 to 9"), ("fft", "hidden")):
        with world.database.write() as session:
            session.execute(update(Study).values(suppression=profile))
        assert cells(evaluator.get("/evaluation").text)["Whole study"] == [words] * 3


shown_numbers = st.one_of(st.none(), st.integers(0, 5_000))


@given(st.dictionaries(st.integers(0, 60), shown_numbers, max_size=30))
def test_every_week_from_the_first_to_the_last_is_there(numbers: dict[int, int | None]) -> None:
    known = [
        Week(MONDAY + timedelta(weeks=week), dict.fromkeys(TIERS, count)) for week, count in sorted(numbers.items())
    ]
    weeks = whole_weeks(TierReport(known, dict.fromkeys(TIERS, 0)))
    assert len(weeks) == (max(numbers) - min(numbers) + 1 if numbers else 0)
    assert [week.people["using"] for week in weeks if week in known] == [numbers[week] for week in sorted(numbers)]
    assert all(week in known or set(week.people.values()) == {0} for week in weeks)


@given(shown_numbers, shown_numbers, st.integers(0, 3))
def test_growth_needs_two_numbers_that_are_shown(before: int | None, after: int | None, past: int) -> None:
    weeks = [
        Week(MONDAY, dict.fromkeys(TIERS, before)),
        Week(MONDAY + timedelta(weeks=1), dict.fromkeys(TIERS, after)),
    ]
    factor = growth(weeks, "aware", MONDAY + timedelta(days=3), MONDAY + timedelta(weeks=1 + past))
    if not before or after is None or past == 0:
        assert factor is None
    else:
        assert factor == pytest.approx(after / before)
