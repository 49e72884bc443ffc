"""Telling patients, through the pages: what staff write, what everybody reads, and what nobody may."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID, uuid4
from xml.etree.ElementTree import fromstring

import pytest
from sqlalchemy import select, update

from layers_core.artefacts.models import Link
from layers_core.contract import GuardAnswer, PluginChoice
from layers_core.db.base import now
from layers_core.practices.models import PublicLink
from layers_core.practices.service import ensure_public_link
from layers_core.testkit.forms import typed
from layers_patient_input import service
from layers_patient_input.catalogue import built_in
from layers_patient_input.loop.models import Reply, Tip
from layers_patient_input.models import Answer
from layers_patient_input.plugin import Plugin

pytest.importorskip("layers_webshell", reason="the pages are tried inside the web shell")

PUBLIC, STAFF = "/p/manor/patient-input/", "/manor/patient-input/"
ENTRY = {
    "theme": "Letters in large print",
    "you_said": "Some of you can’t read our letters.",
    "we_learned": "Nobody had asked.",
    "we_did": "We print in 18 point.",
    "change": "made",
}
HOSTILE = ["\0x", "x" * 50_000, "<script>alert(1)</script>", "=cmd|' /C calc'!A0", "9" * 400, "\U0001f600\u202e"]


@pytest.fixture(scope="module")
def web_plugins() -> Sequence[object]:
    """Patient input alone."""
    return [Plugin()]


def published(world: Any, **parts: Any) -> UUID:
    saved = service.publish(world.artefacts, world.actor("manager"), {**ENTRY, **parts}, GuardAnswer())
    return UUID(str(saved.id))


def answered(world: Any, visitor: Any, **given: str) -> tuple[UUID, str]:
    """An answer that was sent and released; the key of its thing and its receipt code."""
    form = given.pop("form", "fft")
    with world.database.write() as session:
        token = ensure_public_link(session, world.practices["manor"], "patient_input", form).token
    sent = visitor.submit(visitor.get(f"/f/{token}"), typed(built_in(form, {}).questionnaire, given))
    receipt = re.search(r"<code dir=\"ltr\">([0-9A-Z-]{19})</code>", sent.text)
    assert receipt is not None
    with world.database.read() as session:
        answer = session.scalars(select(Answer.id).order_by(Answer.id.desc())).first()
    key = service.release(world.artefacts, world.actor("manager"), answer, service.Decision("as_is"))
    return key, receipt.group(1)


def read_reply(visitor: Any, code: str, practice: str = "manor") -> Any:
    page = visitor.get(f"/p/{practice}/patient-input/reply")
    return visitor.submit(page, {"code": code})


# Entries


def test_one_entry_from_several_answers(world: Any, visitor: Any, client_for: Callable[..., Any]) -> None:
    keys = [answered(world, visitor, score="poor", text=f"The print is small {word}")[0] for word in ("here", "there")]
    manager = client_for("manager")
    page = manager.get(f"{STAFF}publish?from={keys[0]}")
    assert page.text.count('name="from"') == 2, "the other one is offered"
    assert page.text.count("checked") == 1
    found = manager.submit(page, {**ENTRY, "words": "nothing", "do": "find", "from": [str(key) for key in keys]})
    assert found.status_code == 200
    assert ENTRY["we_did"] in found.text
    assert found.text.count('name="from"') == 2
    form = {
        **ENTRY,
        "from": [str(key) for key in keys],
        "change": "planned",
        "on-day": "24",
        "on-month": "12",
        "on-year": "2030",
        "promise": "I order the template",
        "statements": ["responsive.information", "well_led.improvement"],
    }
    refused = manager.submit(page, {**form, "on-day": "31", "on-month": "2"}, action=f"{STAFF}publish")
    assert refused.status_code == 422
    assert 'href="#on-day"' in refused.text
    assert refused.text.count("checked") >= 5
    done = manager.submit(page, form, action=f"{STAFF}publish")
    assert done.status_code == 303
    thing = manager.get(done.headers["Location"]).text
    assert "Responsive: Providing information" in thing
    assert "I order the template" in thing
    shown = visitor.get(PUBLIC).text
    assert "We will do" in shown
    assert "By 24 December 2030" in shown
    for inside in ("Providing information", "order the template", "Moira", *map(str, keys)):
        assert inside not in shown
    with world.database.read() as session:
        links = session.scalars(select(Link).where(Link.type == "leads_to")).all()
    assert {link.from_id for link in links} == set(keys)


def test_whether_anything_changes_has_to_be_said(world: Any, client_for: Callable[..., Any]) -> None:
    manager = client_for("manager")
    page = manager.get(f"{STAFF}publish")
    assert "checked" not in page.text
    refused = manager.submit(page, {**ENTRY, "change": ""}, action=f"{STAFF}publish")
    assert refused.status_code == 422
    assert 'href="#change"' in refused.text
    few = manager.submit(page, {**ENTRY, "you_said": "Two people told us"}, action=f"{STAFF}publish")
    assert few.status_code == 422
    assert "several patients" in few.text


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_fields_of_an_entry_are_no_fault(
    world: Any, visitor: Any, client_for: Callable[..., Any], text: str
) -> None:
    answered(world, visitor, score="poor", text="The print is small")
    manager = client_for("manager")
    page = manager.get(f"{STAFF}publish")
    for field in ("theme", "change", "on-day", "statements", "language", "words", "promise", "from"):
        sent = manager.submit(page, {**ENTRY, field: text}, action=f"{STAFF}publish")
        assert sent.status_code in {303, 404, 422}, field


def test_a_source_that_one_may_not_see_is_none(world: Any, client_for: Callable[..., Any]) -> None:
    assert client_for("manager").get(f"{STAFF}publish?from={uuid4()}").status_code == 404
    assert client_for("manager").get(f"{STAFF}publish?from=nothing").status_code == 404
    entry = published(world)
    assert client_for("manager").get(f"{STAFF}publish?from={entry}").status_code == 404


def test_many_entries_are_paged_and_each_is_met_once(world: Any, visitor: Any) -> None:
    for number in range(43):
        published(world, theme=f"Theme number {number:02}.")
    path, met, pages = PUBLIC, [], 0
    while path:
        page = visitor.get(path)
        met += re.findall(r"Theme number (\d\d)\.", page.text)
        pages += 1
        older = re.search(r'href="([^"]*before=[^"]*)">Earlier entries', page.text)
        path = older.group(1).replace("&amp;", "&") if older else ""
    assert (pages, met) == (3, [f"{number:02}" for number in range(42, -1, -1)])
    assert "Set-Cookie" not in page.headers
    for wrong in ("nothing", str(uuid4()), "\0", "9" * 5_000):
        assert visitor.get(PUBLIC, query_string={"before": wrong}).status_code == 404


def test_the_share_is_told_and_explained_from_eight_concerns_on(world: Any, visitor: Any) -> None:
    for number in range(8):
        answered(world, visitor, score="poor", text=f"Small print {number}")
    last_month = now().date().replace(day=1)
    with world.database.write() as session:
        session.execute(
            update(Answer).values(criticality="mild", received_on=last_month.replace(year=last_month.year - 1))
        )
        keys = session.scalars(select(Answer.id).order_by(Answer.id)).all()
    assert "Fewer than 1 in 10 concerns led to a change" in visitor.get(PUBLIC).text
    with world.database.write() as session:
        session.execute(update(Answer).where(Answer.id == keys[0]).values(criticality="none"))
    assert "1 in 10" not in visitor.get(PUBLIC).text


# Replies


def test_a_patient_reads_the_reply_with_their_code(world: Any, visitor: Any, client_for: Callable[..., Any]) -> None:
    key, receipt = answered(world, visitor, score="poor", text="The print is small and grey")
    assert "There is no reply yet" in read_reply(visitor, receipt).text
    manager = client_for("manager")
    assert f"{STAFF}released/{key}/reply" in manager.get(f"/manor/things/{key}").text
    path = f"{STAFF}released/{key}/reply"
    page = manager.get(path)
    assert "The print is small and grey" in page.text
    refused = manager.submit(page, {"change": "", "text": "Mr Smith prints larger"}, action=path)
    assert refused.status_code == 422
    assert "Mr Smith prints larger" in refused.text
    stopped = manager.submit(page, {"change": "made", "text": "Mr Smith prints larger"}, action=path)
    assert "guard_why" in stopped.text
    assert "There is no reply yet" in read_reply(visitor, receipt).text
    assert manager.submit(page, {"change": "made", "text": "We print larger."}, action=path).status_code == 303
    told = read_reply(visitor, receipt.lower().replace("-", " "))
    assert "We print larger." in told.text
    assert "We changed something." in told.text
    assert "Set-Cookie" not in told.headers
    for name in ("Moira", "manager", str(key)):
        assert name not in told.text
    assert "We print larger." in client_for("nurse").get(f"/manor/things/{key}").text, "the practice learns from it"
    assert read_reply(visitor, receipt, "riverside").status_code == 422
    assert "We print larger." not in visitor.get(PUBLIC).text
    for stranger, home in (("nurse", "manor"), ("neighbour", "riverside")):
        assert client_for(stranger).get(f"/{home}/patient-input/released/{key}/reply").status_code == 404
    deleted = manager.submit(manager.get(path), {"do": "take_back"}, action=path)
    assert deleted.status_code == 303
    assert "There is no reply yet" in read_reply(visitor, receipt).text


def test_after_taking_an_answer_back_there_is_nothing(world: Any, visitor: Any) -> None:
    key, receipt = answered(world, visitor, score="poor", text="The print is small")
    service.take_back(world.artefacts, world.actor("manager").practice, receipt)
    assert read_reply(visitor, receipt).status_code == 422
    assert key


def test_an_answer_that_nobody_read_or_that_has_no_words(world: Any, visitor: Any) -> None:
    with world.database.read() as session:
        token = session.scalars(
            select(PublicLink.token).where(PublicLink.practice_id == world.practices["manor"])
        ).first()
    for text, told in (("Small print", "Nobody has read it yet"), ("", "You wrote no words")):
        sent = visitor.submit(
            visitor.get(f"/f/{token}"), typed(built_in("fft", {}).questionnaire, {"score": "poor", "text": text})
        )
        receipt = re.search(r"<code dir=\"ltr\">([0-9A-Z-]{19})</code>", sent.text)
        assert receipt is not None
        assert told in read_reply(visitor, receipt.group(1)).text
        assert "reply" in sent.text


def test_codes_can_be_tried_so_often_only(world: Any, visitor: Any) -> None:
    page = visitor.get(f"{PUBLIC}reply")
    answers = [visitor.submit(page, {"code": f"{number:016}"}).status_code for number in range(61)]
    assert answers == [422] * 60 + [429]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_codes_and_replies_are_no_fault(
    world: Any, visitor: Any, client_for: Callable[..., Any], text: str
) -> None:
    key, _receipt = answered(world, visitor, score="poor", text="The print is small")
    assert read_reply(visitor, text).status_code == 422
    manager, path = client_for("manager"), f"{STAFF}released/{key}/reply"
    for field in ("change", "text", "language"):
        sent = manager.submit(manager.get(path), {"change": "made", "text": "Done.", field: text}, action=path)
        assert sent.status_code in {303, 422}


# Tips


def test_a_tip_is_shown_to_patients_and_taken_off(world: Any, visitor: Any, client_for: Callable[..., Any]) -> None:
    given = {
        "form": "tip",
        "kind": "know_how",
        "tip": "Ring before nine",
        "where": "https://example.org",
        "share": "true",
    }
    key, _receipt = answered(world, visitor, **given)
    assert "Ring before nine" not in visitor.get(PUBLIC).text
    manager, path = client_for("manager"), f"{STAFF}released/{key}/tip"
    assert path in manager.get(f"/manor/things/{key}").text
    page = manager.get(path)
    assert "https://example.org" in page.text
    assert manager.submit(page, {"text": ""}, action=path).status_code == 422
    assert manager.submit(page, {"text": "Ring before nine"}, action=path).status_code == 303
    for shown in (visitor.get(PUBLIC).text, visitor.get(f"{PUBLIC}tips").text):
        assert "Ring before nine" in shown
        assert "no advice from our staff" in shown
        assert str(key) not in shown
    assert "Ring before nine" not in visitor.get("/p/riverside/patient-input/tips").text
    assert client_for("nurse").get(path).status_code == 404
    assert manager.submit(manager.get(path), {"do": "hide"}, action=path).status_code == 303
    assert "Ring before nine" not in visitor.get(PUBLIC).text
    with world.database.read() as session:
        assert session.scalars(select(Tip)).all() == []
        assert session.scalars(select(Reply)).all() == []


def test_a_tip_without_consent_is_not_offered(world: Any, visitor: Any, client_for: Callable[..., Any]) -> None:
    key, _receipt = answered(world, visitor, form="tip", kind="know_how", tip="Ring before nine", share="false")
    manager = client_for("manager")
    assert "/tip" not in manager.get(f"/manor/things/{key}").text
    assert manager.get(f"{STAFF}released/{key}/tip").status_code == 404


# Elsewhere


def test_the_frame_may_be_framed_and_nothing_else(world: Any, visitor: Any, client_for: Callable[..., Any]) -> None:
    published(world, theme="<script>alert(1)</script>")
    page = visitor.get(f"{PUBLIC}embed")
    policy = page.headers["Content-Security-Policy"]
    assert "frame-ancestors *" in policy
    assert "script-src" not in policy
    assert "default-src 'none'" in policy
    assert "form-action 'none'" in policy
    assert "X-Frame-Options" not in page.headers
    assert "Set-Cookie" not in page.headers
    assert "<script" not in page.text
    assert re.findall(r'<a (?!class="nhsuk-skip-link)[^>]*href="([^"]+)"[^>]*>', page.text) == [f"{PUBLIC}?lang=en"]
    assert 'rel="noopener"' in page.text
    for other in (PUBLIC, f"{PUBLIC}reply", f"{PUBLIC}tips"):
        assert "frame-ancestors 'none'" in visitor.get(other).headers["Content-Security-Policy"]
    told = client_for("nurse").get(f"{STAFF}website").text
    assert "&lt;iframe src=" in told
    assert "title=&#34;You said, we learned, we did:" in told


def test_the_feed_holds_what_is_public(world: Any, visitor: Any) -> None:
    key = published(world, theme="Letters & <b>print</b>\x0b")
    feed = visitor.get(f"{PUBLIC}feed.atom")
    assert feed.mimetype == "application/atom+xml"
    root = fromstring(feed.text)
    space = {"a": "http://www.w3.org/2005/Atom"}
    assert root.findtext("a:entry/a:title", "", space).startswith("Letters & <b>print</b>")
    assert ENTRY["we_did"] in root.findtext("a:entry/a:content", "", space)
    assert str(key) not in feed.text
    assert "Set-Cookie" not in feed.headers


def test_the_poster_holds_up_to_four_entries(world: Any, client_for: Callable[..., Any]) -> None:
    manager = client_for("manager")
    assert "Patients cannot read an entry yet" in manager.get(f"{STAFF}entries/poster").text
    keys = [published(world, theme=f"Theme {number}.") for number in range(6)]
    page = manager.get(f"{STAFF}entries/poster")
    assert page.text.count("<article") == 3
    assert "<svg" in page.text
    many = manager.get(f"{STAFF}entries/poster?" + "&".join(f"entry={key}" for key in keys))
    assert many.text.count("<article") == 4
    assert "Choose 4 or fewer" in many.text
    assert "آپ نے کہا" in manager.get(f"{STAFF}entries/poster?lang=ur").text
    assert manager.get(f"{STAFF}entries/poster?entry=nothing&entry={uuid4()}").status_code == 200
    assert client_for("nurse").get(f"{STAFF}entries/poster").status_code == 404


# Evidence


def test_evidence_holds_no_name_and_no_patients_words(world: Any, visitor: Any, client_for: Callable[..., Any]) -> None:
    key, _receipt = answered(world, visitor, score="poor", text="zqpatientswords are small")
    manager = client_for("manager")
    form = {**ENTRY, "from": str(key), "statements": "caring.kindness", "promise": "I order the template"}
    manager.submit(manager.get(f"{STAFF}publish"), form, action=f"{STAFF}publish")
    for path in ("evidence", "evidence/file", "evidence?months=12", "evidence?months=nothing"):
        page = manager.get(f"{STAFF}{path}")
        assert page.status_code == 200
        assert "Caring: Kindness, compassion and dignity" in page.text
        assert "I order the template" in page.text
        assert str(key)[-12:] in page.text
        assert "zqpatientswords" not in page.text
        body = page.text.partition("<main")[2] or page.text
        assert world.actor("manager").name not in body
    assert "attachment" in manager.get(f"{STAFF}evidence/file").headers["Content-Disposition"]
    assert client_for("nurse").get(f"{STAFF}evidence").status_code == 404


def test_the_groups_page_is_public_safe(world: Any, visitor: Any, client_for: Callable[..., Any]) -> None:
    world.switch("manor", "patient_input", PluginChoice("on", settings={"fft_public": True}))
    key, _receipt = answered(world, visitor, score="poor", text="zqpatientswords are small")
    shown, hidden = published(world, theme="Shown."), published(world, theme="Hidden.", statements=["caring.kindness"])
    manager = client_for("manager")
    manager.submit(manager.get(f"/manor/things/{hidden}"), {"shown": "no"}, action=f"{STAFF}entries")
    page = manager.get(f"{STAFF}participation-group").text
    assert "Shown." in page
    for inside in ("Hidden.", "Kindness", "zqpatientswords", str(key), str(shown)):
        assert inside not in page.partition("<main")[2]
    assert client_for("nurse").get(f"{STAFF}participation-group").status_code == 404
