"""What the API takes: whole or not at all, once for each key, and nothing hostile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from layers_core.artefacts.models import Action, Artefact, Link
from layers_core.usage.models import UsageEventRow
from layers_webshell.testworld import World

ProgramFor = Callable[..., Any]
NOTE = {"kind": "core.note", "title": "Larger letters", "body": {"text": "Print at 18 points"}}
NHS_NUMBER = "943 476 5919"


def rows(world: World, model: type) -> int:
    with world.database.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_record_promise_link_and_share_in_one_request(world: World, program_for: ProgramFor) -> None:
    nurse = program_for("nurse")
    first = nurse.note("A patient could not read it")
    answer = nurse.post(
        "artefacts",
        {
            **NOTE,
            "audience": f"cluster:{world.cluster_id}",
            "language": "en-GB",
            "promise": {"expectation": "Letters in 18 points", "due_on": "2027-01-31"},
            "links": [{"type": "prompted_by", "to": first}],
        },
    )
    assert answer.status_code == 201
    assert answer.headers["Location"] == answer.json["url"]
    saved = nurse.client.get(answer.json["url"], headers=nurse.headers).json
    assert (saved["title"], saved["body"]["text"], saved["mine"]) == ("Larger letters", "Print at 18 points", True)
    assert saved["audience"] == {"type": "cluster", "name": "Example Primary Care Network"}
    assert saved["practice"] == {"code": "A81001", "name": "Manor Street Surgery"}
    (action,) = nurse.get(f"artefacts/{saved['id']}/actions").json["items"]
    assert (action["expectation"], action["due_on"], action["owner"]) == (
        "Letters in 18 points", "2027-01-31", "Nadia Brown",
    )  # fmt: skip
    assert [item["id"] for item in nurse.get("actions").json["items"]] == [action["id"]]
    trail = nurse.get(f"artefacts/{saved['id']}/trail").json
    assert trail["links"] == [{"type": "prompted_by", "earlier": first, "later": saved["id"]}]
    assert program_for("neighbour", "riverside").titles() == ["Larger letters"]


def test_the_same_key_gives_the_first_result(world: World, program_for: ProgramFor) -> None:
    nurse, gp = program_for("nurse"), program_for("gp")
    first, again = nurse.post("artefacts", NOTE, key="k1"), nurse.post("artefacts", NOTE, key="k1")
    assert (first.status_code, first.json["repeated"]) == (201, False)
    assert (again.status_code, again.json) == (200, {**first.json, "repeated": True})
    assert gp.post("artefacts", NOTE, key="k1").json["id"] != first.json["id"]
    assert nurse.post("artefacts", NOTE, key="k2").json["id"] != first.json["id"]
    assert rows(world, Artefact) == 3
    for key in ("x" * 201, "two words", "ü"):
        assert nurse.post("artefacts", NOTE, key=key).status_code == 422


def test_marks_name_their_place_and_how_to_go_on(world: World, program_for: ProgramFor) -> None:
    nurse = program_for("nurse")
    told = {**NOTE, "body": {"text": f"NHS number {NHS_NUMBER} was wrong"}, "audience": "practice"}
    stopped = nurse.post("artefacts", told)
    assert stopped.status_code == 422
    (mark,) = stopped.json["marks"]
    assert (mark["field"], mark["type"]) == ("body.text", "nhs_number")
    assert told["body"]["text"][mark["start"] : mark["end"]] == NHS_NUMBER
    assert NHS_NUMBER not in stopped.text
    assert (rows(world, Artefact), stopped.json["needs_explanation"]) == (0, False)
    seen = {"fingerprint": stopped.json["fingerprint"]}
    assert nurse.post("artefacts", {**told, "guard": {"fingerprint": "guessed"}}).status_code == 422
    wider = {**told, "audience": "network"}
    needs = nurse.post("artefacts", {**wider, "guard": seen})
    assert (needs.status_code, needs.json["needs_explanation"]) == (422, True)
    assert nurse.post("artefacts", {**wider, "guard": {**seen, "explanation": "  "}}).status_code == 422
    assert nurse.post("artefacts", {**wider, "guard": {**seen, "explanation": "A test number"}}).status_code == 201
    assert nurse.post("artefacts", {**told, "guard": seen}).status_code == 201


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"title": ""}, "title"),
    ({"title": "x" * 201}, "title"),
    ({"title": 7}, "title"),
    ({"title": None}, "title"),
    ({"kind": "note"}, "kind"),
    ({"body": "text"}, "body"),
    ({"body": {}}, "body.text"),
    ({"body": {"text": ["x"]}}, "body.text"),
    ({"body": {"text": "x", "more": 1}}, "body.more"),
    ({"audience": "everybody"}, "audience"),
    ({"audience": "cluster:none"}, "audience"),
    ({"audience": "people:a,b"}, "audience"),
    ({"language": "English"}, "language"),
    ({"promise": {"expectation": ""}}, "promise"),
    ({"promise": {"expectation": "x", "due_on": "soon"}}, "promise"),
    ({"promise": {"expectation": "x", "owner_id": "x"}}, "promise"),
    ({"links": [{"type": "likes", "to": "01a203dc-5f65-70b0-bc62-efc2577075fd"}]}, "links"),
    ({"links": [{"type": "answers", "to": "01a203dc-5f65-70b0-bc62-efc2577075fd"}]}, "links"),
    ({"guard": {"fingerprint": 1}}, "guard"),
    ({"author_id": "x"}, "author_id"),
    ({"state": "live"}, "state"),
]


def test_what_does_not_fit_is_named_by_field(world: World, program_for: ProgramFor) -> None:
    nurse = program_for("nurse")
    for change, field in WRONG:
        answer = nurse.post("artefacts", {**NOTE, **change})
        assert answer.status_code == 422, change
        assert list(answer.json["errors"]["json"]) == [field], change
    assert rows(world, Artefact) == rows(world, UsageEventRow) - mix_events(world) == 0


def mix_events(world: World) -> int:
    with world.database.read() as session:
        query = select(func.count()).select_from(UsageEventRow).where(UsageEventRow.name.like("core.mix_%"))
        return session.scalar(query) or 0


HOSTILE: dict[str, tuple[bytes, int]] = {
    "nothing": (b"", 400),
    "no JSON": (b"{'kind': 1}", 400),
    "half": (b'{"kind": "core.note"', 400),
    "not UTF-8": (b'{"kind": "\xff"}', 400),
    "deep list": (b"[" * 500_000, 400),
    "deep but closed": (b'{"a":' * 500 + b"1" + b"}" * 500, 422),
    "endless number": (b'{"kind": ' + b"9" * 100_000 + b"}", 400),
    "not a number": (b'{"kind": NaN}', 400),
    "a list": (b"[1, 2]", 422),
    "a word": (b'"core.note"', 422),
    "null": (b"null", 422),
    "NUL": (b'{"kind": "core.note", "title": "a\\u0000b", "body": {"text": "x"}}', 422),
    "NUL in a name": (b'{"kind": "core.note", "title": "a", "body": {"a\\u0000b": "x"}}', 422),
    "half a surrogate": (b'{"kind": "core.note", "title": "a", "body": {"text": "\\ud800"}}', 422),
    "too large": (b'{"title": "' + b"x" * 1_100_000 + b'"}', 413),
    "too long to keep": (b'{"kind":"core.note","title":"a","body":{"text":"' + b"x" * 300_000 + b'"}}', 422),
}


def test_hostile_bodies_are_refused_in_json(world: World, program_for: ProgramFor) -> None:
    nurse = program_for("nurse")
    for name, (data, expected) in HOSTILE.items():
        answer = nurse.client.post(
            nurse.address("artefacts"), data=data, headers=nurse.headers, content_type="application/json"
        )
        assert answer.status_code == expected, name
        assert answer.json["code"] == expected, name
        assert "Traceback" not in answer.text, name
        assert len(answer.text) < 2_000, name
    assert rows(world, Artefact) == 0


def test_a_form_is_no_json(program_for: ProgramFor) -> None:
    nurse = program_for("nurse")
    assert nurse.client.post(nurse.address("artefacts"), data=NOTE, headers=nurse.headers).status_code == 422


QUERIES: list[dict[str, str]] = [
    {"limit": "0"}, {"limit": "101"}, {"limit": "x"}, {"cursor": "x"}, {"cursor": "\x00"}, {"cursor": "_" * 32},
    {"cursor": "é" * 32}, {"kind": "a\x00.b"}, {"kind": "'; --"},
]  # fmt: skip
WORDS = ("\x00", "'", '"', "a OR b", "*", "a\x00b", ":* & !", "(", "é", "\u202e", "a" * 200)


def test_queries_that_do_not_fit(program_for: ProgramFor) -> None:
    nurse = program_for("nurse")
    for query in QUERIES:
        answer = nurse.get("artefacts", **query)
        assert answer.status_code == 422, query
        assert "query" in answer.json["errors"], query
    nothing_before_1970 = nurse.get("artefacts", cursor="A" * 32)
    assert nothing_before_1970.json == {"items": [], "next": None}


def test_any_words_may_be_looked_for(program_for: ProgramFor) -> None:
    nurse = program_for("nurse")
    assert [nurse.get("search", q=words).status_code for words in WORDS] == [200] * len(WORDS)


def test_addresses_that_cannot_be(program_for: ProgramFor) -> None:
    nurse = program_for("nurse")
    for path in ("/practices/man%00or/artefacts", "/practices/MANOR/mix", "/practices/../mix", "/none", "/",
                 "/practices/manor/artefacts/1", "/practices/manor/artefacts/../../../manor/"):  # fmt: skip
        answer = nurse.get(path)
        assert (answer.status_code, answer.json["code"]) == (404, 404)


def test_links_are_made_between_what_one_sees(world: World, program_for: ProgramFor) -> None:
    nurse, gp = program_for("nurse"), program_for("gp")
    shown, other, secret = nurse.note("Shown"), gp.note("Other"), nurse.note("Private", "me")
    made = gp.post(f"artefacts/{other}/links", {"type": "evidence_for", "to": shown})
    assert (made.status_code, made.json) == (201, {"type": "evidence_for", "from": other, "to": shown})
    assert gp.post(f"artefacts/{other}/links", {"type": "evidence_for", "to": shown}).status_code == 201
    assert rows(world, Link) == 1
    for start, end in ((other, secret), (secret, other)):
        assert gp.post(f"artefacts/{start}/links", {"type": "evidence_for", "to": end}).status_code == 404
    assert gp.post(f"artefacts/{other}/links", {"type": "likes", "to": shown}).status_code == 422
    assert gp.post("artefacts", {**NOTE, "links": [{"type": "answers", "to": secret}]}).status_code == 422
    assert (rows(world, Link), rows(world, Action)) == (1, 0)


def test_too_many_requests_of_one_token(app: Flask, program_for: ProgramFor) -> None:
    app.config["LAYERS_API_LIMIT"] = "3 per minute"
    nurse, other = program_for("nurse"), program_for("nurse")
    assert [nurse.get("mix").status_code for _ in range(4)] == [200, 200, 200, 429]
    slow = nurse.get("mix")
    assert (slow.headers["Retry-After"], slow.json["code"]) == ("60", 429)
    assert other.get("mix").status_code == 200


def test_a_wrong_method_is_told_the_right_ones(program_for: ProgramFor) -> None:
    nurse = program_for("nurse")
    answer = nurse.client.delete(nurse.address("artefacts"), headers=nurse.headers)
    assert (answer.status_code, answer.json["code"]) == (405, 405)
    assert set(answer.headers["Allow"].replace(" ", "").split(",")) == {"GET", "HEAD", "OPTIONS", "POST"}
    assert nurse.get(f"artefacts/{nurse.note('x')}/links").status_code == 405
    assert answer.json["message"] == "This address takes other methods; see Allow."
    nowhere = nurse.client.get("/api/v1/nothing", headers=nurse.headers)
    assert (nowhere.status_code, nowhere.json["status"]) == (404, "Not found")
