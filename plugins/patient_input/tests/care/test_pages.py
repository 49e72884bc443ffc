"""The CARE measure through the application: whose link, what patients meet, and a report for one pair of eyes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
from sqlalchemy import func, select

from layers_core.contract import PluginChoice
from layers_core.forms.fields import field_name, option_key
from layers_core.practices import service as practices
from layers_core.practices.models import PublicLink
from layers_patient_input.care.models import CareRound
from layers_patient_input.care.rules import ITEMS
from layers_patient_input.catalogue import Form, built_in
from layers_patient_input.models import Answer, Tally
from layers_patient_input.plugin import Plugin

pytest.importorskip("layers_webshell", reason="the pages are tried inside the web shell")

PAGE = "/manor/patient-input/care"
PERMISSION = {
    "care_permission": "University of Glasgow, by letter: free of charge for our own learning",
    "care_permission_on": "2026-03-02",
}


@pytest.fixture(scope="module")
def web_plugins() -> Sequence[object]:
    """Patient input alone: it needs no other plugin."""
    return [Plugin()]


@pytest.fixture
def allowed(world: Any) -> None:
    """The practice has recorded its permission."""
    world.switch("manor", "patient_input", PluginChoice("on", settings=PERMISSION))


def form_of(world: Any) -> Form:
    from layers_patient_input.schemas import settings_of

    return built_in("care", settings_of(world.actor("gp").practice))


def chosen(form: Form, codes: Mapping[str, str]) -> dict[str, str]:
    """A filled-in form as a browser sends it: the code chosen for each question."""
    values = {}
    for key, code in codes.items():
        item = form.item(key)
        option = next(option for option in item.options if option.value.data["code"] == code)
        values[field_name(item)] = option_key(option)
    return values


def begin(client_for: Callable[..., Any], role: str = "gp") -> str:
    """Somebody makes their link; the path of the form behind it."""
    browser = client_for(role)
    done = browser.submit(browser.get(PAGE), {"do": "begin"})
    assert done.status_code == 303
    found = re.search(r'href="http://[^/]+(/f/[^"]+)"', browser.get(PAGE).text)
    assert found
    return found.group(1)


def rate(world: Any, visitor: Any, path: str, codes: Mapping[str, str] | None = None, times: int = 1) -> Any:
    """So many patients fill in the form."""
    values = chosen(form_of(world), codes or dict.fromkeys(ITEMS, "very_good"))
    for _time in range(times):
        thanks = visitor.submit(visitor.get(path), values)
    return thanks


def answers_in(world: Any) -> list[Answer]:
    with world.database.read() as session:
        return list(session.scalars(select(Answer).order_by(Answer.id)))


def report_path(client_for: Callable[..., Any], role: str = "gp") -> str:
    found = re.search(rf'href="({PAGE}/[0-9a-f-]+)"', client_for(role).get(PAGE).text)
    assert found
    return found.group(1)


# The permission


def test_without_the_practice_s_permission_nobody_gets_a_link(world: Any, client_for: Callable[..., Any]) -> None:
    browser = client_for("gp")
    page = browser.get(PAGE)
    assert page.status_code == 200
    assert "cannot use CARE yet" in page.text
    assert "do" not in re.findall(r'<button[^>]* name="(\w+)"', page.text)
    refused = browser.send(PAGE, {"do": "begin"})
    assert refused.status_code == 422
    assert "has not recorded" in refused.text
    with world.database.read() as session:
        assert session.scalar(select(func.count()).select_from(CareRound)) == 0


def test_a_permission_has_words_and_a_date(world: Any, client_for: Callable[..., Any]) -> None:
    manager = client_for("manager")
    path = "/manor/mix/change/patient_input"
    for words, day in (("By letter", ""), ("", "2026-03-02"), ("By letter", "2 March"), ("By letter", "2026-02-30")):
        page = manager.get(path)
        values = {"setting-care_permission": words, "setting-care_permission_on": day, "reason": "We asked"}
        assert manager.submit(page, values).status_code == 422, (words, day)
    values = {"setting-care_permission": "By letter", "setting-care_permission_on": "2026-03-02", "reason": "We asked"}
    assert manager.submit(manager.get(path), values).status_code == 303
    assert "2 March 2026" in client_for("gp").get(PAGE).text


@pytest.mark.usefixtures("allowed")
def test_a_permission_that_is_taken_back_closes_the_form(
    world: Any, client_for: Callable[..., Any], visitor: Any
) -> None:
    path = begin(client_for)
    assert visitor.get(path).status_code == 200
    world.switch("manor", "patient_input", PluginChoice("on", settings={}))
    assert visitor.get(path).status_code == 410
    assert "End this round" in client_for("gp").get(PAGE).text


# Patients


@pytest.mark.usefixtures("allowed")
def test_a_patient_rates_the_person_whose_link_it_is(world: Any, client_for: Callable[..., Any], visitor: Any) -> None:
    path = begin(client_for)
    page = visitor.get(path)
    assert "Dr Grace Okafor" in page.text
    assert "Making you feel at ease" in page.text
    assert "Nobody else at the practice sees it." in page.text
    assert "Stewart W. Mercer" in page.text
    assert "checked" not in page.text
    thanks = rate(world, visitor, path, {**dict.fromkeys(ITEMS, "excellent"), "care-10": "does_not_apply"})
    assert thanks.status_code == 200
    assert "Thank you" in thanks.text
    assert "Set-Cookie" not in thanks.headers
    (kept,) = answers_in(world)
    assert (kept.form, kept.about_person_id, kept.has_words) == ("care", world.people["gp"], False)
    with world.database.read() as session:
        assert session.scalars(select(Tally)).all() == [], "the totals of the practice know nothing of it"


@pytest.mark.usefixtures("allowed")
def test_an_empty_form_is_refused_and_a_choice_that_is_none_too(
    world: Any, client_for: Callable[..., Any], visitor: Any
) -> None:
    path = begin(client_for)
    refused = visitor.submit(visitor.get(path), {})
    assert refused.status_code == 422
    assert "There is a problem" in refused.text
    first = field_name(form_of(world).item("care-1"))
    assert visitor.submit(visitor.get(path), {first: "brilliant"}).status_code == 422
    assert answers_in(world) == []


@pytest.mark.usefixtures("allowed")
@pytest.mark.parametrize("language", ["cy", "pl", "ur", "ro"])
def test_the_form_speaks_the_patient_s_language(client_for: Callable[..., Any], visitor: Any, language: str) -> None:
    page = visitor.get(f"{begin(client_for)}?lang={language}")
    assert page.status_code == 200
    assert "You saw:" not in page.text
    assert "Dr Grace Okafor" in page.text


@pytest.mark.usefixtures("allowed")
def test_a_patient_takes_their_form_back(world: Any, client_for: Callable[..., Any], visitor: Any) -> None:
    path = begin(client_for)
    thanks = rate(world, visitor, path)
    found = re.search(r'<code dir="ltr">([0-9A-Z-]{19})</code>', thanks.text)
    assert found
    page = visitor.get("/p/manor/patient-input/withdraw")
    assert visitor.submit(page, {"code": found.group(1)}).status_code == 200
    assert "0 forms that count" in client_for("gp").get(PAGE).text


@pytest.mark.usefixtures("allowed")
def test_nobody_rates_somebody_who_has_left(world: Any, client_for: Callable[..., Any], visitor: Any) -> None:
    path = begin(client_for)
    with world.database.write() as session:
        practices.leave(session, world.people["gp"], world.practices["manor"])
    assert visitor.get(path).status_code == 410


# The report


@pytest.mark.usefixtures("allowed")
def test_there_is_no_report_under_25_forms(world: Any, client_for: Callable[..., Any], visitor: Any) -> None:
    path = begin(client_for)
    rate(world, visitor, path, times=3)
    rate(world, visitor, path, {"care-1": "poor"})
    page = client_for("gp").get(report_path(client_for))
    assert "3 forms that count, of 25" in page.text
    assert "1 form is left out" in page.text
    assert "<table" not in page.text
    assert "Mean score" not in page.text


@pytest.mark.usefixtures("allowed")
def test_forms_in_a_translation_are_not_the_measure(world: Any, client_for: Callable[..., Any], visitor: Any) -> None:
    path = begin(client_for)
    for query in ("?lang=pl", "?lang=ur", "?lang=en", "?lang=en-simple", ""):
        assert rate(world, visitor, path + query).status_code == 200
    page = client_for("gp").get(report_path(client_for)).text
    assert "3 forms that count, of 25" in page
    assert "2 forms in a translation are left out: only the English words are the measure." in page


@pytest.mark.usefixtures("allowed")
def test_the_report_has_means_with_their_intervals_and_the_shares_of_answers(
    world: Any, client_for: Callable[..., Any], visitor: Any
) -> None:
    path = begin(client_for)
    rate(world, visitor, path, times=15)
    rate(world, visitor, path, dict.fromkeys(ITEMS, "good"), times=10)
    rate(world, visitor, path, dict.fromkeys(ITEMS, "poor"), times=2)
    page = client_for("gp").get(report_path(client_for)).text
    # 15 sums of 40 and 10 of 30: mean 36, deviation 5, t of 24 degrees of freedom 2.064. The last two wait for three.
    assert "Mean score 36.0 of 50" in page
    assert "95% confidence interval 33.9 to 38.1, from 25 forms" in page
    assert "With 25 more forms your mean is reliable." in page
    row = re.search(r"Really listening</th>(.*?)</tr>", page)
    assert row
    assert re.findall(r">([^<]+)</td>", row.group(1)) == ["3.60", "3.39 to 3.81"]
    chosen_row = re.findall(r"Really listening</th>(.*?)</tr>", page)[1]
    assert re.findall(r">([^<]+)</td>", chosen_row) == ["0%", "0%", "40%", "60%", "0%", "0%", "0%"]


@pytest.mark.usefixtures("allowed")
def test_nobody_else_meets_a_practitioner_s_link_or_report(
    world: Any, client_for: Callable[..., Any], visitor: Any
) -> None:
    path = begin(client_for)
    rate(world, visitor, path)
    report = report_path(client_for)
    token = path.removeprefix("/f/")
    with world.database.read() as session:
        key = session.scalars(select(CareRound.id)).one()
    for role in ("manager", "lead", "nurse", "receptionist", "neighbour", "former", "operator", "evaluator"):
        browser = client_for(role)
        assert browser.get(report).status_code == 404, role
        assert browser.send(PAGE, {"do": "end", "round": str(key)}).status_code == 404, role
        for page in (
            PAGE,
            "/manor/patient-input/",
            "/manor/patient-input/ways-in",
            "/manor/",
            "/manor/patient-input/fft",
        ):
            shown = browser.get(page).text
            assert token not in shown, (role, page)
            assert str(key) not in shown, (role, page)
    assert visitor.get(report).status_code == 302
    assert visitor.get(path).status_code == 200


@pytest.mark.usefixtures("allowed")
def test_a_manager_cannot_take_the_link_for_one_of_the_practice_s(
    world: Any, client_for: Callable[..., Any], visitor: Any
) -> None:
    path = begin(client_for)
    token = path.removeprefix("/f/")
    manager = client_for("manager")
    for do in ("withdraw", "renew", "until"):
        manager.send("/manor/patient-input/ways-in", {"token": token, "do": do})
    assert visitor.get(path).status_code == 200


@pytest.mark.usefixtures("allowed")
def test_a_new_round_ends_the_one_before_and_has_a_report_of_its_own(
    world: Any, client_for: Callable[..., Any], visitor: Any
) -> None:
    first = begin(client_for)
    rate(world, visitor, first, times=2)
    second = begin(client_for)
    assert visitor.get(first).status_code == 410
    rate(world, visitor, second)
    page = client_for("gp").get(PAGE).text
    assert [int(count) for count in re.findall(r"(\d+) forms? that count", page)] == [1, 2]
    colleague = begin(client_for, "nurse")
    assert visitor.get(second).status_code == visitor.get(colleague).status_code == 200


@pytest.mark.usefixtures("allowed")
def test_a_round_ends_for_good(world: Any, client_for: Callable[..., Any], visitor: Any) -> None:
    path = begin(client_for)
    gp = client_for("gp")
    assert gp.submit(gp.get(PAGE), {"do": "end"}, action=PAGE).status_code == 303
    assert visitor.get(path).status_code == 410
    assert "Ended" in gp.get(PAGE).text
    for wrong in ("", "nothing", "0" * 32, "x" * 50_000):
        assert gp.send(PAGE, {"do": "end", "round": wrong}).status_code == 404


# The person


@pytest.mark.usefixtures("allowed")
def test_an_erased_person_leaves_no_form_and_no_link(world: Any, client_for: Callable[..., Any], visitor: Any) -> None:
    path = begin(client_for)
    rate(world, visitor, path, times=2)
    kept = begin(client_for, "nurse")
    rate(world, visitor, kept)
    person = world.people["gp"]
    with world.database.read() as session:
        said = [
            row for _slug, row in world.host.doors.custody("layers_personal_data", person_id=person, session=session)
        ]
    assert [list(values) for _what, values in said] == [["begun_at"]]
    with world.artefacts.unit(world.actor("manager")) as unit:
        world.host.doors.custody("layers_erase_person", person_id=person, unit=unit)
    assert [row.about_person_id for row in answers_in(world)] == [world.people["nurse"]]
    assert visitor.get(path).status_code == 410
    assert visitor.get(kept).status_code == 200
    with world.database.read() as session:
        assert session.scalars(select(CareRound.person_id)).all() == [world.people["nurse"]]
        assert session.get_one(PublicLink, path.removeprefix("/f/")).withdrawn_at is not None
