"""How many queries a page makes, with all plugins on: the same few for one row and for sixty, whoever reads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, select, update

from layers_core.artefacts import choices, reading
from layers_core.artefacts.models import Exposure
from layers_core.contract import Draft, GuardAnswer, NewLink, Promise
from layers_core.db.base import now
from layers_core.db.engine import TRANSACTION
from layers_core.practices import access
from layers_core.practices.models import PublicLink
from layers_guidelines import service as guidelines
from layers_patient_input import service as patients
from layers_patient_input.models import Answer
from layers_peer_share import service as peers

ROLES = ("gp", "nurse", "receptionist", "manager", "lead", "neighbour")
KINDS = ("note", "question", "recommendation", "decision", "answer", "entry")
MOST_HOME, MOST_FEED, MOST_THING = 6, 4, 6
SHOWN = 5
"""So many things of each kind have comments, promises and links of their own."""


@dataclass
class Full:
    """A practice with so many of each, and one of each kind to look at, by its name."""

    site: Any
    rows: int
    things: dict[str, UUID]


@contextmanager
def reads(site: Any) -> Iterator[list[str]]:
    """The statements by which pages read; what is written after a response is no part of its page."""
    seen: list[str] = []

    def note(connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        words = statement.split()
        if connection.get_execution_options().get(TRANSACTION) == "read" and words[0] in {"SELECT", "WITH"}:
            seen.append(" ".join(words))

    event.listen(site.database.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(site.database.engine, "before_cursor_execute", note)


@pytest.fixture(scope="module", params=[1, 60])
def full(request: pytest.FixtureRequest, make_site: Any) -> Full:
    """A practice with something on every page."""
    site, rows = make_site(), request.param
    things: dict[str, UUID] = {}
    _notes(site, rows, things)
    _guidelines(site, rows, things)
    _patients(site, rows, things)
    with site.database.write() as session:
        session.execute(update(Exposure).values(due_at=now() - timedelta(days=1)))
    for role in ROLES:
        site.browser(role)
        site.program(role)
    return Full(site, rows, things)


def _notes(site: Any, rows: int, things: dict[str, UUID]) -> None:
    """Notes and questions for the cluster, each with comments, promises and links, and what a reader said."""
    world, artefacts = site.world, site.world.artefacts
    cluster = f"cluster:{world.cluster_id}"
    for writer in ("nurse", "neighbour"):
        actor, before = world.actor(writer), None
        with artefacts.unit(actor) as unit:
            for number in range(rows):
                body = {"template": "what_so_what_now_what", "template_version": 1, "answers": {"what": f"N {number}"}}
                extras = {"only_for_me": "Mine"}
                links = (NewLink("prompted_by", before),) if before else ()
                promise = Promise("I will", date(2026, 12, 1))
                draft = Draft("reflect.note", f"N {number}", body, cluster, promise=promise, links=links, extras=extras)
                before = unit.add(draft).id
                asked = {"need": f"Q {number}", "tried": ""}
                question = unit.add(Draft("peer_share.question", f"Q {number}", asked, cluster)).id
        things["note"], things["question"] = (before, question) if before else (question, question)
        for number in range(min(rows, SHOWN * 2)):
            artefacts.comment(actor, things["note"], f"C {number}", GuardAnswer())
        other = world.actor("neighbour" if writer == "nurse" else "gp")
        peers.respond(artefacts, other, things["note"], "used", "We did it")


def _guidelines(site: Any, rows: int, things: dict[str, UUID]) -> None:
    """Recommendations in two editions, those of the older one decided."""
    world = site.world
    manager = world.actor("manager")
    for year in (2024, 2025):
        source = guidelines.Source("Example", "Board", "", "Free", str(year), date(year, 1, 1))
        drafts = [
            guidelines.by_hand(source, guidelines.Typed(guidelines.Pasted(f"R {number}", f"R {year}", str(number))))
            for number in range(rows)
        ]
        added = guidelines.bring_in(world.artefacts, manager, drafts, GuardAnswer()).added
        with world.database.read() as session:
            found = reading.get_many(session, world.host, manager, added)
        for key in added[:SHOWN] if year == 2024 else added[-1:]:
            choice = guidelines.Choice("adopt", "Because")
            made = guidelines.decide(world.artefacts, manager, found[key], choice, prompted_by=things["note"])
            things["decision"], things["recommendation"] = made.id, key


def _patients(site: Any, rows: int, things: dict[str, UUID]) -> None:
    """Answers that wait, one that was released, entries on the public page."""
    world, artefacts = site.world, site.world.artefacts
    manager = world.actor("manager")
    with world.database.read() as session:
        practice = access.find_practice(session, world.host, slug="manor")
        link = session.scalars(select(PublicLink).where(PublicLink.practice_id == practice.id)).one()
    given = patients.fft_answer(practice, "poor", "Small print")
    for number in range(rows + 1):
        patients.take_answer(artefacts, practice, link, f"nonce {number}", given)
    with world.database.read() as session:
        answer = session.scalars(select(Answer.id).order_by(Answer.id)).first()
    things["answer"] = patients.release(artefacts, manager, answer, patients.Decision("as_is"))
    for number in range(min(rows, SHOWN)):
        entry = {"theme": f"E {number}", "you_said": "A", "we_learned": "B", "we_did": "C"}
        things["entry"] = patients.publish(artefacts, manager, entry, GuardAnswer(), None).id


def asked(full: Full, role: str, path: str) -> list[str]:
    """The queries that a page makes for a role."""
    home = "riverside" if role == "neighbour" else "manor"
    browser = full.site.browser(role)
    assert browser.get(f"/{home}{path}").status_code == 200
    with reads(full.site) as seen:
        response = browser.get(f"/{home}{path}")
    assert response.status_code == 200
    return seen


def told(seen: list[str]) -> str:
    """Queries one below the other, for whoever reads a failure."""
    return "\n".join(statement[:300] for statement in seen)


@pytest.mark.parametrize("role", ROLES)
def test_home(full: Full, role: str) -> None:
    seen = asked(full, role, "/")
    assert len(seen) <= MOST_HOME, told(seen)


def test_how_many_people_an_audience_has_is_asked_once_a_minute(full: Full) -> None:
    known = len(asked(full, "manager", "/"))
    choices._sizes.clear()
    with reads(full.site) as seen:
        full.site.browser("manager").get("/manor/")
    assert len(seen) == known + 1, told(seen)
    assert len(asked(full, "manager", "/")) == known


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("query", ["", "?kind=reflect.note"])
def test_feed(full: Full, role: str, query: str) -> None:
    seen = asked(full, role, f"/new{query}")
    assert len(seen) <= MOST_FEED, told(seen)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_thing(full: Full, role: str, kind: str) -> None:
    if role == "neighbour" and kind not in {"note", "question"}:
        # Not the neighbour's to see: the page that is not there costs no more than one that is.
        browser = full.site.browser(role)
        with reads(full.site) as seen:
            assert browser.get(f"/riverside/things/{full.things[kind]}").status_code == 404
    else:
        seen = asked(full, role, f"/things/{full.things[kind]}")
    assert len(seen) <= MOST_THING, told(seen)


@pytest.mark.parametrize(
    "path",
    [
        "/search?q=n",
        "/people",
        "/mix",
        "/record",
        "/reflect/",
        "/reflect/portfolio",
        "/reflect/portfolio/choose",
        "/reflect/nmc/checklist",
        "/reflect/questions",
        "/guidelines/",
        "/peer-share/",
        "/patient-input/fft",
        "/patient-input/care",
        "/patient-input/forms",
        "/patient-input/forms/fft",
        "/patient-input/forms/fft/results",
        "/patient-input/ways-in",
        "/patient-input/enter",
        "/patient-input/enter/cards",
        "/patient-input/enter/telephone",
    ],
)
def test_other_lists_ask_no_more_for_more_rows(full: Full, path: str) -> None:
    seen = asked(full, "manager", path)
    assert len(seen) <= 8, told(seen)
