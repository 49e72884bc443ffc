"""A page with charts: what the shell shows of what the core worked out, and that docs/charts.md says what is so."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest

from layers_core.vocabulary import vocabulary
from layers_webshell.testclient import Browser

from .gallery import Gallery, shown

ROOT = Path(__file__).resolve().parents[1]
PAGE = "/p/manor/gallery/"
EXCERPT = re.compile(r"<!-- excerpt: (\S+) -->\n```\w+\n(.*?)```\n", re.DOTALL)


@pytest.fixture(scope="module")
def web_plugins() -> Sequence[object]:
    return [Gallery()]


@pytest.fixture
def page(visitor: Browser) -> str:
    answer = visitor.get(PAGE)
    assert answer.status_code == 200
    return answer.text


def figures(page: str) -> dict[str, str]:
    """The figures of a page by their headings."""
    found = re.findall(r"<figure.*?</figure>", page, re.DOTALL)
    return {re.search(r"<h2[^>]*>([^<]*)</h2>", one)[1]: one for one in found}  # type: ignore[index]


def test_each_chart_has_its_heading_findings_picture_table_and_explanation(page: str) -> None:
    found = figures(page)
    assert list(found) == list(shown())
    answers = found["Answers"]
    assert "From July 2025 (The link goes out by text message) the middle line is 20; before, it was 12." in answers
    assert answers.count('role="img"') == 1
    assert "Show the numbers as a table" in answers
    assert "How to read this chart" in answers
    assert answers.count('scope="row"') == 36
    assert answers.count("fewer than 8 answers") == 2 * 2, "each gap says why in the picture and in the table"
    assert "Concern: below the lower limit" in found["Positive answers"]
    assert found["None"].count("<svg") == 0
    assert "There are no numbers yet." in found["None"]


def test_a_page_with_charts_keeps_the_policy_and_its_ids(page: str) -> None:
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    named = {key for keys in re.findall(r'aria-labelledby="([^"]+)"', page) for key in keys.split()}
    assert named <= set(ids)
    assert "style=" not in page
    assert "<style" not in page
    assert "<script>alert" not in page


def test_a_chart_can_be_had_as_a_file(visitor: Browser, page: str) -> None:
    addresses = re.findall(r'<a href="([^"]+\.svg)" download', page)
    assert len(addresses) == len([chart for chart in shown().values() if chart.points])
    for address in addresses:
        answer = visitor.get(address)
        assert answer.mimetype == "image/svg+xml"
        assert fromstring(answer.data).get("viewBox")


def test_a_reader_of_another_language_gets_numbers_and_months_of_theirs(visitor: Browser) -> None:
    words = visitor.get(f"{PAGE}?lang=ur").text
    assert 'dir="rtl"' in words
    assert "جنوری" in words
    assert words.count('direction="ltr"') == len([chart for chart in shown().values() if chart.points])


def test_the_guide_quotes_the_plugin_of_these_tests_and_the_rules_as_they_are() -> None:
    guide = (ROOT / "docs/charts.md").read_text(encoding="utf-8")
    excerpts = EXCERPT.findall(guide)
    assert len(excerpts) == guide.count("<!-- excerpt:") >= 2
    for path, snippet in excerpts:
        assert snippet in (ROOT / path).read_text(encoding="utf-8"), path
    rules = vocabulary("chart_rules")["control"]
    for number in (rules["limit_factor"], rules["range_screen"], str(rules["firm_points"])):
        assert number in guide
