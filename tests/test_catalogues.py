"""Every catalogue of every distribution: what is filled in stays, plurals are right, and none contradicts another."""

from __future__ import annotations

import re
from functools import cache
from gettext import c2py  # type: ignore[attr-defined]  # gettext's own reader of plural expressions
from pathlib import Path

import pytest
from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[1]
CATALOGUES = sorted(ROOT.glob("*/src/*/translations/*/LC_MESSAGES/*.po")) + sorted(
    ROOT.glob("plugins/*/src/*/translations/*/LC_MESSAGES/*.po")
)
SAME_WORD = {"Important:"}
"""What another language happens to say as English does."""
READ_BY_PATIENTS = {
    "layers_core": ["forms/filling.py", "forms/inputs.py", "forms/showing.py", "forms/asking.py"],
    "layers_webshell": [
        f"templates/layers/{name}.html"
        for name in ("base", "public", "not_collecting", "kept_words", "questionnaire", "questionnaire_inputs")
    ],
}
"""What stands around every form; a plugin's own tests walk its pages."""
NAMES = [f"{path.stem}-{path.parts[-3]}" for path in CATALOGUES]


@cache
def catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, abort_invalid=True)


def entries(path: Path) -> list[Message]:
    return [message for message in catalogue(path) if message.id]


def placeholders(text: str) -> list[str]:
    return sorted(re.findall(r"%\(\w+\)[a-z]|%%", text))


def test_every_distribution_with_words_for_patients_has_the_same_languages() -> None:
    languages: dict[str, set[str]] = {}
    for path in CATALOGUES:
        languages.setdefault(path.stem, set()).add(path.parts[-3])
    assert {"layers_core", "layers_webshell", "layers_patient_input"} <= languages.keys()
    assert {frozenset(found) for found in languages.values()} == {frozenset({"cy", "pl", "ur", "ro"})}


@pytest.mark.parametrize("path", CATALOGUES, ids=NAMES)
def test_a_translation_keeps_what_is_filled_in_and_is_no_english(path: Path) -> None:
    for message in entries(path):
        sources = message.id if isinstance(message.id, (list, tuple)) else [message.id]
        forms = message.string if isinstance(message.string, (list, tuple)) else [message.string]
        assert len(forms) == (catalogue(path).num_plurals if len(sources) > 1 else 1), message.id
        assert not message.fuzzy
        for form in forms:
            assert placeholders(form) in [placeholders(source) for source in sources], form
            assert form not in sources or form in SAME_WORD, form
            assert (form[:1].isspace(), form[-1:].isspace()) == (sources[0][:1].isspace(), sources[0][-1:].isspace())


@pytest.mark.parametrize("path", CATALOGUES, ids=NAMES)
def test_plurals_are_counted_as_the_language_counts(path: Path) -> None:
    form_of = c2py(catalogue(path).plural_expr)
    rule = Locale.parse(path.parts[-3]).plural_form
    found: dict[str, set[int]] = {}
    for number in range(250):
        found.setdefault(rule(number), set()).add(int(form_of(number)))
    assert all(len(forms) == 1 for forms in found.values()), found
    assert len({min(forms) for forms in found.values()}) == len(found) == catalogue(path).num_plurals


def said_in(path: Path) -> set[str]:
    """The messages of a template or module."""
    method, keywords = ("jinja2" if path.suffix == ".html" else "python"), {"_": None}
    with path.open("rb") as file:
        return {str(said) for _line, said, *_more in extract(method, file, keywords=keywords)} - {"Learning Layers"}


@pytest.mark.parametrize(
    "path",
    [path for path in CATALOGUES if path.stem in READ_BY_PATIENTS],
    ids=lambda path: f"{path.stem}-{path.parts[-3]}",
)
def test_what_patients_read_of_the_frame_and_of_forms_is_translated(path: Path) -> None:
    for name in READ_BY_PATIENTS[path.stem]:
        said = said_in(path.parents[3] / name)
        assert said, f"{name} says nothing: has it moved?"
        assert {words for words in said if not (found := catalogue(path).get(words)) or not found.string} == set(), name


def test_a_message_of_two_distributions_says_the_same_in_both() -> None:
    said: dict[tuple[str, str], dict[str, str]] = {}
    for path in CATALOGUES:
        for message in entries(path):
            said.setdefault((path.parts[-3], str(message.id)), {})[path.stem] = str(message.string)
    # They are looked up as one, so that two translations of one message would take each other's places.
    assert [words for words in said.values() if len(set(words.values())) > 1] == []
