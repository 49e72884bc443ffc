"""The formats that people read: nothing that was written is lost or run, whatever it is."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from uuid import UUID, uuid4

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers_core.usage.csv_writer import unescape
from layers_reflect.classification import no_facts
from layers_reflect.portfolio import csv_file, docx_file, page_html
from layers_reflect.portfolio.interchange import ActionRecord, Entry, Portfolio

MADE = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def entry(title: str = "Ask who can read it", text: str = "Then print.", **about: object) -> Entry:
    return Entry(
        id=uuid4(),
        kind="reflect.note",
        title=title,
        template="what_so_what_now_what",
        template_version=1,
        answers={"what": text, "now_what": "18 point"},
        asked=(),
        about={**no_facts(), **about},
        language="en",
        created_at=MADE,
        updated_at=MADE,
    )


def portfolio(entries: Sequence[Entry]) -> Portfolio:
    def once() -> Iterator[Entry]:
        yield from entries

    return Portfolio("Dr Example", MADE, once())


FULL = Entry(
    **{
        **vars(
            entry(
                date="2026-04-02",
                minutes=90,
                participatory_minutes=30,
                importance=2,
                types=["cpd", "significant_events"],
                domains=["patients"],
                topics=["letters"],
            )
        ),
        "actions": (ActionRecord("Print larger", date(2026, 12, 1), "adopt", "We do it", MADE, MADE),),
    }
)


def as_csv(entries: Sequence[Entry]) -> list[dict[str, str]]:
    out = io.BytesIO()
    csv_file.write(portfolio(entries), out)
    return list(csv.DictReader(io.StringIO(out.getvalue().decode("utf-8-sig"), newline="")))


def as_html(entries: Sequence[Entry]) -> str:
    out = io.BytesIO()
    page_html.write(portfolio(entries), out)
    return out.getvalue().decode()


def as_docx(entries: Sequence[Entry]) -> docx.document.Document:  # type: ignore[name-defined]
    out = io.BytesIO()
    docx_file.write(portfolio(entries), out)
    return docx.Document(io.BytesIO(out.getvalue()))


def words_of(document: object) -> str:
    paragraphs = [part.text for part in document.paragraphs]  # type: ignore[attr-defined]
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]  # type: ignore[attr-defined]
    return "\n".join([*paragraphs, *cells])


class Words(HTMLParser):
    """The text of a page, and its elements."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text, self.tags = "", []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_line_of_the_table_says_what_an_entry_counts_as() -> None:
    (row,) = as_csv([FULL])
    assert row["date"] == "2026-04-02"
    assert (row["hours"], row["hours_with_others"], row["importance"]) == ("1.5", "0.5", "2")
    assert row["types"] == "Continuing professional development; Significant events"
    assert row["domains"] == "Patients, partnership and communication"
    assert row["topics"] == "letters"
    assert "Then print." in row["text"]
    assert "18 point" in row["text"]
    assert "Print larger" in row["actions"]
    assert "We do it" in row["actions"]
    assert UUID(row["id"]) == FULL.id


@pytest.mark.parametrize("words", [as_html, lambda entries: words_of(as_docx(entries))])
def test_pages_and_documents_hold_everything(words: object) -> None:
    shown = words([FULL, entry("Another")])  # type: ignore[operator]
    for text in (
        "Portfolio of Dr Example", "2 entries", "22 November 2026", "Ask who can read it", "Another", "2 April 2026",
        "1 hour 30 minutes", "30 minutes", "Significant events", "letters", "What?", "Then print.", "18 point",
        "Print larger", "By 1 December 2026", "We do it",
    ):  # fmt: skip
        assert text in shown


def test_a_page_has_contents_that_lead_to_its_entries_and_prints_each_on_a_page_of_its_own() -> None:
    page = as_html([entry("First"), entry("Second")])
    assert re.findall(r'href="#(e\d)"', page) == ["e1", "e2"] == re.findall(r'<article id="(e\d)"', page)
    assert "break-before:page" in page
    assert Words(page).tags.count("script") == 0
    assert "http" not in page


def test_a_document_has_headings_for_words_own_contents_and_tells_who_made_it() -> None:
    document = as_docx([entry("First"), entry("Second")])
    headings = [part.text for part in document.paragraphs if part.style.name == "Heading 1"]
    assert headings == ["First", "Second"]
    assert (document.core_properties.author, document.core_properties.comments) == ("Dr Example", "")


@pytest.mark.parametrize("write", [csv_file.write, page_html.write, docx_file.write])
def test_an_empty_portfolio_is_written_too(write: object) -> None:
    out = io.BytesIO()
    write(portfolio([]), out)  # type: ignore[operator]
    assert out.getvalue()


@settings(deadline=None, max_examples=40)
@given(st.text(min_size=1), st.text(min_size=1))
def test_whatever_was_typed_is_in_the_table_and_runs_in_no_spreadsheet(title: str, text: str) -> None:
    (row,) = as_csv([entry(title.replace("\0", ""), text.replace("\0", ""))])
    for cell in (row["title"], row["text"]):
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    # A lone surrogate is no character: it becomes a question mark.
    assert unescape(row["title"]) == title.replace("\0", "").encode("utf-8", "replace").decode()


@settings(deadline=None, max_examples=40)
@given(st.text(min_size=1))
def test_whatever_was_typed_is_words_of_the_page_and_no_markup(text: str) -> None:
    plain = Words(as_html([entry("Title", "x")]))
    page = Words(as_html([entry("Title", f"<script>{text}</script>")]))
    assert page.tags == plain.tags
    assert "<script>" in page.text


@settings(deadline=None, max_examples=25)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1))
def test_whatever_was_typed_can_be_opened_as_a_document(text: str) -> None:
    document = as_docx([entry(text, f"before {text} after")])
    shown = words_of(document)
    assert "before" in shown
    assert "after" in shown
