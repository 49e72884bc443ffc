"""The page that brings a portfolio in, as somebody in a browser meets it."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from layers_core.contract import Draft, NewLink
from layers_reflect.kinds import NOTE
from layers_reflect.writing import quick_body

if TYPE_CHECKING:
    from layers_webshell.testworld import World

PAGE = "/manor/reflect/portfolio/bring"
ATOM = b'<feed xmlns="http://www.w3.org/2005/Atom">'
FEED = (
    ATOM + b"<entry><title>Wound care</title><id>urn:x:1</id><updated>2025-03-04T00:00:00Z</updated>"
    b"<content>Ask Mrs Alice Jones, 07700 900123</content><strange/></entry></feed>"
)


def bring(client: Any, content: bytes, name: str = "feed.xml") -> Any:
    return client.submit(client.get(PAGE), {"file": (io.BytesIO(content), name)})


def test_a_file_comes_in_and_the_page_says_what_became_of_it(client_for: Callable[..., Any]) -> None:
    nurse = client_for("nurse")
    assert "Only you can see what comes in" in nurse.get(PAGE).text
    page = bring(nurse, FEED)
    assert page.status_code == 200
    for words in ("1 entry read", "1 entry is new here", "may say who somebody is", "&lt;strange&gt;", "urn:x:1"):
        assert words in page.text
    assert "Wound care" in nurse.get("/manor/reflect/?until=2100-01-01").text
    assert "1 entry was here already" in bring(nurse, FEED).text
    assert "Wound care" not in client_for("gp").get("/manor/reflect/?until=2100-01-01").text


def test_what_is_no_portfolio_is_refused_with_words(client_for: Callable[..., Any]) -> None:
    nurse = client_for("nurse")
    refused = bring(nurse, b"Dear diary")
    assert (refused.status_code, "not well-formed" in refused.text) == (422, True)
    nothing = bring(nurse, b"", "")
    assert (nothing.status_code, "Choose a file" in nothing.text) == (422, True)


def entry(**more: Any) -> dict[str, Any]:
    moment = "2026-01-02T03:04:05+00:00"
    body = {"template": "quick_note", "template_version": 1, "answers": {"what": "Said"}}
    return {"id": str(uuid4()), "kind": NOTE, "title": "T", "created_at": moment, "updated_at": moment, **body, **more}


def archive(*lines: dict[str, Any], files: Mapping[str, bytes] = MappingProxyType({})) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("portfolio.json", '{"version": 1}')
        made.writestr("entries.jsonl", "\n".join(map(json.dumps, lines)))
        for name, content in files.items():
            made.writestr(name, content)
    return out.getvalue()


def nested(depth: int) -> Any:
    made: Any = "x"
    for _level in range(depth):
        made = {"a": made}
    return made


CONTENT = b"First things first"
DIGEST = hashlib.sha256(CONTENT).hexdigest()
FILE = {"name": "a.txt", "media_type": "text/plain", "size": len(CONTENT), "digest": DIGEST}
QUESTION = {"id": "what", "prompt": "What?", "ask": "What?", "required": True}
HOSTILE = {
    "half an address": ATOM + b'<entry><title>T</title><id>x:1</id><link rel="enclosure" href="//["/></entry></feed>',
    "half a source": ATOM + b'<entry><title>T</title><id>x:1</id><content src="http://[::1"/></entry></feed>',
    "nested": archive(*(entry(other={"x": nested(depth)}) for depth in (100, 400, 900)), entry()),
    "NUL in the language": archive(entry(language="e\0n")),
    "NUL in the template": archive(entry(template="own:\0", asked=[QUESTION])),
    "a long template": archive(entry(template=f"own:{'x' * 150}", asked=[QUESTION])),
    "NUL beside a file": archive(
        entry(files=[{**FILE, "name": "a\0.txt", "description": "b\0c"}]), files={f"files/{DIGEST}": CONTENT}
    ),
    "a day that is none": archive(
        entry(other={"other": [{"template": "pdp_item", "id": "by", "prompt": "By", "answer": "soon"}]})
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_an_entry_made_to_break_something_is_kept_or_named(client_for: Callable[..., Any], name: str) -> None:
    nurse = client_for("nurse")
    page = bring(nurse, HOSTILE[name])
    assert (page.status_code, "1 entry is new here" in page.text) == (200, True)
    timeline = nurse.get("/manor/reflect/?until=2100-01-01")
    (kept,) = set(re.findall(r"/manor/things/[0-9a-f-]{36}", timeline.text))
    assert nurse.get(kept).status_code == 200
    choose = nurse.get("/manor/reflect/portfolio/choose?on=2026-12-01")
    assert nurse.submit(choose, {"format": "html"}, action="/manor/reflect/portfolio/export").status_code in (200, 422)


def test_a_report_quotes_no_more_than_one_can_read(client_for: Callable[..., Any]) -> None:
    feed = ATOM + b"<entry><title>T</title><id>urn:" + b"x" * 100_000 + b"</id>" + b"<q/>" * 100 + b"</entry></feed>"
    page = bring(client_for("nurse"), feed)
    assert (page.status_code, "&lt;q&gt;" in page.text) == (200, True)
    assert len(page.data) < 200_000


def test_an_entry_keeps_as_many_files_as_one_may_attach_and_as_large(client_for: Callable[..., Any]) -> None:
    large = b"As long as it may be. " * 470_000
    digest = hashlib.sha256(large).hexdigest()
    named = {**FILE, "name": "large.txt", "size": len(large), "digest": digest}
    lines = entry(title="Large", files=[named]), entry(title="Many", files=[FILE] * 50)
    nurse = client_for("nurse")
    page = bring(nurse, archive(*lines, files={f"files/{digest}": large, f"files/{DIGEST}": CONTENT}))
    assert page.text.count("too many files") == 40
    timeline = nurse.get("/manor/reflect/?until=2100-01-01").text
    pages = [nurse.get(address).text for address in set(re.findall(r"/manor/things/[0-9a-f-]{36}", timeline))]
    assert sorted(len(set(re.findall(r"/files/[0-9a-f-]{36}", page))) for page in pages) == [1, 10]


@pytest.mark.parametrize("reverse", [True, False])
def test_a_file_changes_nothing_that_others_wrote(client_for: Callable[..., Any], world: World, reverse: bool) -> None:
    service, lead = world.artefacts, world.actor("lead")
    theirs = service.save(lead, Draft(NOTE, "Hers", quick_body("Hers"), audience="practice")).id
    link = {"type": "copy_of", "to": str(theirs), "reverse": reverse}
    page = bring(client_for("nurse"), archive(entry(title="Brought", links=[link])))
    assert "What it belongs to is not here" in page.text
    service.revise(lead, theirs, Draft(NOTE, "Hers anew", quick_body("Hers"), audience="practice"), 1)
    assert "Hers anew" in client_for("lead").get("/manor/reflect/?until=2100-01-01").text


def test_whoever_may_link_a_note_makes_it_no_copy(client_for: Callable[..., Any], world: World) -> None:
    service, lead = world.artefacts, world.actor("lead")
    theirs, mine = (
        service.save(world.actor(role), Draft(NOTE, role, quick_body(role), audience="practice")).id
        for role in ("lead", "nurse")
    )
    service.link(world.actor("nurse"), theirs, NewLink("copy_of", mine))
    service.revise(lead, theirs, Draft(NOTE, "Hers anew", quick_body("Hers"), audience="practice"), 1)
    assert "Hers anew" in client_for("lead").get("/manor/reflect/?until=2100-01-01").text


def test_a_kind_that_no_portfolio_holds_becomes_a_note(client_for: Callable[..., Any]) -> None:
    nurse = client_for("nurse")
    bring(nurse, archive(entry(title="An account read by somebody", kind="reflect.discussed")))
    assert "An account read by somebody" in nurse.get("/manor/reflect/?until=2100-01-01").text
