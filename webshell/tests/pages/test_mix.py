"""The mix in the browser: switch with a reason, suggest and support, decide, answer a trial, roll back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from layers_core.artefacts import followup
from layers_core.contract import PluginChoice
from layers_core.practices import trials
from layers_core.usage.models import UsageEventRow
from layers_webshell.testclient import Browser
from layers_webshell.testworld import World

ClientFor = Callable[..., Browser]


def state_of(world: World, slug: str) -> str:
    return world.actor("manager").practice.mix.choices[slug].state


def test_a_manager_switches_a_tool_off_and_rolls_back(world: World, client_for: ClientFor) -> None:
    manager, nurse = client_for("manager"), client_for("nurse")
    before = world.actor("manager").practice.mix.version
    assert nurse.get("/manor/reflect/").status_code == 200
    page = manager.get("/manor/mix/change/reflect")
    done = manager.submit(page, {"state": "off", "reason": "We try without it"})
    assert done.status_code == 303
    assert nurse.get("/manor/reflect/").status_code == 404
    assert "/manor/reflect/" not in nurse.get("/manor/").text
    listed = manager.get("/manor/mix").text
    assert "We try without it" in listed
    back = manager.get(f"/manor/mix/roll-back/{before}")
    assert manager.submit(back, {"reason": "We miss it"}).status_code == 303
    assert nurse.get("/manor/reflect/").status_code == 200
    assert world.actor("manager").practice.mix.version == before + 2


def test_what_is_missing_is_asked_for_and_nothing_typed_is_lost(world: World, client_for: ClientFor) -> None:
    lead = client_for("lead")
    page = lead.get("/manor/mix/change/reflect")
    refused = lead.submit(page, {"state": "trial", "question": "Do we learn sooner?", "reason": ""})
    assert refused.status_code == 422
    assert "Enter the day on which the trial ends" in refused.text
    assert "Do we learn sooner?" in refused.text
    again = lead.submit(
        refused,
        {"until-day": "1", "until-month": "3", "until-year": "2099", "reason": "Asked for in the meeting"},
        action="",
    )
    assert again.status_code == 303
    assert state_of(world, "reflect") == "trial"


def test_somebody_else_decided_meanwhile(world: World, client_for: ClientFor) -> None:
    lead, manager = client_for("lead"), client_for("manager")
    page = lead.get("/manor/mix/change/reflect")
    manager.submit(manager.get("/manor/mix/change/reflect"), {"state": "off", "reason": "First"})
    late = lead.submit(page, {"state": "on", "reason": "Second"})
    assert late.status_code == 422
    assert "Somebody changed what the practice uses" in late.text
    assert state_of(world, "reflect") == "off"


@pytest.mark.parametrize("path", ["mix/change/reflect", "mix/roll-back/1", "mix/answer/reflect"])
def test_members_do_not_decide(client_for: ClientFor, path: str) -> None:
    nurse = client_for("nurse")
    assert nurse.get(f"/manor/{path}").status_code == 404
    assert nurse.send(f"/manor/{path}", {"state": "off", "reason": "Mine"}).status_code == 404


def test_a_suggestion_carries_its_page_and_is_decided(world: World, client_for: ClientFor) -> None:
    nurse, gp, lead = client_for("nurse"), client_for("gp"), client_for("lead")
    page = nurse.get("/manor/mix/suggest?page=/manor/new")
    assert nurse.submit(page, {"text": "Show fewer things"}).status_code == 303
    listed = gp.get("/manor/mix")
    assert "Show fewer things" in listed.text
    assert 'href="/manor/new"' in listed.text
    gp.submit(listed, {"support": "yes"})
    assert "1 person supports it" in gp.get("/manor/mix").text
    decided = lead.submit(lead.get("/manor/mix"), {"reason": "It is in the plan", "decision": "accept"})
    assert decided.status_code == 303
    assert "It is in the plan" in nurse.get("/manor/mix").text
    with world.database.read() as session:
        names = session.scalars(select(UsageEventRow.name).where(UsageEventRow.name.like("core.mix_%")))
        assert list(names)[-3:] == ["core.mix_proposed", "core.mix_supported", "core.mix_decided"]


def test_a_suggestion_never_links_to_another_host(client_for: ClientFor) -> None:
    nurse = client_for("nurse")
    page = nurse.get("/manor/mix/suggest?page=https://evil.example/")
    nurse.submit(page, {"text": "Look there"})
    assert "evil.example" not in nurse.get("/manor/mix").text


def test_an_ended_trial_asks_its_question_at_home_and_its_answer_is_shared(
    world: World, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = followup.today_in("Europe/London")
    choice = PluginChoice("trial", until=today + timedelta(days=1), question="Do we learn sooner?")
    world.switch("manor", "reflect", choice)
    lead = client_for("lead")
    assert "Do we learn sooner?" not in lead.get("/manor/").text
    monkeypatch.setattr(trials, "today_in", lambda _zone: today + timedelta(days=3))
    assert "Do we learn sooner?" in lead.get("/manor/").text
    assert "Do we learn sooner?" not in client_for("nurse").get("/manor/").text
    page = lead.get("/manor/mix/answer/reflect")
    saved = lead.submit(page, {"answer": "Yes, by a week", "audience": f"cluster:{world.cluster_id}"})
    assert saved.status_code == 303
    assert "Yes, by a week" in client_for("neighbour").get("/riverside/new").text
    assert "Yes, by a week" not in client_for("outsider").get("/hilltop/new").text
