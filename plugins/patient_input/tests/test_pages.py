"""The pages through the application: what patients meet, what staff see, and what nobody may."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import select

from layers_core.contract import PluginChoice
from layers_core.db.base import now
from layers_core.practices.models import PublicLink
from layers_core.testkit.forms import typed
from layers_core.usage.models import UsageEventRow
from layers_patient_input.catalogue import built_in
from layers_patient_input.models import Answer
from layers_patient_input.plugin import Plugin
from layers_patient_input.responses import written

pytest.importorskip("layers_webshell", reason="the pages are tried inside the web shell")

WORDS = "I could not read my letter. Mr Smith at the desk was kind."
URDU = "میں اپنا خط نہیں پڑھ سکا، لکھائی بہت چھوٹی تھی"
ENTRY = {
    "theme": "Letters in large print",
    "you_said": "Some of you can’t read our letters.",
    "we_learned": "Nobody had asked how people need to read.",
    "we_did": "We ask everybody once and print in 18 point.",
    "change": "made",
}
PUBLIC = "/p/manor/patient-input/"
STAFF = "/manor/patient-input/"


@pytest.fixture(scope="module")
def web_plugins() -> Sequence[object]:
    """Patient input alone: it needs no other plugin."""
    return [Plugin()]


def link_of(world: Any, practice: str = "manor") -> PublicLink:
    with world.database.read() as session:
        return session.scalars(
            select(PublicLink).where(
                PublicLink.practice_id == world.practices[practice], PublicLink.withdrawn_at.is_(None)
            )
        ).one()


def answers_in(world: Any) -> list[Answer]:
    with world.database.read() as session:
        return list(session.scalars(select(Answer).order_by(Answer.id)))


def fft(**answers: str) -> dict[str, str]:
    """What the page of the Friends and Family Test sends for answers by linkId."""
    return typed(built_in("fft", {}).questionnaire, answers)


def said(answer: Answer) -> str:
    return " ".join(written(answer.items))


def events_in(world: Any) -> list[str]:
    with world.database.read() as session:
        rows = session.scalars(select(UsageEventRow).order_by(UsageEventRow.sequence))
        return [row.name for row in rows if row.name.startswith(("patient_input.", "core.recorded", "core.identifier"))]


def answer(world: Any, visitor: Any, text: str = WORDS, score: str = "poor", query: str = "") -> Any:
    page = visitor.get(f"/f/{link_of(world).token}{query}")
    return visitor.submit(page, fft(score=score, text=text))


def receipt_in(page: Any) -> str:
    found = re.search(r"<code dir=\"ltr\">([0-9A-Z-]{19})</code>", page.text)
    assert found is not None
    return found.group(1)


def nonce_in(page: Any) -> str:
    found = re.search(r'name="nonce" value="([^"]+)"', page.text)
    assert found is not None
    return found.group(1)


# Patients


def test_the_form_is_one_page_with_the_exact_question_and_nothing_chosen(world: Any, visitor: Any) -> None:
    page = visitor.get(f"/f/{link_of(world).token}")
    assert page.status_code == 200
    text = page.text
    assert "Overall, how was your experience of our service?" in text
    places = [
        text.index(f'value="{next(iter(fft(score=code).values()))}"')
        for code in ("very_good", "good", "neither", "poor", "very_poor", "dont_know")
    ]
    assert places == sorted(places)
    assert "checked" not in text
    assert text.index("not for urgent help") < text.index("Overall, how")
    assert "What could we have done better?" in text
    assert "Manor Street Surgery" in text
    assert "Set-Cookie" not in page.headers


def test_two_taps_and_submit(world: Any, visitor: Any) -> None:
    thanks = answer(world, visitor, text="")
    assert thanks.status_code == 200
    assert "Thank you" in thanks.text
    assert "What happens next" in thanks.text
    assert "01632 960100" in thanks.text
    receipt_in(thanks)
    assert "Set-Cookie" not in thanks.headers
    (kept,) = answers_in(world)
    assert (kept.score, said(kept), kept.method, kept.language) == ("poor", "", "online", "en")


def test_urdu_is_written_from_the_right_in_large_print_too(world: Any, visitor: Any) -> None:
    token = link_of(world).token
    page = visitor.get(f"/f/{token}?lang=ur&size=large")
    assert re.search(r'<html lang="ur" dir="rtl" class="layers-large-print"', page.text)
    assert "مجموعی طور پر، ہماری سروس کے بارے میں آپ کا تجربہ کیسا رہا؟" in page.text
    assert "باضابطہ ترجمہ نہیں" in page.text
    thanks = visitor.submit(page, fft(score="poor", text=URDU))
    assert 'lang="ur" dir="rtl"' in thanks.text
    assert "شکریہ" in thanks.text
    assert "\u206601632 960100\u2069" in thanks.text
    assert f"{PUBLIC}?lang=ur&amp;size=large" in thanks.text
    (kept,) = answers_in(world)
    assert (kept.language, said(kept), kept.score) == ("ur", URDU, "poor")


def test_every_page_offers_both_languages_and_large_print(world: Any, visitor: Any) -> None:
    for path in (f"/f/{link_of(world).token}", PUBLIC, f"{PUBLIC}withdraw"):
        page = visitor.get(path)
        assert page.status_code == 200
        assert f'href="{path}?lang=ur"' in page.text
        assert f'href="{path}?size=large"' in page.text
        assert "Set-Cookie" not in page.headers


def test_what_was_typed_is_kept_with_an_error(world: Any, visitor: Any) -> None:
    token = link_of(world).token
    refused = visitor.submit(visitor.get(f"/f/{token}?lang=ur"), fft(text=URDU))
    assert refused.status_code == 422
    assert URDU in refused.text
    assert f'href="#{next(iter(fft(score="")))}"' in refused.text
    assert "کا جواب دیں" in refused.text
    long = "word " * 1_001
    refused = visitor.submit(visitor.get(f"/f/{token}"), fft(text=long, score="good"))
    assert refused.status_code == 422
    assert long.strip() in refused.text
    assert f'value="{next(iter(fft(score="good").values()))}" checked' in refused.text
    assert answers_in(world) == []
    # The page with the error can be sent again as it is.
    assert visitor.submit(refused, fft(text="Short")).status_code == 200
    assert [said(kept) for kept in answers_in(world)] == ["Short"]


def test_hostile_characters_are_no_fault(world: Any, visitor: Any, client_for: Callable[..., Any]) -> None:
    assert answer(world, visitor, "One\r\nTwo\x00 <script>alert(1)</script> \u202e").status_code == 200
    (kept,) = answers_in(world)
    assert said(kept) == "One\nTwo <script>alert(1)</script> \u202e"
    desk = client_for("receptionist")
    for path in (STAFF, f"{STAFF}answers/{kept.id}"):
        page = desk.get(path).text
        assert "One\nTwo &lt;script&gt;" in page
        assert "<script>alert" not in page


def test_a_page_sent_twice_is_one_answer(world: Any, visitor: Any) -> None:
    page = visitor.get(f"/f/{link_of(world).token}")
    first, second = (visitor.submit(page, fft(score="poor", text=WORDS)) for _time in range(2))
    assert receipt_in(first) == receipt_in(second)
    assert len(answers_in(world)) == 1
    assert events_in(world) == ["patient_input.answered"]


@pytest.mark.parametrize("nonce", ["", "forged", "another link's"])
def test_a_forged_or_foreign_nonce_saves_nothing(world: Any, visitor: Any, nonce: str) -> None:
    if nonce == "another link's":
        nonce = nonce_in(visitor.get(f"/f/{link_of(world, 'riverside').token}"))
    refused = visitor.post(f"/f/{link_of(world).token}", data={"nonce": nonce, **fft(score="poor", text=WORDS)})
    assert refused.status_code == 422
    assert WORDS in refused.text
    assert answers_in(world) == []
    # With the new nonce that the page holds, the same words are taken.
    assert visitor.submit(refused, fft(score="poor")).status_code == 200
    assert len(answers_in(world)) == 1


def test_a_waiting_room_behind_one_address_is_never_blocked(world: Any, app: Any) -> None:
    for number in range(30):
        patient = app.test_client()
        assert answer(world, patient, f"Words of patient {number}").status_code == 200
    assert len(answers_in(world)) == 30


def test_a_flood_from_one_address_is_held_back_with_the_words_kept(world: Any, visitor: Any) -> None:
    page = visitor.get(f"/f/{link_of(world).token}")
    seen = {answer(world, visitor, "").status_code for _time in range(120)}
    assert seen == {200}
    refused = visitor.submit(page, fft(score="poor", text=WORDS))
    assert refused.status_code == 429
    assert WORDS in refused.text
    assert len(answers_in(world)) == 120


@pytest.mark.parametrize("how", ["withdrawn", "expired", "off", "unknown"])
def test_a_spent_link_says_how_else_to_reach_the_practice(world: Any, visitor: Any, how: str) -> None:
    token = link_of(world).token
    nonce = nonce_in(visitor.get(f"/f/{token}"))
    if how == "off":
        world.switch("manor", "patient_input", PluginChoice("off"))
    elif how == "unknown":
        token = "A" * 22
    else:
        with world.database.write() as session:
            link = session.get(PublicLink, token)
            setattr(link, "withdrawn_at" if how == "withdrawn" else "expires_at", now())
    for response in (
        visitor.get(f"/f/{token}"),
        visitor.post(f"/f/{token}", data={"nonce": nonce, **fft(score="poor")}),
    ):
        assert response.status_code == (404 if how == "unknown" else 410)
        assert "Set-Cookie" not in response.headers
        assert ("01632 960100" in response.text) is (how != "unknown")
    assert answers_in(world) == []


def test_a_patient_takes_an_answer_back_on_the_page(world: Any, visitor: Any) -> None:
    code = receipt_in(answer(world, visitor))
    page = visitor.get(f"{PUBLIC}withdraw")
    refused = visitor.submit(page, {"code": "0000-1111"})
    assert refused.status_code == 422
    assert "0000-1111" in refused.text
    done = visitor.submit(refused, {"code": code.lower()})
    assert done.status_code == 200
    assert "taken back" in done.text
    assert "Set-Cookie" not in done.headers
    (kept,) = answers_in(world)
    assert (kept.state, said(kept)) == ("withdrawn", "")


def test_the_practices_own_words_stand_on_the_form(world: Any, visitor: Any) -> None:
    settings = {
        "languages": ["en"],
        "question_prefix": "Thinking about <your> GP practice…",
        "urgent_help": "Call 999 first.",
        "other_ways": "Come to the desk.",
    }
    world.switch("manor", "patient_input", PluginChoice("on", settings=settings))
    page = visitor.get(f"/f/{link_of(world).token}?lang=ur")
    assert "Thinking about &lt;your&gt; GP practice… Overall, how was your experience of our service?" in page.text
    assert "Call 999 first." in page.text
    assert 'hreflang="ur"' not in page.text
    assert '<div lang="en" dir="ltr">' in page.text
    assert "Come to the desk." in visitor.submit(page, fft(score="good")).text


# Staff


def test_the_receptionists_home_opens_on_the_answer(world: Any, visitor: Any, client_for: Callable[..., Any]) -> None:
    desk = client_for("receptionist")
    assert "to look at" not in desk.get("/manor/").text
    answer(world, visitor)
    home = desk.get("/manor/").text
    assert "1 new answer to look at" in home
    (kept,) = answers_in(world)
    assert f"{STAFF}answers/{kept.id}" in home
    assert "to look at" not in client_for("nurse").get("/manor/").text
    answer(world, visitor)
    assert "2 new answers to look at" in desk.get("/manor/").text


def test_the_receptionist_sees_the_marks_in_words_and_releases(
    world: Any, visitor: Any, client_for: Callable[..., Any]
) -> None:
    answer(world, visitor)
    (kept,) = answers_in(world)
    desk = client_for("receptionist")
    page = desk.get(f"{STAFF}answers/{kept.id}")
    assert "<mark>Mr Smith</mark>" in page.text
    assert "This looks like a person’s name." in page.text
    done = desk.submit(page, {"do": "redacted"}, action=f"{STAFF}answers")
    assert (done.status_code, done.headers["Location"]) == (303, STAFF)
    assert "Everybody at Manor Street Surgery can read it now" in desk.get(STAFF).text
    (kept,) = answers_in(world)
    thing = f"/manor/things/{kept.released_artefact_id}"
    nurse = client_for("nurse").get(thing)
    assert "[removed] at the desk was kind" in nurse.text
    assert "Smith" not in nurse.text
    assert f'href="/manor/record?prompted_by={kept.released_artefact_id}"' in nurse.text
    assert "Reflect on this" in nurse.text
    assert "Tell patients" not in nurse.text
    assert "Tell patients" in client_for("manager").get(thing).text
    assert client_for("neighbour").get(thing.replace("manor", "riverside")).status_code == 404
    assert events_in(world) == ["patient_input.answered", "core.recorded", "patient_input.released"]
    # Decided once; the second who comes is told so.
    again = client_for("manager").get(f"{STAFF}answers/{kept.id}")
    assert again.status_code == 303


def test_release_as_it_is_and_with_a_translation(world: Any, visitor: Any, client_for: Callable[..., Any]) -> None:
    answer(world, visitor, URDU, query="?lang=ur")
    (kept,) = answers_in(world)
    desk = client_for("receptionist")
    page = desk.get(f"{STAFF}answers/{kept.id}")
    assert 'lang="ur" dir="rtl"' in page.text
    form = {"do": "as_is", "translation-0": "Mr Khan could not read it"}
    stopped = desk.submit(page, form, action=f"{STAFF}answers")
    assert stopped.status_code == 422
    assert "Mr Khan could not read it" in stopped.text
    assert answers_in(world)[0].state == "waiting"
    form = {"do": "as_is", "translation-0": "I could not read my letter"}
    assert desk.submit(stopped, form, action=f"{STAFF}answers").status_code == 303
    (kept,) = answers_in(world)
    thing = client_for("nurse").get(f"/manor/things/{kept.released_artefact_id}")
    assert URDU in thing.text
    assert "I could not read my letter" in thing.text
    assert "Translated by a colleague" in thing.text


def test_changed_words_are_released_only_by_their_own_button(
    world: Any, visitor: Any, client_for: Callable[..., Any]
) -> None:
    answer(world, visitor)
    (kept,) = answers_in(world)
    desk = client_for("receptionist")
    page = desk.get(f"{STAFF}answers/{kept.id}")
    refused = desk.submit(page, {"do": "as_is", "text-0": "The print was small."}, action=f"{STAFF}answers")
    assert refused.status_code == 422
    assert "The print was small." in refused.text
    assert desk.submit(refused, {"do": "edited"}, action=f"{STAFF}answers").status_code == 303
    (kept,) = answers_in(world)
    assert "The print was small." in client_for("nurse").get(f"/manor/things/{kept.released_artefact_id}").text
    assert said(kept) == WORDS


def test_keeping_back_on_the_page(world: Any, visitor: Any, client_for: Callable[..., Any]) -> None:
    answer(world, visitor)
    (kept,) = answers_in(world)
    desk = client_for("receptionist")
    page = desk.get(f"{STAFF}answers/{kept.id}")
    assert desk.submit(page, {"do": "keep_back"}, action=f"{STAFF}answers").status_code == 422
    form = {"do": "keep_back", "reason": "other_route"}
    assert desk.submit(page, form, action=f"{STAFF}answers").status_code == 303
    assert "No answer waits for you" in desk.get(STAFF).text
    assert str(kept.id) in desk.get(f"{STAFF}answers?state=kept_back").text
    assert "safeguarding" in desk.get(f"{STAFF}answers/{kept.id}").text


@pytest.mark.parametrize("role", ["nurse", "gp", "lead", "neighbour", "outsider", "former", "operator", "evaluator"])
def test_others_cannot_see_or_decide_about_an_answer(
    world: Any, visitor: Any, client_for: Callable[..., Any], role: str
) -> None:
    answer(world, visitor)
    (kept,) = answers_in(world)
    browser = client_for(role)
    for practice in ("manor", "riverside"):
        path = f"/{practice}/patient-input/answers/{kept.id}"
        assert browser.get(path).status_code == 404
        assert browser.send(path, {"do": "as_is"}).status_code == 404
        listed = browser.get(f"/{practice}/patient-input/?state=waiting")
        assert WORDS[:20] not in listed.text
        assert str(kept.id) not in listed.text
    assert answers_in(world)[0].state == "waiting"


def test_the_other_practices_moderator_cannot_see_it(world: Any, visitor: Any, client_for: Callable[..., Any]) -> None:
    world.switch("riverside", "patient_input", PluginChoice("on", settings={"moderators": ["gp"]}))
    answer(world, visitor)
    (kept,) = answers_in(world)
    neighbour = client_for("neighbour")
    assert "No answer waits for you" in neighbour.get("/riverside/patient-input/").text
    assert "to look at" not in neighbour.get("/riverside/").text.replace("Answers to look at", "")
    assert neighbour.get(f"/riverside/patient-input/answers/{kept.id}").status_code == 404


def test_telling_patients(world: Any, visitor: Any, client_for: Callable[..., Any]) -> None:
    assert "Nothing is here yet" in visitor.get(PUBLIC).text
    answer(world, visitor)
    (kept,) = answers_in(world)
    desk = client_for("receptionist")
    desk.submit(desk.get(f"{STAFF}answers/{kept.id}"), {"do": "redacted"}, action=f"{STAFF}answers")
    key = answers_in(world)[0].released_artefact_id
    manager = client_for("manager")
    page = manager.get(f"{STAFF}publish?from={key}")
    assert "I could not read my letter" in page.text
    assert "I could not read my letter" not in re.sub(r"(?s)<blockquote.*?</blockquote>", "", page.text)
    refused = manager.submit(page, {**ENTRY, "you_said": "", "theme": ""}, action=f"{STAFF}publish")
    assert refused.status_code == 422
    assert ENTRY["we_did"] in refused.text
    assert 'href="#theme"' in refused.text
    assert 'href="#title"' not in refused.text
    quoting = {**ENTRY, "you_said": "I could not read my letter. Mr Smith at the desk was kind."}
    refused = manager.submit(page, quoting, action=f"{STAFF}publish")
    assert refused.status_code == 422
    stopped = manager.submit(page, {**ENTRY, "you_said": "Mrs Patel told us"}, action=f"{STAFF}publish")
    assert stopped.status_code == 422
    assert "guard_why" in stopped.text
    assert "Nothing is here yet" in visitor.get(PUBLIC).text
    done = manager.submit(page, ENTRY, action=f"{STAFF}publish")
    assert done.status_code == 303
    shown = visitor.get(f"{PUBLIC}?lang=ur")
    for words in [ENTRY[part] for part in ("theme", "you_said", "we_learned", "we_did")]:
        assert words in shown.text
    assert "آپ نے کہا" in shown.text
    assert "Moira" not in shown.text
    assert str(key) not in shown.text
    assert "Set-Cookie" not in shown.headers
    assert ENTRY["theme"] not in visitor.get("/p/riverside/patient-input/").text
    assert client_for("nurse").get(f"{STAFF}publish?from={key}").status_code == 404
    assert client_for("neighbour").get(f"/riverside/patient-input/publish?from={key}").status_code == 404


def test_an_entry_is_changed_and_taken_off_on_its_page(
    world: Any, visitor: Any, client_for: Callable[..., Any]
) -> None:
    manager = client_for("manager")
    done = manager.submit(manager.get(f"{STAFF}publish"), ENTRY, action=f"{STAFF}publish")
    thing = done.headers["Location"]
    key = thing.split("/")[3].partition("?")[0]
    page = manager.get(f"{STAFF}entries/{key}/edit")
    stale = manager.get(f"{STAFF}entries/{key}/edit")
    form = {"we_did": "We bought a scanner."}
    assert manager.submit(page, form, action=f"{STAFF}entries").status_code == 303
    assert "We bought a scanner." in visitor.get(PUBLIC).text
    conflict = manager.submit(stale, {"we_did": "We did nothing."}, action=f"{STAFF}entries")
    assert conflict.status_code == 409
    assert "We bought a scanner." in conflict.text
    assert "We did nothing." in conflict.text
    assert client_for("nurse").get(f"{STAFF}entries/{key}/edit").status_code == 404
    off = manager.submit(manager.get(thing), {"shown": "no"}, action=f"{STAFF}entries")
    assert off.status_code == 303
    assert "We bought a scanner." not in visitor.get(PUBLIC).text
    assert manager.submit(manager.get(thing), {"shown": "yes"}, action=f"{STAFF}entries").status_code == 303
    assert "We bought a scanner." in visitor.get(PUBLIC).text


def test_nobody_reads_staff_pages_without_signing_in(visitor: Any) -> None:
    for path in (STAFF, f"{STAFF}ways-in", f"{STAFF}publish"):
        response = visitor.get(path)
        assert response.status_code == 302
        assert "/sign-in" in response.headers["Location"]
