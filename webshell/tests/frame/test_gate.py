"""Who may call what."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from flask import Blueprint, Flask
from sqlalchemy import event

from layers_core.contract import PluginChoice
from layers_core.db.base import now
from layers_core.db.session import Database
from layers_core.host.loader import Host
from layers_core.settings import Settings
from layers_core.web import policy
from layers_webshell import pages as shell_pages
from layers_webshell.accounts import service
from layers_webshell.app import create_app
from layers_webshell.gate import NoPolicy
from layers_webshell.testclient import Browser
from layers_webshell.testworld import MANOR, World

ClientFor = Callable[..., Browser]


@contextmanager
def queries(database: Database) -> Iterator[list[str]]:
    """The statements that the database was sent, without the transactions' own."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")):
            sent.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield sent
    event.remove(database.engine, "before_cursor_execute", note)


def start_with(blueprint: Blueprint, settings: Settings, host: Host, patch: pytest.MonkeyPatch) -> Flask:
    patch.setattr(shell_pages, "blueprints", lambda: [blueprint])
    return create_app(settings, host=host)


def test_a_route_without_a_policy_stops_the_start_and_is_named(
    settings: Settings, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = Blueprint("bare", __name__)
    bare.add_url_rule("/bare", "open_door", lambda: "in")
    with pytest.raises(NoPolicy, match=r"GET /bare \(bare.open_door\)"):
        start_with(bare, settings, host, monkeypatch)


def test_membership_of_no_practice_stops_the_start(
    settings: Settings, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = Blueprint("bare", __name__)
    bare.add_url_rule("/bare", "nowhere", policy("member")(lambda: "in"))
    with pytest.raises(NoPolicy, match="names no practice"):
        start_with(bare, settings, host, monkeypatch)


@pytest.mark.parametrize("path", ["/manor/", "/manor/probe/", "/unknown/", "/unknown/probe/", "/me", "/operator"])
def test_signed_out_pages_lead_to_the_sign_in_and_back(visitor: Browser, path: str) -> None:
    answer = visitor.get(path)
    assert answer.status_code == 302
    assert answer.location == f"/sign-in?next={path}"


ALLOWED = {
    "/manor/": {"gp", "nurse", "receptionist", "manager", "lead"},
    "/manor/probe/": {"gp", "nurse", "receptionist", "manager", "lead"},
    "/manor/probe/write": {"gp", "nurse", "receptionist", "manager", "lead"},
    "/manor/probe/lead-only": {"lead"},
    "/riverside/probe/": {"neighbour"},
    "/hilltop/": {"outsider"},
    "/nowhere/": set(),
    "/evaluation": {"evaluator"},
    "/operator": {"operator"},
    "/me": {
        "gp", "nurse", "receptionist", "manager", "lead", "neighbour", "outsider", "former", "evaluator", "operator",
    },
}  # fmt: skip


def test_each_page_is_there_for_its_people_and_404_for_all_others(world: World, client_for: ClientFor) -> None:
    found = {path: set[str]() for path in ALLOWED}
    for role in world.people:
        client = client_for(role)
        for path in ALLOWED:
            status = client.get(path).status_code
            assert status in {200, 404}, (role, path, status)
            if status == 200:
                found[path].add(role)
    assert found == ALLOWED


def test_a_plugin_outside_the_mix_has_no_pages(world: World, client_for: ClientFor, visitor: Browser) -> None:
    nurse = client_for("nurse")
    assert 'href="/manor/probe/"' in nurse.get("/manor/").text
    world.switch(MANOR, "probe", PluginChoice("off"))
    assert nurse.get("/manor/probe/").status_code == 404
    assert visitor.get("/p/manor/probe/").status_code == 404
    assert 'href="/manor/probe/"' not in nurse.get("/manor/").text
    assert client_for("neighbour").get("/riverside/probe/").status_code == 200


def test_somebody_who_leaves_is_out_at_once(world: World, client_for: ClientFor) -> None:
    nurse = client_for("nurse")
    assert nurse.get("/manor/").status_code == 200
    from layers_core.practices.service import leave

    with world.database.write() as session:
        leave(session, world.people["nurse"], world.practices[MANOR])
    assert nurse.get("/manor/").status_code == 404
    assert nurse.get("/me").status_code == 200


def test_account_and_actor_cost_one_query(world: World, client_for: ClientFor) -> None:
    nurse = client_for("nurse")
    nurse.get("/manor/")
    with queries(world.database) as sent:
        assert nurse.get("/manor/").status_code == 200
    assert len(sent) == 1, sent


def test_the_api_answers_in_json(world: World, visitor: Browser, client_for: ClientFor) -> None:
    without = visitor.get("/api/v1/me")
    assert (without.status_code, without.headers["WWW-Authenticate"], without.json["code"]) == (401, "Bearer", 401)
    # A browser's cookie opens no API: what has no form token must not work by cookie.
    assert client_for("nurse").get("/api/v1/me").status_code == 401
    with world.database.write() as session:
        token = service.make_api_token(session, world.people["nurse"], "phone", now() + timedelta(days=30))
        late = service.make_api_token(session, world.people["nurse"], "old", now() - timedelta(days=1))
    bearer = {"Authorization": f"Bearer {token}"}
    assert visitor.get("/api/v1/me", headers=bearer).json == {"name": "Nadia Brown"}
    assert visitor.get("/api/v1/manor/here", headers=bearer).json == {"name": "Nadia Brown"}
    assert visitor.get("/api/v1/riverside/here", headers=bearer).status_code == 404
    assert visitor.get("/api/v1/riverside/here", headers=bearer).json["code"] == 404
    assert visitor.get("/api/v1/me", headers={"Authorization": f"Bearer {late}"}).status_code == 401
    assert visitor.get("/api/v1/me", headers={"Authorization": f"Bearer {token}x"}).status_code == 401


def test_a_form_without_the_sessions_token_is_refused(client_for: ClientFor) -> None:
    nurse = client_for("nurse")
    page = nurse.get("/manor/probe/write")
    assert nurse.submit(page, {"learnt": "larger print"}).text == "got larger print"
    assert nurse.post("/manor/probe/write", data={"learnt": "x"}).status_code == 400
    stranger = client_for("gp")
    stolen = {"learnt": "x", "csrf_token": stranger.csrf_token()}
    refused = nurse.post("/manor/probe/write", data=stolen)
    assert refused.status_code == 400
    assert "x" in refused.text


def test_htmx_is_sent_to_the_sign_in_page_as_a_whole(visitor: Browser) -> None:
    page = "http://127.0.0.1/manor/?kind=a"
    answer = visitor.get("/manor/probe/", headers={"HX-Request": "true", "HX-Current-URL": page})
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/sign-in?next=/manor/?kind%3Da"
    elsewhere = visitor.get("/manor/probe/", headers={"HX-Request": "true", "HX-Current-URL": "https://evil.example/"})
    assert elsewhere.headers["HX-Redirect"] == "/sign-in"


def test_work_after_the_response_runs_only_after_a_good_one(client_for: ClientFor, probe: ModuleType) -> None:
    nurse = client_for("nurse")
    assert nurse.get("/manor/after").text == "sent before []"
    assert probe.AFTER == ["done", "also"]
    nurse.get("/manor/after?fail=1")
    assert probe.AFTER == ["done", "also"]


def test_pages_cannot_write_while_reading(world: World, client_for: ClientFor) -> None:
    assert client_for("nurse").get("/manor/store").status_code == 500
    from sqlalchemy import select

    from layers_core.practices.models import Person

    with world.database.read() as session:
        assert session.scalar(select(Person).where(Person.email == "y")) is None


def test_an_error_tells_nothing_of_the_inside(client_for: ClientFor, caplog: pytest.LogCaptureFixture) -> None:
    answer = client_for("nurse").get("/manor/fail?secret=letmein")
    assert answer.status_code == 500
    assert "inside" not in answer.text
    assert "RuntimeError" not in answer.text
    assert "RuntimeError" in caplog.text
    assert "letmein" not in caplog.text
    sent = client_for("nurse").send("/manor/fail?secret=letmein", {"learnt": "What I typed"})
    assert sent.status_code == 500
    assert "What I typed" in sent.text
    assert "What I typed" not in caplog.text
