"""Rules without a database: titles, the questions, old bodies, what a submitted form says."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError
from werkzeug.datastructures import MultiDict

from layers_core.web import Submitted
from layers_reflect import prompts
from layers_reflect.kinds import KINDS, NOTE, upgrade_note
from layers_reflect.schemas import NoteSchema, SettingsSchema
from layers_reflect.titles import CUT, TITLE_LIMIT, title_from
from layers_reflect.writing import capture, quick_body

WRITTEN = st.text(max_size=400)
SPACED = st.lists(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=30), min_size=1).map(" ".join)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Letters were too small. We print 18 point now.", "Letters were too small"),
        ("\n\n  Ask about   sight\nSecond line", "Ask about sight"),
        ("Can she read it? No.", "Can she read it?"),
        ("Dr. Khan showed us, e.g. large print", "Dr. Khan showed us, e.g. large print"),
        ("word " * 30, "word " * 15 + "word…"),
        ("x" * 100, "x" * 79 + "…"),
        (" \n ", ""),
    ],
)
def test_titles(text: str, title: str) -> None:
    assert title_from(text) == title


@given(WRITTEN)
def test_a_title_is_short_one_line_and_there_when_there_are_words(text: str) -> None:
    title = title_from(text)
    assert len(title) <= TITLE_LIMIT
    assert len(title.splitlines()) <= 1
    assert bool(title) == bool(text.strip())
    assert title == title.strip()


@given(SPACED)
def test_a_long_title_is_cut_between_words(text: str) -> None:
    title = title_from(text)
    if title.endswith(CUT):
        kept = title.removesuffix(CUT)
        assert text.startswith(kept)
        assert text[len(kept)] == " " or " " not in text[:TITLE_LIMIT]
        next_word = text[len(kept) :].split(" ")[1] if text[len(kept)] == " " else ""
        assert not next_word or len(kept) + 1 + len(next_word) + len(CUT) > TITLE_LIMIT
    else:
        assert title == text


@given(st.text(min_size=1).filter(str.strip))
def test_a_note_of_version_1_reads_as_a_quick_note(text: str) -> None:
    old = {"text": text}
    kept = copy.deepcopy(old)
    body = upgrade_note(old, 1)
    assert old == kept, "an upgrade changes nothing in place"
    assert NoteSchema().load(body) == body == quick_body(text)
    assert [answer for _prompt, answer in prompts.answered(body)] == [text]
    assert upgrade_note(body, 3) == body
    second = {"template": "quick_note", "template_version": 1, "answers": {"what": text}}
    assert upgrade_note(second, 2) == body
    note = next(kind for kind in KINDS if kind.name == NOTE)
    assert note.search_text(body) == text


def test_only_what_is_required_and_unknown_questions_are_refused() -> None:
    schema = NoteSchema()
    assert schema.load({"answers": {"what": "Ask first"}})["template"] == prompts.DEFAULT
    for answers in ({}, {"what": "  "}, {"so_what": "It matters"}):
        with pytest.raises(ValidationError) as refused:
            schema.load({"answers": answers})
        assert "what" in refused.value.messages_dict
    for body in (
        {"answers": {"what": "x", "secret": "y"}},
        {"template": "unheard_of", "answers": {"what": "x"}},
        {"template_version": 99, "answers": {"what": "x"}},
        {"text": "version 1"},
    ):
        with pytest.raises(ValidationError):
            schema.load(body)


def test_every_template_can_be_offered_and_starts_with_what_is_required() -> None:
    for code, entry in prompts.vocabulary("templates", prompts.PACKAGE).items():
        template = prompts.newest(code)
        assert template.version == entry["versions"][-1]["version"]
        assert template.first.required
        assert SettingsSchema().load({"template": code}) == {"template": code}
    with pytest.raises(ValidationError):
        SettingsSchema().load({"template": "unheard_of"})


def test_a_note_with_questions_that_are_unknown_here_still_shows_its_answers() -> None:
    body = {
        **quick_body(""),
        "template": "gibbs",
        "template_version": 3,
        "answers": {"feelings": "Relief", "empty": ""},
    }
    assert prompts.answered(body) == [("feelings", "Relief")]


def test_the_record_box_makes_a_title_a_body_and_a_private_part() -> None:
    form = Submitted(MultiDict({"what": " Large print helps. Really. ", "now_what": "", "only_for_me": "I was short"}))
    captured = capture(prompts.newest(prompts.DEFAULT), form)
    assert captured.title == "Large print helps"
    assert captured.body["answers"] == {"what": "Large print helps. Really."}
    assert captured.extras == {"only_for_me": "I was short"}
    assert not captured.problems


def test_an_empty_record_box_names_the_field() -> None:
    captured = capture(prompts.newest(prompts.DEFAULT), Submitted(MultiDict()))
    assert [problem.field for problem in captured.problems] == ["what"]
    assert captured.extras == {}
