"""The words that patients meet: complete in every language, with their marks, and with no English left on a page."""

from __future__ import annotations

import ast
import html
import io
import json
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from babel import Locale
from babel.dates import format_date
from babel.messages.catalog import Catalog
from babel.messages.extract import extract, extract_from_file
from babel.messages.pofile import read_po
from jinja2 import Environment, meta, nodes
from sqlalchemy import select

from layers_core.contract import PluginChoice
from layers_core.practices.service import ensure_public_link
from layers_core.testkit.forms import typed
from layers_core.vocabulary import vocabulary
from layers_patient_input import wording
from layers_patient_input.catalogue import built_in
from layers_patient_input.models import Publication
from layers_patient_input.plugin import Plugin
from layers_patient_input.schemas import SettingsSchema
from layers_patient_input.wording import LANGUAGES, PACKAGE, chosen, language, offered

ROOT = Path(str(files(PACKAGE)))
FORMS: Mapping[str, Any] = vocabulary("built_in_forms", PACKAGE)
FOREIGN = tuple(code for code in LANGUAGES if language(code).base != "en")
SAME_WORD = {"Important:", "Braille"}
"""What another language happens to say as English does."""
MAKES_A_PAGE = re.compile(r"\breader\(|\bReader\b")
PUBLIC_BASES = {"layers/public.html", "patient_input/public_page.html"}
ENGLISH = re.compile(r"\b(the|and|your|you|this|that|with|from|we|our|was|were|have|not)\b", re.IGNORECASE)


# What is shown to patients


def templates() -> dict[str, str]:
    return {
        path.relative_to(ROOT / "templates").as_posix(): path.read_text(encoding="utf-8")
        for path in (ROOT / "templates").rglob("*.html")
    }


def patients_templates() -> set[str]:
    """Every template that stands on the base of public pages, however far above it is, and what they include."""
    parsed = {name: Environment(autoescape=True).parse(text) for name, text in templates().items()}
    above = {name: {node.template.value for node in tree.find_all(nodes.Extends)} for name, tree in parsed.items()}
    uses = {name: {used for used in meta.find_referenced_templates(tree) if used} for name, tree in parsed.items()}
    public = {name for name, bases in above.items() if bases & PUBLIC_BASES}
    while (
        more := {name for name in parsed if above[name] & public or any(name in uses[one] for one in public)} - public
    ):
        public |= more
    return public


def patients_code() -> Iterator[tuple[str, str]]:
    """The Python whose messages a patient may read, with its place.

    That is what makes a page for a reader, and on pages for staff what is said in a patient's language.
    """
    yield "wording.py", (ROOT / "wording.py").read_text(encoding="utf-8")
    for path in ROOT.rglob("*.py"):
        if "views" in path.relative_to(ROOT).with_suffix("").parts:
            text, place = path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix()
            for node in ast.parse(text).body:
                for part in [node] if MAKES_A_PAGE.search(segment(text, node)) else in_a_language(text, node):
                    yield place, segment(text, part)


def in_a_language(text: str, node: ast.AST) -> list[ast.AST]:
    return [
        found
        for found in ast.walk(node)
        if isinstance(found, ast.With) and "in_language(" in segment(text, found).partition(":")[0]
    ]


def segment(text: str, node: ast.AST) -> str:
    return textwrap.dedent(" " * getattr(node, "col_offset", 0) + (ast.get_source_segment(text, node) or ""))


@cache
def messages() -> dict[str, str]:
    """Every message that patients may read, with where it stands."""
    found: dict[str, str] = {}
    for name in sorted(patients_templates()):
        text = templates()[name].encode()
        for _line, message, _comments, _context in extract("jinja2", io.BytesIO(text), keywords={"_": None}):
            found[str(message)] = name
    for place, part in patients_code():
        for _line, said, _comments, _context in extract("python", io.BytesIO(part.encode()), keywords={"_": None}):
            found[said if isinstance(said, str) else said[0]] = place
    for entry in FORMS.values():
        found |= dict.fromkeys((entry["label"], entry["about"]), "built_in_forms.json")
    for entry in vocabulary("invitations", PACKAGE).values():
        found |= dict.fromkeys(filter(None, entry.values()), "invitations.json")
    return found


@cache
def catalogue(code: str) -> Catalog:
    with (ROOT / "translations" / code / "LC_MESSAGES" / f"{PACKAGE}.po").open("rb") as file:
        return read_po(file, abort_invalid=True)


# Catalogues


def test_the_walk_finds_pages_and_their_messages() -> None:
    assert {
        "patient_input/form.html",
        "patient_input/faults.html",
        "patient_input/withdraw.html",
    } <= patients_templates()
    assert "patient_input/answer.html" not in patients_templates()
    assert messages()["Send my answer"].startswith("patient_input/form")
    assert messages()["Answer at least one question"] == "views/asking.py"


@pytest.mark.parametrize("code", FOREIGN)
def test_every_message_that_patients_read_is_translated(code: str) -> None:
    missing = {
        message: place
        for message, place in messages().items()
        if not (found := catalogue(code).get(message)) or not found.string or found.fuzzy
    }
    assert missing == {}


@pytest.mark.parametrize("code", FOREIGN)
def test_a_catalogue_holds_nothing_that_no_page_says(code: str) -> None:
    said = {message.id if isinstance(message.id, str) else message.id[0] for message in catalogue(code) if message.id}
    in_python = {
        said if isinstance(said, str) else said[0]
        for path in ROOT.rglob("*.py")
        for _line, said, _comments, _context in extract_from_file("python", str(path), keywords={"_": None, "_l": None})
    }
    assert said - set(messages()) - in_python == set()


# Languages and forms


def test_languages_are_those_of_their_locales() -> None:
    assert set(LANGUAGES) == {"en", "cy", "pl", "ur", "ro", "en-simple"}
    for code in LANGUAGES:
        found = language(code)
        assert found.direction == Locale.parse(found.base).text_direction
        assert found.official is (code == "en")
        assert bool(wording.unofficial(found)) is not found.official
        assert len(code) <= 12, "The columns for languages hold twelve letters"
    assert [found.code for found in offered({"languages": ["ur", "cy"]})] == ["cy", "ur"]
    assert chosen("en-simple", {"languages": ["pl", "en-simple"]}).base == "en"


def told(words: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every text of a form that people read: its name, and the object that holds it with its translations."""
    for name in ("title", "text", "display"):
        if name in words:
            yield name, words
    for value in words.values():
        for inner in value if isinstance(value, list) else [value]:
            if isinstance(inner, dict) and "url" not in inner:
                yield from told(inner)


@pytest.mark.parametrize("code", FORMS)
def test_a_form_says_everything_in_each_of_its_languages(code: str) -> None:
    form = json.loads((ROOT / "data" / "forms" / f"{code}.json").read_text(encoding="utf-8"))
    wanted = [code for code in FORMS[code]["languages"] if code != "en"]
    seen = list(told(form))
    assert len(seen) > 3
    for name, words in seen:
        given = {
            inner[0]["valueCode"]: inner[1]["valueString"]
            for outer in words.get(f"_{name}", {}).get("extension", [])
            for inner in [outer["extension"]]
        }
        assert list(given) == wanted, words[name]
        assert all(text.strip() == text and text for text in given.values())
        # Easy read may keep a word that is easy already.
        assert all(text != words[name] or text in SAME_WORD for tag, text in given.items() if tag != "en-simple")


@pytest.mark.parametrize("code", FORMS)
def test_the_list_of_forms_fits_the_forms(code: str) -> None:
    entry, form = FORMS[code], built_in(code, {})
    kinds = {item.link_id: item.type for item in form.questionnaire.walk()}
    assert entry["written"] == [link for link, kind in kinds.items() if kind in {"text", "string"}]
    assert form.questionnaire.version == str(entry["version"])
    for tag, said in entry["languages"].items():
        assert said["source"]
        # The words of whoever owns a form are in English; nobody official has looked at ours.
        assert said["official"] is (tag == "en")
    assert set(entry["languages"]) <= set(LANGUAGES)
    assert entry["source"]
    assert entry["offered"] is (code in {"fft", "story", "tip", "need"})


def test_the_care_measure_has_its_ten_statements_and_six_answers() -> None:
    form = built_in("care", {})
    asked = [item for item in form.questionnaire.walk() if item.answered]
    assert [item.link_id for item in asked] == [f"care-{number}" for number in range(1, 11)]
    beginnings = (
        "Making you feel at ease", "Letting you tell your “story”", "Really listening",
        "Being interested in you as a whole person", "Fully understanding your concerns",
        "Showing care and compassion", "Being positive", "Explaining things clearly",
        "Helping you to take control", "Making a plan of action with you",
    )  # fmt: skip
    assert all(item.text.text.startswith(words) for item, words in zip(asked, beginnings, strict=True))
    for item in asked:
        assert [(option.value.data["code"], option.label.text) for option in item.options] == [
            ("poor", "Poor"), ("fair", "Fair"), ("good", "Good"), ("very_good", "Very good"),
            ("excellent", "Excellent"), ("does_not_apply", "Does not apply"),
        ]  # fmt: skip
    assert "Mercer" in form.questionnaire.source["copyright"]
    assert FORMS["care"]["needs_permission"]
    assert [tag for tag, said in FORMS["care"]["languages"].items() if said["validated"]] == ["en"]


def test_what_is_known_of_official_versions_has_a_source_and_nothing_unconfirmed_is_used() -> None:
    for entry in vocabulary("fft_versions", PACKAGE).values():
        assert entry["source"]
        assert entry["confirmed"] or not entry["address"]
    assert wording.sign_language_film().startswith("https://")


def test_there_are_34_quality_statements() -> None:
    counts = [len(entry["statements"]) for entry in vocabulary("quality_statements", PACKAGE).values()]
    assert counts == [8, 6, 5, 7, 8]


# A practice's own words


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_practice_writes_its_own_words_in_every_language(code: str) -> None:
    names = ("question_prefix", "free_text_question", "urgent_help", "other_ways")
    own = {wording.field_of(name, code): f"Own {name}" for name in names}
    settings = SettingsSchema().load({"languages": [code], **own})
    form = built_in("fft", settings)
    assert form.item("score").text.to(code).startswith("Own question_prefix ")
    assert form.item("text").text.to(code) == "Own free_text_question"
    others = [other for other in LANGUAGES if language(other).base != language(code).base]
    assert not any(form.item("score").text.to(other).startswith("Own") for other in others)
    assert not any(form.item("text").text.to(other).startswith("Own") for other in others)
    assert wording.urgent_help(language(code), settings) == "Own urgent_help"
    assert not any(wording.urgent_help(language(other), settings).startswith("Own") for other in others)


# Pages


@pytest.fixture(scope="module")
def web_plugins() -> Sequence[object]:
    """Patient input alone."""
    pytest.importorskip("layers_webshell", reason="the pages are tried inside the web shell")
    return [Plugin()]


def shown(page: Any, code: str) -> str:
    """What a page says to people in its language: not the other languages' names, and nobody's own words."""
    text = re.sub(r"(?s)<(style|script|head|textarea).*?</\1>", " ", page.text)
    text = re.sub(rf'(?s)<(\w+)[^>]* lang="(?!{code}")[^"]*"[^>]*>[^<]*</\1>', " ", text)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def token_of(world: Any, form: str = "fft", method: str = "online") -> str:
    with world.database.write() as session:
        return ensure_public_link(session, world.practices["manor"], wording.SLUG, form, method).token


def public_paths(visitor: Any) -> list[str]:
    """Every page of the plugin under /p/ that is read and not sent; a feed is for programs."""
    rules = visitor.application.url_map.iter_rules()
    mine = [rule for rule in rules if rule.endpoint.startswith("patient_input_public.") and "GET" in rule.methods]
    paths = [rule.rule.replace("<practice>", "manor") for rule in mine]
    assert not any("<" in path for path in paths), "Tell this test what stands in a public address"
    return [path for path in paths if not path.endswith(".atom")]


def every_page(world: Any, visitor: Any, client_for: Any, code: str) -> dict[str, Any]:
    """Each page that a patient can meet, in a language."""
    world.switch("manor", "patient_input", PluginChoice("on", settings={"fft_public": True}))
    token, tail, public = token_of(world), f"?lang={code}", "/p/manor/patient-input/"
    manager = client_for("manager")
    entry = {"theme": "…", "you_said": "…", "we_learned": "…", "we_did": "…", "change": "made"}
    empty = visitor.get(public + tail)
    published = manager.submit(
        manager.get("/manor/patient-input/publish"), entry, action="/manor/patient-input/publish"
    )
    assert published.status_code == 303
    form = visitor.get(f"/f/{token}{tail}")
    thanks = visitor.submit(form, typed(built_in("fft", {}).questionnaire, {"score": "poor", "text": "…"}))
    receipt = re.search(r"<code dir=\"ltr\">([0-9A-Z-]{19})</code>", thanks.text)
    assert receipt is not None
    withdraw = visitor.get(f"{public}withdraw{tail}")
    refused = visitor.submit(withdraw, {"code": "0"})
    pages = {f"page {path}": visitor.get(path + tail) for path in public_paths(visitor)}
    assert {page.status_code for page in pages.values()} == {200}
    asks = visitor.get(f"{public}reply{tail}")
    others = {f"{name} form": visitor.get(f"/f/{token_of(world, name)}{tail}") for name in ("story", "tip", "need")}
    kiosk = visitor.get(f"/f/{token_of(world, method='kiosk')}{tail}")
    answered = typed(built_in("fft", {}).questionnaire, {"score": "poor"})
    return {
        **others,
        **{f"{name} refused": visitor.submit(page, {}) for name, page in others.items()},
        **pages,
        "unknown reply": visitor.submit(asks, {"code": "0"}),
        "reply": visitor.submit(asks, {"code": receipt.group(1)}),
        "kiosk": kiosk,
        "kiosk thanks": visitor.submit(kiosk, answered),
        "form": form,
        "refused": visitor.post(f"/f/{token}{tail}", data={"nonce": "", "text": "x" * 5_001}),
        "thanks": thanks,
        "withdraw": withdraw,
        "unknown code": refused,
        "withdrawn": visitor.submit(refused, {"code": receipt.group(1)}),
        "empty loop": empty,
        "loop": visitor.get(public + tail),
        "unknown link": visitor.get(f"/f/{'A' * 22}{tail}"),
        "unknown page": visitor.get(f"/p/manor/nothing{tail}"),
    }


@pytest.mark.parametrize("code", FOREIGN)
def test_no_english_is_left_on_a_page(world: Any, visitor: Any, client_for: Any, code: str) -> None:
    english = {part for message in messages() for part in re.split(r"%\(\w+\)s", message) if len(part.strip()) > 3}
    for name, page in every_page(world, visitor, client_for, code).items():
        text = shown(page, code)
        assert f'<html lang="{code}" dir="{language(code).direction}"' in page.text, name
        left = {part for part in english - SAME_WORD if part in text}
        assert left == set(), name
        assert ENGLISH.findall(text.replace("YouTube", "")) == [], name


@pytest.mark.parametrize("code", FOREIGN)
def test_no_english_is_left_on_the_care_measure(world: Any, visitor: Any, client_for: Any, code: str) -> None:
    permission = {"care_permission": "By letter", "care_permission_on": "2026-03-02"}
    world.switch("manor", "patient_input", PluginChoice("on", settings=permission))
    gp, path = client_for("gp"), "/manor/patient-input/care"
    gp.submit(gp.get(path), {"do": "begin"})
    found = re.search(r'href="http://[^/]+(/f/[^"]+)"', gp.get(path).text)
    assert found is not None
    form = visitor.get(f"{found.group(1)}?lang={code}")
    rated = typed(built_in("care", {}).questionnaire, {"care-1": "good"})
    for page in (form, visitor.submit(form, {}), visitor.submit(form, rated)):
        text = shown(page, code).replace("Making", "")
        assert built_in("care", {}).item("stem").text.to(code)[:40] in text or page is not form
        assert ENGLISH.findall(text) == []


@pytest.mark.parametrize("code", FOREIGN)
def test_dates_are_in_the_language(world: Any, visitor: Any, client_for: Any, code: str) -> None:
    page = every_page(world, visitor, client_for, code)["loop"]
    with world.database.read() as session:
        day = session.scalars(select(Publication.published_at)).one().date()
    assert format_date(day, format="long", locale=code) in page.text


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_form_asks_in_the_language_and_says_what_is_unofficial(world: Any, visitor: Any, code: str) -> None:
    page = visitor.get(f"/f/{token_of(world)}?lang={code}")
    form = built_in("fft", {})
    for item in form.questionnaire.walk():
        assert html.escape(item.text.to(code), quote=False) in page.text
    assert [option.label.to(code) for option in form.scores()] == [
        html.unescape(found) for found in re.findall(r'nhsuk-radios__label"[^>]*>([^<]+)<', page.text)
    ]
    assert f'<div lang="{code}" dir="{language(code).direction}"' in page.text
    assert ("NHS" in shown(page, code).rsplit(form.item("text").text.to(code), 1)[1]) is (code not in {"en", "cy"})
    assert ("GIG" in page.text) is (code == "cy")
    assert wording.sign_language_film() in page.text


def test_a_language_that_the_practice_does_not_offer_is_not_half_there(world: Any, visitor: Any) -> None:
    world.switch("manor", "patient_input", PluginChoice("on", settings={"languages": ["en", "pl"]}))
    page = visitor.get(f"/f/{token_of(world)}?lang=ur")
    assert '<html lang="en" dir="ltr"' in page.text
    assert "Skip to main content" in page.text
    assert "Send my answer" in page.text
    assert 'hreflang="ur"' not in page.text
    for code in ("zh-TW", "en-GB", "x" * 300, "../../etc", "pl\0"):
        assert visitor.get(f"/f/{token_of(world)}", query_string={"lang": code}).status_code == 200


def test_a_poster_has_a_sheet_in_each_language_around_a_frame_in_the_readers(world: Any, client_for: Any) -> None:
    page = client_for("nurse").get(f"/manor/patient-input/ways-in/poster?token={token_of(world)}").text
    for words in (
        "How was your experience",
        "Sut oedd eich profiad",
        "Jakie były Państwa",
        "تجربہ کیسا رہا",
        "Cum a fost",
    ):
        assert words in page
    assert '<html lang="en"' in page
    assert "Print this page from your browser" in page


def test_settings_of_a_language_are_named_and_folded_together(world: Any, client_for: Any) -> None:
    page = client_for("lead").get("/manor/mix/change/patient_input").text
    assert "Words before the question (Polish)" in page
    folds = re.findall(r"<summary[^>]*><span[^>]*>(Your own words: \w+)<", page)
    assert folds == [f"Your own words: {name}" for name in ("Polish", "Romanian", "Urdu", "Welsh")]
    own = page.partition("Your own words")[0]
    assert 'name="setting-urgent_help"' in own
    assert 'name="setting-urgent_help_cy"' not in own
