"""Changing a note's template: nothing that was answered is lost, and going back brings everything back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from layers_core.contract import Body
from layers_reflect import prompts
from layers_reflect.prompts import Answer, Question, Template
from layers_reflect.schemas import NoteSchema
from layers_reflect.structure import with_template
from layers_reflect.writing import new_body

CODES = sorted(code for code, _version in prompts.templates())
WORDS = st.text(st.characters(categories=["L"]), min_size=1, max_size=20)


def answer_to(question: Question) -> st.SearchStrategy[Answer]:
    """Something that fits a question, or nothing where nothing is asked for."""
    if question.several:
        return st.lists(st.sampled_from(sorted(question.choices)), unique=True)
    if question.choices:
        return st.sampled_from(["", *question.choices])
    if question.type == "date":
        return st.dates().map(lambda day: day.isoformat())
    return WORDS if question.required else st.one_of(st.just(""), WORDS)


@st.composite
def bodies(draw: st.DrawFn) -> Body:
    """A note with any of the templates."""
    template = prompts.newest(draw(st.sampled_from(CODES)))
    return new_body(template, {question.id: draw(answer_to(question)) for question in template.questions})


def answers_in(body: Body) -> Iterator[str]:
    """Everything that was answered, wherever it stands."""
    yield from (str(answer) for answer in body["answers"].values())
    yield from (str(kept["answer"]) for kept in body["other"])


@given(bodies(), st.lists(st.sampled_from(CODES), min_size=1, max_size=4))
def test_nothing_is_lost_however_often_the_template_changes(body: Body, codes: list[str]) -> None:
    changed = body
    for code in codes:
        changed = with_template(changed, prompts.newest(code))
        assert Counter(answers_in(changed)) == Counter(answers_in(body))
        assert NoteSchema().dump(NoteSchema().load(changed)) == changed
        assert all(not kept["answer"] or kept["prompt"] for kept in changed["other"])
    assert with_template(changed, _template(body))["answers"] == body["answers"]


def _template(body: Body) -> Template:
    return prompts.newest(body["template"])


def test_the_first_answer_comes_first_and_the_rest_waits() -> None:
    note = new_body(prompts.newest(prompts.DEFAULT), {"what": "Ask first", "so_what": "Fewer calls"})
    gibbs = with_template(note, prompts.newest("gibbs"))
    assert gibbs["answers"] == {"description": "Ask first"}
    assert prompts.others(gibbs) == [("So what?", "Fewer calls")]
    assert with_template(gibbs, prompts.newest(prompts.DEFAULT)) == note
