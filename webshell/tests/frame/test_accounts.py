"""Signing in and out, a shared PC, invitations, new passwords, the demo's links."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from layers_core.db.base import now
from layers_core.host.loader import Host
from layers_core.practices.models import Person
from layers_core.settings import Settings, SettingsError
from layers_webshell.accounts import service
from layers_webshell.accounts.demo_links import DemoLinks
from layers_webshell.accounts.models import Account, Invitation, KeptForm, SignIn
from layers_webshell.accounts.safe_next import safe_next
from layers_webshell.accounts.security import hashed
from layers_webshell.app import create_app
from layers_webshell.testclient import Browser
from layers_webshell.testworld import HILLTOP, World

ClientFor = Callable[..., Browser]
PASSWORD = "three good words"


@pytest.fixture
def nurse_password(app: Flask, world: World) -> str:
    """The nurse has a password."""
    with app.app_context():
        kept = hashed(PASSWORD)
    with world.database.write() as session:
        session.execute(update(Account).where(Account.id == world.accounts["nurse"]).values(password=kept))
    return PASSWORD


def sign_in(visitor: Browser, email: str, password: str, path: str = "/sign-in", **more: str):  # type: ignore[no-untyped-def]
    return visitor.submit(visitor.get(path), {"email": email, "password": password, **more})


def test_sign_in_leads_to_the_only_practice(visitor: Browser, nurse_password: str, world: World) -> None:
    answer = sign_in(visitor, "  Nurse@EXAMPLE.org ", nurse_password)
    assert (answer.status_code, answer.location) == (303, "/manor/")
    assert "Nadia Brown" in visitor.get("/manor/").text
    with world.database.read() as session:
        kept = session.scalars(select(Account).where(Account.id == world.accounts["nurse"])).one()
        assert kept.password
        assert kept.password.startswith("$argon2id$")
        assert kept.last_sign_in_at is not None


def test_sign_in_goes_back_to_the_page(visitor: Browser, nurse_password: str) -> None:
    back = sign_in(visitor, "nurse@example.org", nurse_password, "/sign-in?next=/manor/probe/write?a%3D1")
    assert back.location == "/manor/probe/write?a=1"


def test_sign_in_goes_to_no_other_place(visitor: Browser, nurse_password: str) -> None:
    assert sign_in(visitor, "nurse@example.org", nurse_password, "/sign-in?next=//evil.example").location == "/manor/"


@pytest.mark.parametrize(
    "target",
    ["//evil", "https://evil", "/\\evil", "\\\\evil", "/\t/evil", "/%09/evil", "/%2F/evil/..", "javascript:x", "",
     "/a\r\nSet-Cookie: x", "/%5cevil", "evil", "/" + "x" * 2000, "/\u2028/evil", "/%0a/evil"],
)  # fmt: skip
def test_a_next_that_could_leave_is_refused(target: str) -> None:
    assert safe_next(target) is None


@given(st.text(st.sampled_from("/\\%09.:@?#\t\n a2fF5cC"), max_size=14))
def test_whatever_is_accepted_stays_here(target: str) -> None:
    from urllib.parse import urljoin, urlsplit

    accepted = safe_next(target)
    if accepted is not None:
        # Browsers drop tabs and line breaks and read a backslash as a slash before they resolve an address.
        read = re.sub(r"[\t\r\n]", "", accepted).replace("\\", "/")
        assert urlsplit(urljoin("http://here.example/sign-in", read)).netloc == "here.example"


def test_wrong_and_unknown_get_the_same_answer(visitor: Browser, nurse_password: str) -> None:
    wrong = sign_in(visitor, "nurse@example.org", "not this one")
    unknown = sign_in(visitor, "nobody@example.org", "not this one")
    assert wrong.status_code == unknown.status_code == 422
    plain = [re.sub(r'value="[^"]*"', "", answer.text) for answer in (wrong, unknown)]
    assert plain[0] == plain[1]
    assert "not right" in wrong.text
    assert 'value="nurse@example.org"' in wrong.text


def test_an_account_without_password_or_closed_cannot_sign_in(
    visitor: Browser, world: World, nurse_password: str
) -> None:
    assert sign_in(visitor, "gp@example.org", "").status_code == 422
    assert sign_in(visitor, "gp@example.org", "nobody has this one").status_code == 422
    with world.database.write() as session:
        session.execute(update(Account).where(Account.id == world.accounts["nurse"]).values(active=False))
    assert sign_in(visitor, "nurse@example.org", nurse_password).status_code == 422


def test_guessing_is_slowed_down_for_that_account_alone(visitor: Browser, nurse_password: str, world: World) -> None:
    answers = [visitor.send("/sign-in", {"email": "nurse@example.org", "password": "no"}) for _turn in range(10)]
    assert {answer.status_code for answer in answers} == {422}
    assert sign_in(visitor, "NURSE@example.org", nurse_password).status_code == 429
    assert visitor.send("/sign-in", {"email": "gp@example.org", "password": "no"}).status_code == 422


def test_signing_in_makes_a_new_session(visitor: Browser, nurse_password: str, app: Flask) -> None:
    visitor.get("/sign-in")
    with visitor.session_transaction(base_url=visitor.base_url) as session:
        session["planted"] = "by somebody else"
        before = session["csrf_token"]
    sign_in(visitor, "nurse@example.org", nurse_password)
    visitor.get("/manor/")
    with visitor.session_transaction(base_url=visitor.base_url) as session:
        assert "planted" not in session
        assert session["csrf_token"] != before


def test_signing_out_ends_the_device_whatever_its_cookie_says(client_for: ClientFor) -> None:
    nurse = client_for("nurse")
    page = nurse.get("/manor/")
    stolen = nurse.get_cookie("layers", domain="127.0.0.1")
    assert stolen is not None
    assert nurse.submit(page, action="/sign-out").location == "/sign-in"
    assert nurse.get("/manor/").status_code == 302
    nurse.set_cookie("layers", stolen.value, domain="127.0.0.1")
    assert nurse.get("/manor/").status_code == 302


def test_own_device_stays_and_a_shared_pc_ends_with_the_browser(app: Flask, nurse_password: str, world: World) -> None:
    own, shared = app.test_client(), app.test_client()
    stays = sign_in(own, "nurse@example.org", nurse_password, own_device="yes")  # type: ignore[arg-type]
    ends = sign_in(shared, "nurse@example.org", nurse_password)  # type: ignore[arg-type]
    assert "Expires=" in stays.headers["Set-Cookie"]
    assert "Expires=" not in ends.headers["Set-Cookie"]
    own.stand_idle(60 * 24 * 7)  # type: ignore[attr-defined]
    assert own.get("/manor/").status_code == 200
    with world.database.read() as session:
        rows = session.scalars(select(SignIn)).all()
    assert {row.own_device: row.expires_at - row.created_at for row in rows} == {
        True: timedelta(days=30),
        False: timedelta(hours=12),
    }


def test_a_shared_pc_locks_and_goes_on_where_it_was(client_for: ClientFor, nurse_password: str) -> None:
    nurse = client_for("nurse", own_device=False)
    assert nurse.get("/manor/").status_code == 200
    nurse.stand_idle(14)
    assert nurse.get("/manor/").status_code == 200
    nurse.stand_idle(16)
    locked = nurse.get("/manor/probe/write?a=1")
    assert locked.location == "/sign-in?next=/manor/probe/write?a%3D1"
    page = nurse.get(locked.location)
    assert "it locked" in page.text
    assert nurse.submit(page, {"email": "nurse@example.org", "password": nurse_password}).location.endswith("write?a=1")


def test_what_was_typed_before_the_lock_comes_back_to_its_writer_alone(
    client_for: ClientFor, nurse_password: str, world: World
) -> None:
    nurse = client_for("nurse", own_device=False)
    page = nurse.get("/manor/probe/write")
    nurse.stand_idle(16)
    locked = nurse.submit(page, {"learnt": "Print letters\nin 18 point"})
    assert locked.status_code == 303
    offer = re.fullmatch(r"/sign-in\?next=(/account/kept/[0-9a-f-]+)", locked.location)
    assert offer
    gp = client_for("gp")
    assert "18 point" not in gp.get(offer[1], follow_redirects=True).text
    assert gp.send(f"{offer[1]}/drop").status_code == 404
    assert nurse.get(offer[1]).status_code == 302
    signed = nurse.submit(nurse.get(locked.location), {"email": "nurse@example.org", "password": nurse_password})
    shown = nurse.get(signed.location)
    assert "Print letters\nin 18 point" in shown.text
    sent = nurse.submit(shown, {"kept_form": offer[1].rsplit("/", 1)[1]})
    assert sent.text == "got Print letters\nin 18 point"
    with world.database.read() as session:
        assert session.scalar(select(func.count()).select_from(KeptForm)) == 0


def test_a_forged_form_is_not_kept(client_for: ClientFor, world: World) -> None:
    nurse = client_for("nurse", own_device=False)
    nurse.get("/manor/probe/write")
    nurse.stand_idle(16)
    answer = nurse.post("/manor/probe/write", data={"learnt": "planted", "csrf_token": "x"})
    assert answer.location == "/sign-in"
    with world.database.read() as session:
        assert session.scalar(select(func.count()).select_from(KeptForm)) == 0


def test_a_kept_form_can_be_thrown_away(client_for: ClientFor, world: World) -> None:
    nurse = client_for("nurse", own_device=False)
    page = nurse.get("/manor/probe/write")
    nurse.stand_idle(16)
    path = nurse.submit(page, {"learnt": "words"}).location.partition("next=")[2]
    again = client_for("nurse")
    assert again.submit(again.get(path), action=f"{path}/drop").location == "/manor/"
    assert again.get(path).location == "/manor/"


@pytest.fixture
def invitation(world: World) -> str:
    """A token that invites somebody new to Hilltop."""
    with world.database.write() as session:
        return service.invite(session, world.practices[HILLTOP], " New@Example.ORG ", name="Noor", profession="nurse")


def test_an_invitation_makes_person_account_and_membership_once(
    visitor: Browser, app: Flask, invitation: str, world: World
) -> None:
    page = visitor.get(f"/invitation/{invitation}")
    assert "Join Hilltop Medical Centre" in page.text
    short = visitor.submit(page, {"name": "Noor Khan", "password": "short"})
    assert short.status_code == 422
    assert "at least 12 characters" in short.text
    assert 'value="Noor Khan"' in short.text
    joined = visitor.submit(short, {"name": "Noor Khan", "password": PASSWORD})
    assert joined.location == "/hilltop/"
    assert "Noor Khan" in visitor.get("/hilltop/").text
    again = app.test_client().get(f"/invitation/{invitation}", base_url=visitor.base_url)
    assert again.status_code == 410
    with world.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Person).where(Person.email == "new@example.org")) == 1
        assert session.scalars(select(Invitation)).one().token_hash != invitation


def test_somebody_with_an_account_joins_with_its_password(visitor: Browser, world: World, nurse_password: str) -> None:
    with world.database.write() as session:
        token = service.invite(session, world.practices[HILLTOP], "nurse@example.org", profession="nurse")
    page = visitor.get(f"/invitation/{token}")
    assert visitor.submit(page, {"password": "taken over by a link"}).status_code == 422
    assert visitor.submit(page, {"password": nurse_password}).location == "/hilltop/"
    assert "Nadia Brown" in visitor.get("/hilltop/").text
    assert visitor.get("/manor/").status_code == 200


def test_invitations_end(visitor: Browser, world: World, invitation: str) -> None:
    with world.database.write() as session:
        newer = service.invite(session, world.practices[HILLTOP], "new@example.org")
    assert visitor.get(f"/invitation/{invitation}").status_code == 410
    assert visitor.get(f"/invitation/{newer}").status_code == 200
    with world.database.write() as session:
        session.execute(update(Invitation).values(expires_at=now() - timedelta(seconds=1)))
    assert visitor.get(f"/invitation/{newer}").status_code == 410
    assert visitor.get("/invitation/nonsense").status_code == 410


def test_a_new_password_signs_every_device_out(
    visitor: Browser, client_for: ClientFor, world: World, nurse_password: str
) -> None:
    phone = client_for("nurse")
    assert phone.get("/manor/").status_code == 200
    with world.database.write() as session:
        token = service.start_reset(session, world.accounts["nurse"], None)
    page = visitor.get(f"/account/password/{token}")
    assert visitor.submit(page, {"password": "aaaaaaaaaaaaaaa"}).status_code == 422
    assert visitor.submit(page, {"password": "another three words"}).location == "/sign-in"
    assert phone.get("/manor/").status_code == 302
    assert sign_in(visitor, "nurse@example.org", nurse_password).status_code == 422
    assert sign_in(visitor, "nurse@example.org", "another three words").location == "/manor/"
    assert visitor.get(f"/account/password/{token}").status_code == 410


def test_where_people_go_first(app: Flask, world: World) -> None:
    from layers_webshell.accounts.signing import destination

    with world.database.read() as session:
        found = {role: destination(session, world.people[role]) for role in ("gp", "evaluator", "operator", "former")}
    assert found == {"gp": "/manor/", "evaluator": "/evaluation", "operator": "/operator", "former": "/me"}


def test_the_demos_links_work_once_from_here_and_only_in_the_demo(
    settings: Settings, host: Host, world: World, client_for: ClientFor
) -> None:
    links = DemoLinks()
    with pytest.raises(SettingsError):
        create_app(settings, host=host, database=world.database, links=links)
    demo = create_app(replace(settings, demo=True), host=host, database=world.database, links=links)
    demo.test_client_class = Browser
    path = links.issue(world.accounts["nurse"])
    far = demo.test_client().get(path, environ_overrides={"REMOTE_ADDR": "192.0.2.7"})
    assert far.status_code == 410
    first = demo.test_client()
    assert first.head(path).status_code == 410
    assert first.get(path).location == "/manor/"
    assert first.get(path).location == "/manor/"
    assert demo.test_client().get(path).status_code == 410
    # Without links handed over there is no such address at all.
    assert client_for("nurse").get(path).status_code == 404
