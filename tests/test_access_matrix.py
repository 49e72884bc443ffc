"""The access matrix: every address that can be read, by everybody, with things of every audience.

It is made from `app.url_map`, so that a new page is in it from its first day. What an answer may hold is decided by
the words of `marked_world`: no answer holds a word of something that its reader may not see, and every word that a
reader may see is met somewhere, so that the matrix can fail.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections import defaultdict
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from itertools import product
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from flask import Flask
from sqlalchemy import event
from werkzeug.test import TestResponse

from layers_core.web import Policy
from layers_webshell.gate import STATIC, policy_of
from layers_webshell.testworld import MEMBERS

pytestmark = pytest.mark.slow

ANONYMOUS = "anonymous"
API = "/api/"
WORD = re.compile(r"(?<![\w-])zq[a-z]+(?![\w-])")
KEY = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
LINK = re.compile(r'href="([^"]+)"')
OF_THINGS = ("thing_id", "artefact_id")
HOW_SHOWN = frozenset({"size", "lang"})
"""Parts of a query that change how a page looks and not what it holds."""

FILTERS = frozenset({"counts", "form", "important"})
"""Parts of a query that narrow a list. They may be combined at will; each is tried alone."""

ZIP = b"PK\x03\x04"
QUERIES: dict[str, tuple[str, ...]] = {
    "search.index": ("q=zq", "q=zqprivate", "q=zqpractice", "q=zqcluster", "q=zqnetwork"),
    "drafts.offer": ("form=record:reflect.note&key=another",),
    "api.search": ("q=zq", "limit=7&q=zq", "q=zqprivate", "q=zqpractice", "q=zqcluster", "q=zqnetwork"),
    "api.Artefacts": ("", "limit=7"),
    "thing.show": ("", "saved=1"),
    "record.new": ("", "kind=peer_share.question", "prompted_by={thing}"),
    "patient_input.publish": ("", "from={thing}"),
    "patient_input.enter_cards": ("", "batch=00000000-0000-0000-0000-000000000007"),
    "patient_input.way_in_poster": ("", "sheets=one"),
    "guidelines.decide": ("", "prompted_by={thing}"),
    "patient_input.queue": ("", "state=kept_back", "form=fft"),
    "reflect.index": ("", "until=2100-01-01"),
    "reflect.new_entry": ("template=cpd_entry", "template=nothing"),
    "reflect.choose": ("", "counts=types:cpd"),
}
"""The queries that an address is asked with besides none; `{thing}` stands for each of the things."""

LEAD_ELSEWHERE = frozenset({"accounts.start"})
"""Endpoints that never show a page of their own."""

SPOKEN_OF = ("private", "group", "practice", "cluster", "narrowed", "withdrawn", "riverside")
"""The things that `{thing}` stands for."""


@dataclass
class Walk:
    """What everybody met."""

    met: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Words and keys by role."""
    complaints: list[str] = field(default_factory=list)
    answered: set[str] = field(default_factory=set)
    """The endpoints that gave somebody their page."""
    asked: int = 0


def values_of(marked: Any, argument: str) -> list[Any]:
    """What the argument of an address is filled with. Fails for one that nobody has thought of yet."""
    if argument in OF_THINGS:
        return list(marked.things.values())
    if argument not in marked.keys:
        pytest.fail(
            f"An address has the argument <{argument}>, which the access matrix can't fill: add values for it to "
            "`Marked.keys` in tests/marked_world/, with things in that world that they lead to"
        )
    return list(marked.keys[argument])


def home_of(role: str) -> str:
    """The practice where a role belongs, or would like to."""
    return MEMBERS[role][0] if role in MEMBERS else "manor"


def is_member(role: str, practice: str) -> bool:
    """Whether a role is a present member of a practice."""
    return role in MEMBERS and role != "former" and MEMBERS[role][0] == practice


def readable(app: Flask, only: Collection[str] = ()) -> Iterator[tuple[str, Any]]:
    """Every rule that answers GET, with its endpoint."""
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and rule.endpoint != STATIC and (not only or rule.endpoint in only):
            yield rule.endpoint, rule


def addresses(marked: Any, role: str, endpoint: str, rule: Any) -> Iterator[tuple[str, str]]:
    """The addresses of a rule that a role tries, as (practice, address): all of its own practice, one of others."""
    app = marked.site.app
    adapter = app.url_map.bind("127.0.0.1")
    names = sorted(rule.arguments - {"practice"})
    filled = [dict(zip(names, values, strict=True)) for values in product(*(values_of(marked, name) for name in names))]
    home = home_of(role)
    for practice in ("manor", "riverside", "hilltop") if "practice" in rule.arguments else ("",):
        # The gate refuses everybody else before it looks at the rest of the address: three of these are enough.
        tried = filled if practice in {"", home} and (is_member(role, home) or not practice) else filled[:3]
        for values in tried:
            path = adapter.build(endpoint, {**values, **({"practice": practice} if practice else {})})
            for query in queries(marked, endpoint, 1 if names else len(SPOKEN_OF)):
                yield practice, f"{path}?{query}" if query else path


def queries(marked: Any, endpoint: str, most: int) -> Iterator[str]:
    """The queries that an address is asked with, speaking of at most so many things."""
    for query in QUERIES.get(endpoint, ("",)):
        if "{thing}" in query:
            yield from (query.format(thing=marked.things[name]) for name in SPOKEN_OF[:most])
        else:
            yield query


def walk(marked: Any, roles: Collection[str], only: Collection[str] = ()) -> Walk:
    """Let each role ask for everything, with all further pages of lists."""
    seen = Walk()
    for role in roles:
        who = "" if role == ANONYMOUS else role
        for endpoint, rule in readable(marked.site.app, only):
            declared = policy_of(marked.site.app.view_functions[endpoint], "GET")
            if declared is None:
                seen.complaints.append(f"{rule.rule} declares no policy")
                continue
            done: set[str] = set()
            waiting = list(addresses(marked, role, endpoint, rule))
            while waiting:
                practice, address = waiting.pop(0)
                if address in done:
                    continue
                done.add(address)
                api = address.startswith(API)
                response = marked.site.program(who)(address) if api else marked.site.browser(who).get(address)
                seen.asked += 1
                wrong = status_complaint(role, practice, declared, response, api=api)
                if wrong:
                    seen.complaints.append(f"{role} {address}: {wrong}")
                if response.status_code == 200:
                    seen.answered.add(endpoint)
                    waiting += [(practice, further) for further in further_pages(address, response)]
                held = words_in(response, besides=address)
                seen.met[role] |= held
                for word in sorted(held & marked.allowed.keys()):
                    if role not in marked.allowed[word]:
                        seen.complaints.append(f"{role} {address}: holds {name_of(marked, word)}")
    return seen


def status_complaint(role: str, practice: str, declared: Policy, response: TestResponse, *, api: bool) -> str:
    """What is wrong with an answer's status; empty where nothing is."""
    status = response.status_code
    if status >= 500 or status == 403:
        return f"answered {status}"
    if declared.level == "public":
        return ""
    if role == ANONYMOUS:
        if api:
            return "" if status == 401 else f"answered {status}, not 401"
        to_sign_in = status == 302 and response.headers["Location"].startswith("/sign-in")
        return "" if to_sign_in else f"answered {status}, and does not lead to sign-in"
    let_in = {
        "member": is_member(role, practice),
        "signed_in": True,
        "evaluator": role == "evaluator",
        "operator": role == "operator",
    }[declared.level]
    if not let_in and status != 404:
        return f"answered {status}, not 404"
    return ""


def words_in(response: TestResponse, *, besides: str) -> set[str]:
    """The marked words and the keys that an answer holds, in its body, its headers, or a file inside it.

    Left out is what its own address says, because a page may repeat that.
    """
    if response.data.startswith(ZIP):
        # Word documents are archives as well; of what is no text in them, nothing can be read.
        with zipfile.ZipFile(io.BytesIO(response.data)) as archive:
            text = "\n".join(archive.read(name).decode(errors="replace") for name in archive.namelist())
    else:
        text = response.text if response.mimetype != "image/svg+xml" else ""
    text = "\n".join([text, *(str(value) for value in response.headers.values())])
    return {*WORD.findall(text), *KEY.findall(text)} - {*WORD.findall(besides), *KEY.findall(besides)}


def further_pages(address: str, response: TestResponse) -> Iterator[str]:
    """The same address with other queries that a page leads to: older things, one kind, another state."""
    here = urlsplit(address)
    if address.startswith(API):
        after = json.loads(response.data).get("next") if response.mimetype == "application/json" else None
        if after:
            query = dict(parse_qsl(here.query)) | {"cursor": after}
            yield f"{here.path}?{urlencode(query)}"
        return
    if response.mimetype != "text/html":
        return
    for link in LINK.findall(response.text):
        there = urlsplit(unescape(link))
        pairs = parse_qsl(there.query)
        asked = dict(pairs)
        if sum(name in FILTERS for name, _value in pairs) > 1:
            continue
        if there.path == here.path and asked and not HOW_SHOWN & asked.keys() and "saved" not in asked:
            yield f"{there.path}?{there.query}"


def name_of(marked: Any, word: str) -> str:
    """A word, or which thing a key belongs to."""
    return next((f"the key of “{name}”" for name, key in marked.things.items() if str(key) == word), word)


@pytest.fixture(scope="module")
def walked(marked: Any) -> Walk:
    """What everybody met everywhere."""
    return walk(marked, marked.roles)


def test_a_route_says_who_may_call_it(marked: Any) -> None:
    app = marked.site.app
    silent = [
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"})
        if rule.endpoint != STATIC and policy_of(app.view_functions[rule.endpoint], method) is None
    ]
    assert silent == []


def test_nobody_meets_what_is_not_theirs(walked: Walk) -> None:
    assert walked.asked > 2000
    assert walked.complaints[:20] == []


def test_everybody_finds_what_is_theirs(marked: Any, walked: Walk) -> None:
    """Otherwise an empty page would count as a safe one."""
    missed = [
        f"{role} met {name_of(marked, word)} nowhere"
        for word, roles in marked.allowed.items()
        for role in sorted(roles)
        if word not in walked.met[role]
    ]
    assert missed == []


def test_every_page_was_really_shown_to_somebody(marked: Any, walked: Walk) -> None:
    empty = {endpoint for endpoint, _rule in readable(marked.site.app)} - walked.answered - LEAD_ELSEWHERE
    assert empty == set(), "these answered 200 to nobody, so the matrix says nothing about them"


@contextmanager
def without(marked: Any, condition: str) -> Iterator[None]:
    """Let a condition, such as "column IN (", be met by every row, in whatever statement it stands.

    Statements are made when the modules are loaded, so it is taken out of their text.
    """
    engine, found = marked.site.database.engine, []

    def take_out(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> tuple[str, Any]:
        start = statement.find(condition)
        while start >= 0:
            end = closing(statement, start + len(condition))
            opened = f"(1 = 1 OR {statement[start:end]})"
            # SQLite's hint, a plus before the column, stays before the whole.
            statement = statement[:start] + opened + statement[end:]
            found.append(statement)
            start = statement.find(condition, start + len(opened))
        return statement, parameters

    event.listen(engine, "before_cursor_execute", take_out, retval=True)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", take_out)
    assert found, f"no statement has the condition {condition}"


def closing(statement: str, position: int) -> int:
    """Where the bracket ends that was opened right before a position."""
    depth = 1
    while depth:
        depth += {"(": 1, ")": -1}.get(statement[position], 0)
        position += 1
    return position


def test_without_the_condition_of_who_may_see_a_thing_the_matrix_fails(marked: Any) -> None:
    with without(marked, "core_artefact.audience_id IN ("):
        found = walk(marked, ["gp"], {"follow.action", "thing.show"}).complaints
    assert any("holds zqnarrowtitle" in complaint for complaint in found), found
    # What a reader has no audience for can't even be built into a thing, so that page breaks instead of leaking.
    assert any("answered 500" in complaint for complaint in found), found


@pytest.mark.parametrize(
    "endpoint",
    [
        "home.index",
        "feed.index",
        "search.index",
        "thing.show",
        "thing.versions",
        "peer_share.index",
        "peer_share.questions",
        "api.Artefacts",
        "api.search",
        "api.artefact",
        "api.artefact_trail",
        "api.artefact_actions",
    ],
)
def test_with_everybody_in_every_audience_the_matrix_fails_everywhere(marked: Any, endpoint: str) -> None:
    with without(marked, "core_audience.id IN ("):
        assert any("holds" in complaint for complaint in walk(marked, ["outsider"], {endpoint}).complaints)


def test_what_was_private_before_it_was_shared_stays_private(marked: Any) -> None:
    gp, nurse = marked.site.browser("gp"), marked.site.browser("nurse")
    copy, original, wide = (marked.things[name] for name in ("shared copy", "shared later", "widened"))
    assert gp.get(f"/manor/things/{original}").status_code == 404
    assert gp.get(f"/manor/things/{original}/versions").status_code == 404
    assert marked.site.program("gp")(f"/api/v1/practices/manor/artefacts/{original}").status_code == 404
    assert "zqunsharedtitle" in nurse.get(f"/manor/things/{original}/versions").text
    for key, new, old in ((copy, "zqsharedbody", "zqunsharedbody"), (wide, "zqwidenew", "zqwidenold")):
        pages = [gp.get(f"/manor/things/{key}{part}").text for part in ("", "/versions")]
        pages.append(marked.site.program("gp")(f"/api/v1/practices/manor/artefacts/{key}").text)
        pages.append(gp.get(f"/manor/search?q={old[:-1]}").text)
        assert new in pages[0]
        assert not any(old in page for page in pages)
