"""People: who sees what, inviting, changing roles, leaving."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from uuid import UUID

import pytest

from layers_webshell.testclient import Browser
from layers_webshell.testworld import World

ClientFor = Callable[..., Browser]


@pytest.fixture(scope="module")
def web_plugins() -> Sequence[object]:
    return []


def test_everybody_sees_who_belongs_here_and_only_a_manager_sees_more(client_for: ClientFor) -> None:
    page = client_for("nurse").get("/manor/people").text
    assert "Rita Lewis" in page
    assert "Learning lead" in page
    assert "Fred Former" not in page
    assert "nurse@example.org" not in page
    managed = client_for("manager").get("/manor/people").text
    assert "Fred Former" in managed
    assert "nurse@example.org" in managed


@pytest.mark.parametrize("role", ["nurse", "gp", "receptionist", "lead"])
def test_only_a_manager_changes_anything(world: World, client_for: ClientFor, role: str) -> None:
    client = client_for(role)
    person = world.people["nurse"]
    for path in ("/manor/people/invite", f"/manor/people/{person}"):
        assert client.get(path).status_code == 404
        assert client.send(path, {"profession": "gp"}).status_code == 404
    assert client.send(f"/manor/people/{person}/end").status_code == 404


def test_an_invitation_is_shown_once_and_works(client_for: ClientFor, visitor: Browser) -> None:
    manager = client_for("manager")
    form = manager.get("/manor/people/invite")
    refused = manager.submit(form, {"name": "", "email": "nonsense"}, action="")
    assert refused.status_code == 422
    assert "Enter the person&#39;s name" in refused.text
    assert 'value="nonsense"' in refused.text
    values = {"name": "Nora New", "email": "Nora.New@Example.org", "profession": "nurse", "roles": ["lead"]}
    made = manager.submit(refused, values, action="")
    link = re.search(r'value="(http[^"]+/invitation/[^"]+)"', made.text)
    assert link
    listed = manager.get("/manor/people")
    assert "Nora New" in listed.text
    assert link.group(1).rpartition("/")[2] not in listed.text
    page = visitor.get(link.group(1))
    assert "Manor Street Surgery" in page.text
    joined = visitor.submit(page, {"name": "Nora New", "password": "three long words"})
    assert joined.status_code == 303
    assert "Nora New" in client_for("nurse").get("/manor/people").text


def test_a_stopped_invitation_no_longer_works(client_for: ClientFor, visitor: Browser) -> None:
    manager = client_for("manager")
    values = {"name": "Nora New", "email": "nora@example.org", "profession": "nurse"}
    made = manager.submit(manager.get("/manor/people/invite"), values, action="")
    link = re.search(r'value="(http[^"]+/invitation/[^"]+)"', made.text)
    assert link
    page = manager.get("/manor/people")
    assert manager.submit(page, {}, action="/manor/people/invitations/").status_code == 303
    assert visitor.get(link.group(1)).status_code == 410


def test_roles_change_and_a_practice_keeps_a_manager(world: World, client_for: ClientFor) -> None:
    manager = client_for("manager")
    nurse = world.people["nurse"]
    form = manager.get(f"/manor/people/{nurse}")
    assert manager.submit(form, {"profession": "pharmacist", "roles": ["lead"]}, action="").status_code == 303
    actor = world.actor("nurse")
    assert (actor.profession, actor.roles) == ("pharmacist", {"member", "lead"})
    own = manager.get(f"/manor/people/{world.people['manager']}")
    refused = manager.submit(own, {"roles": []}, action="")
    assert refused.status_code == 422
    assert "only manager" in refused.text
    ended = manager.send(f"/manor/people/{world.people['manager']}/end")
    assert ended.status_code == 422
    assert world.actor("manager").roles == {"member", "manager"}


def test_who_leaves_loses_the_practice_at_once_and_keeps_what_is_theirs(
    world: World, client_for: ClientFor, write: Callable[..., UUID]
) -> None:
    key = write("nurse", "Written before leaving")
    nurse, manager = client_for("nurse"), client_for("manager")
    form = manager.get(f"/manor/people/{world.people['nurse']}")
    assert manager.submit(form, {}, action=f"/manor/people/{world.people['nurse']}/end").status_code == 303
    assert nurse.get("/manor/").status_code == 404
    assert nurse.get(f"/manor/things/{key}").status_code == 404
    assert "Written before leaving" in nurse.get("/me").text
    assert "Written before leaving" in nurse.get(f"/me/things/{key}").text
    assert nurse.send(f"/manor/things/{key}/restore").status_code == 404


def test_nobody_manages_another_practice_s_people(world: World, client_for: ClientFor) -> None:
    outsider = client_for("outsider")
    nurse = world.people["nurse"]
    assert outsider.get("/manor/people").status_code == 404
    assert outsider.get(f"/hilltop/people/{nurse}").status_code == 404
    assert outsider.send(f"/hilltop/people/{nurse}", {"profession": "gp"}).status_code == 404
    assert outsider.send(f"/hilltop/people/{nurse}/end").status_code == 404
    assert world.actor("nurse").profession == "nurse"
