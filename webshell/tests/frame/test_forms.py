"""The form macros: what a plugin's template can rely on."""

from __future__ import annotations

import datetime
from types import SimpleNamespace

import pytest
from flask import Flask, g, render_template_string

from layers_core.artefacts.errors import GuardStop, Marked
from layers_core.contract import Problem
from layers_core.privacy import identifiers
from layers_core.web import Submitted
from layers_webshell.testclient import forms_of

IMPORT = '{% import "layers/forms.html" as forms with context %}'


def render(app: Flask, source: str, **context: object) -> str:
    with app.test_request_context("/sign-in", base_url="http://127.0.0.1"):
        g.layers_language = "en"
        return render_template_string(IMPORT + source, **context)


def test_each_part_has_a_label_and_shows_its_own_problem(app: Flask) -> None:
    problems = [Problem("Enter a title", "title"), Problem("Choose one", "kind"), Problem("Real date", "due-day")]
    page = render(
        app,
        """{{ forms.error_summary(problems) }}{{ forms.input('title', 'Title', '<b>', 'A hint', problems) }}
        {{ forms.textarea('words', 'Words', 'a < b', problems=problems) }}
        {{ forms.radios('kind', 'Kind', [('a', 'A'), ('b', 'B', 'hint of b')], 'b', problems=problems) }}
        {{ forms.select('size', 'Size', [('s', 'Small'), ('l', 'Large')], 'l') }}
        {{ forms.date_input('due', 'When', None, on=on, problems=problems) }}""",
        problems=problems,
        on=datetime.date(2026, 12, 4),
    )
    for field in ("title", "words", "kind", "kind-2", "size", "due-day", "due-month", "due-year"):
        assert f'for="{field}"' in page, field
        assert page.count(f'id="{field}"') == 1, field
    for field in ("title", "kind", "due-day"):
        assert f'href="#{field}"' in page
        assert f'id="{field}-error"' in page
    assert 'aria-describedby="title-hint title-error"' in page
    assert "words-error" not in page
    assert "<b>" not in page
    assert "style=" not in page
    (form,) = forms_of(f"<form method=post>{page}</form>")
    assert form.fields.to_dict() == {
        "title": "<b>", "words": "a < b", "kind": "b", "size": "l",
        "due-day": "4", "due-month": "12", "due-year": "2026",
    }  # fmt: skip


def test_promise_fields_come_back_open_and_read(app: Flask) -> None:
    typed = {"promise": "print larger", "due-day": "31", "due-month": "2", "due-year": "2027"}
    read = Submitted(typed)
    read.promise()
    page = render(app, "{{ forms.promise_fields(values, problems) }}", values=typed, problems=read.problems)
    assert "<details" in page
    assert " open>" in page
    assert "real date" in page
    (form,) = forms_of(f"<form>{page}</form>")
    assert form.fields.to_dict() == typed
    assert " open>" not in render(app, "{{ forms.promise_fields() }}")


def test_audience_field_says_how_many(app: Flask) -> None:
    choices = [
        SimpleNamespace(key="me", name="Only me", people=None, hint="Not your manager"),
        SimpleNamespace(key="practice", name="Manor", people=1, hint=""),
        SimpleNamespace(key="network", name="Everybody", people=1200, hint=""),
    ]
    page = render(app, "{{ forms.audience_field(choices, 'practice') }}", choices=choices)
    assert "(1 person)" in page
    assert "(1200 people)" in page
    (form,) = forms_of(f"<form>{page}</form>")
    assert form.fields["audience"] == "practice"


@pytest.mark.parametrize("wider", [True, False])
def test_guard_box_marks_words_and_asks(app: Flask, wider: bool) -> None:
    text = "Call <Ann> on 07700 900123 today"
    stop = GuardStop([Marked(text, tuple(identifiers.find(text)))], "f1", wider=wider)
    page = render(app, "{{ forms.guard_box(stop, {'guard_why': 'it is ours'}) }}", stop=stop)
    assert "Call &lt;Ann&gt; on <mark>07700 900123</mark> today" in page
    (form,) = forms_of(f"<form>{page}</form>")
    assert form.fields["guard_fingerprint"] == "f1"
    assert "guard_checked" in form.names
    assert ("guard_why" in form.names) is wider
    assert render(app, "{{ forms.guard_box(none) }}").strip() == ""


def test_form_keys_differ_and_hold_the_token(app: Flask) -> None:
    first, second = (forms_of(f"<form>{render(app, '{{ forms.form_keys() }}')}</form>")[0] for _turn in range(2))
    assert first.fields["client_key"] != second.fields["client_key"]
    assert first.fields["csrf_token"]
    assert 'value="mine"' in render(app, "{{ forms.form_keys('mine') }}")


def test_a_row_needs_no_more_than_it_says(app: Flask) -> None:
    row = {"url": "/x", "title": "<T>", "kind": "Reflection", "audience": "Manor", "at": datetime.date(2026, 11, 22)}
    page = render(app, '{% include "layers/row.html" %}', row=row)
    assert "&lt;T&gt;" in page
    assert "Reflection · Manor · 22 November 2026" in page
