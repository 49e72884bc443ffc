"""Every address that changes something, asked by those who may not: nothing is there for them, and nothing changes.

Each is asked by the right person as well, and then something does change; so a refusal here is a refusal of the person
and not of a form that nobody could have sent.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from layers_core.db.base import Base
from layers_core.db.session import Database
from layers_webshell.accounts import service
from layers_webshell.accounts.security import hashed
from layers_webshell.gate import STATIC, policy_of
from layers_webshell.testworld import MEMBERS

from .writes import HOME, PASSWORD, WRITES, Values, Write

pytestmark = pytest.mark.slow


def state_of(database: Database) -> dict[str, str]:
    """A digest of every table's rows."""
    found = {}
    with database.read() as session:
        for table in Base.metadata.sorted_tables:
            rows = sorted(repr(tuple(row)) for row in session.execute(select(table)))
            found[table.name] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return found


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """The tables that differ."""
    return sorted(name for name in after if before[name] != after[name])


@dataclass
class Sender:
    """Sends what the table says, as anybody, to any practice."""

    marked: Any
    endpoint: str
    write: Write

    def data(self) -> Values:
        """What is in the form."""
        return self.write.data(self.marked) if callable(self.write.data) else self.write.data

    def __call__(self, role: str, practice: str = HOME, data: Values | None = None) -> TestResponse:
        site, who = self.marked.site, "" if role == "anonymous" else role
        rules = [rule for rule in site.app.url_map.iter_rules(self.endpoint) if "POST" in rule.methods]
        known = {"practice": practice, **self.write.keys(self.marked)}
        values = {name: known[name] for name in rules[0].arguments}
        path = site.app.url_map.bind("127.0.0.1").build(self.endpoint, values, method="POST")
        data = self.data() if data is None else data
        if self.write.json:
            return site.program(who)(path, "POST", json=data)
        return site.browser(who).send(path, data)


def refused(role: str, response: TestResponse, *, api: bool) -> bool:
    """Whether an answer is what somebody gets for whom there is nothing."""
    if role != "anonymous":
        return response.status_code == 404
    if api:
        return response.status_code == 401
    return response.status_code in {302, 303} and response.headers["Location"].startswith("/sign-in")


@pytest.fixture(scope="module")
def sent(marked: Any) -> Iterator[Any]:
    """The marked world with everybody signed in, so that nothing but the form can change a table."""
    for role in {*MEMBERS, "evaluator", "operator"}:
        marked.site.browser(role)
        marked.site.program(role)
    # What the gp says here about a thing, and the neighbour about another, is taken back and taken note of.
    for role, name in (("gp", "practice"), ("neighbour", "network")):
        home = MEMBERS[role][0]
        path = f"/{home}/peer-share/{marked.things[name]}/respond"
        assert marked.site.browser(role).send(path, {"type": "useful"}).status_code == 303
    with pytest.MonkeyPatch.context() as patch:
        # What is done aside would change a table while something else is tried.
        patch.setattr("layers_reflect.portfolio.preparing.job.start", lambda *order: None)
        patch.setattr("layers_patient_input.importing.job.start", lambda *order: None)
        yield marked


@pytest.mark.parametrize("endpoint", WRITES)
def test_only_the_right_person_changes_something(sent: Any, endpoint: str) -> None:
    write = WRITES[endpoint]
    send, before = Sender(sent, endpoint, write), state_of(sent.site.database)
    tries = [(role, HOME) for role in (*write.strangers, *write.colleagues)]
    if not write.elsewhere and "practice" in next(sent.site.app.url_map.iter_rules(endpoint)).arguments:
        # At home they may do much, but not with another practice's things.
        tries += [(role, MEMBERS[role][0]) for role in ("neighbour", "outsider")]
    let_in = [
        f"{role} at {practice}: {response.status_code}"
        for role, practice in tries
        if not refused(role, response := send(role, practice), api=write.json)
    ]
    assert let_in == []
    assert changed(before, state_of(sent.site.database)) == []
    if "revision" in (data := send.data()):
        # No page makes such a number; whoever sends one is told, and the database never meets it.
        assert send(write.right, data={**data, "revision": "9" * 30}).status_code in {404, 409, 422}
    response = send(write.right)
    assert response.status_code in {200, 201, 302, 303}, response.text
    assert changed(before, state_of(sent.site.database)) != []


def test_who_holds_no_key_changes_nothing(sent: Any) -> None:
    """What is open to everybody asks for something that only one person has: a token, a password, a code."""
    site = sent.site
    with site.app.app_context(), site.database.write() as session:
        service.make_account(session, site.world.people["gp"], hashed(PASSWORD))
    before = state_of(site.database)
    visitor = site.browser()
    for path, data in (
        ("/f/not-a-token", {"score": "poor"}),
        ("/invitation/not-a-token", {"name": "X", "password": PASSWORD}),
        ("/account/password/not-a-token", {"password": PASSWORD}),
        ("/p/manor/patient-input/withdraw", {"code": "AAAA-AAAA-AAAA-AAAA"}),
        ("/p/riverside/patient-input/withdraw", {"code": sent.receipts["released"]}),
        ("/p/manor/patient-input/reply", {"code": "AAAA-AAAA-AAAA-AAAA"}),
        ("/p/riverside/patient-input/reply", {"code": sent.receipts["released"]}),
        ("/sign-in", {"email": "gp@example.org", "password": "wrong"}),
        ("/sign-out", {}),
        ("/stop-mail/not-a-token", {}),
    ):
        assert visitor.send(path, data).status_code in {303, 404, 410, 422}, path
    assert changed(before, state_of(site.database)) == []
    assert visitor.send("/sign-in", {"email": "gp@example.org", "password": PASSWORD}).status_code == 303
    assert visitor.send("/p/manor/patient-input/withdraw", {"code": sent.receipts["released"]}).status_code == 200
    assert {"patient_input_answer", "webshell_sign_in"} <= set(changed(before, state_of(site.database)))


OPEN = {
    "accounts.invitation",
    "accounts.new_password",
    "accounts.sign_in",
    "accounts.sign_out",
    "patient_input_public.reply",
    "patient_input_public.withdraw",
    "public.form",
    "slot.stop_mail",
}
"""What the test above sends to: the endpoints that take a form from people who are not signed in."""


def test_every_address_that_takes_a_form_is_tried(sent: Any) -> None:
    app = sent.site.app
    writing = {"POST", "PUT", "PATCH", "DELETE"}
    takes_forms = {
        (rule.endpoint, method)
        for rule, method in product(app.url_map.iter_rules(), writing)
        if method in (rule.methods or ()) and rule.endpoint != STATIC
    }
    unknown = {endpoint for endpoint, _method in takes_forms} - {*WRITES, *OPEN}
    assert unknown == set(), "add to WRITES in tests/writes.py who may send what to them"
    assert {method for _endpoint, method in takes_forms} == {"POST"}
    public = {name for name in OPEN | set(WRITES) if policy_of(app.view_functions[name], "POST").level == "public"}
    assert public == OPEN
