"""The words of the frame around public pages, in every language that the shell's own pages come in."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from layers_webshell import errors, language
from layers_webshell.testclient import Browser

ROOT = Path(str(files("layers_webshell")))
LANGUAGES = sorted(path.name for path in (ROOT / "translations").iterdir())


def errors_words() -> set[str]:
    # Nobody signs in on a public page, and nothing conflicts there.
    return {str(words) for code, pair in errors.WORDS.items() if code not in {401, 409} for words in pair}


@pytest.mark.parametrize("code", LANGUAGES)
def test_errors_that_patients_can_meet_are_translated(code: str) -> None:
    with (ROOT / "translations" / code / "LC_MESSAGES" / "layers_webshell.po").open("rb") as file:
        catalogue = read_po(file, abort_invalid=True)
    assert {words for words in errors_words() if not (found := catalogue.get(words)) or not found.string} == set()


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("path", ["/f/unknown", "/p/manor/unknown", "/p/nowhere/x"])
def test_a_spent_link_and_a_wrong_address_answer_in_the_language(visitor: Browser, code: str, path: str) -> None:
    page = visitor.get(f"{path}?lang={code}")
    assert page.status_code == 404
    assert f'<html lang="{code}" dir="{language.direction(code)}"' in page.text
    text = re.sub(r"(?s)<head>.*?</head>|<[^>]+>", " ", page.text)
    assert not any(words in text for words in errors_words())
    assert not re.search(r"\b(the|and|you|your|this|not|can|with)\b", text, re.IGNORECASE)


@pytest.mark.parametrize("asked", ["zh-TW", "en-GB", "pt_BR", "en-simple", "EN", "xx", "a" * 300, "../cy", "cy\0", "-"])
def test_any_language_asked_for_gives_a_page(visitor: Browser, asked: str) -> None:
    page = visitor.get("/p/manor/probe/", query_string={"lang": asked})
    assert page.status_code == 200
    assert re.search(r'<html lang="(en|en-GB|zh-Hant-TW|pt-BR)" dir="ltr"', page.text)
