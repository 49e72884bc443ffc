"""What goes out as Leap2A or as an archive comes in again exactly as it was, whatever it says."""

from __future__ import annotations

import hashlib
import io
import tracemalloc
from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers_reflect.portfolio.formats import FORMATS
from layers_reflect.portfolio.interchange import (
    ActionRecord,
    Entry,
    FileRecord,
    LinkRecord,
    Portfolio,
    Report,
)
from layers_reflect.portfolio.sources import open_source

MADE = datetime(2026, 11, 22, 12, tzinfo=UTC)
# Everything that a database can hold: no lone surrogates. XML can hold less than that.
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
MOMENTS = st.datetimes(timezones=st.just(UTC))
CODES = st.lists(st.sampled_from(["cpd", "feedback", "no such code"]), max_size=2)


def file_of(content: bytes, name: str) -> FileRecord:
    digest = hashlib.sha256(content).hexdigest()
    return FileRecord(name, "text/plain", len(content), digest, lambda: io.BytesIO(content), "A picture")


ABOUT = st.fixed_dictionaries(
    {},
    optional={
        "date": st.dates().map(str),
        "minutes": st.integers(0, 600),
        "importance": st.none() | st.integers(1, 3),
        "types": CODES,
        "categories": CODES,
        "topics": st.lists(WORDS, max_size=3),
    },
)
ACTIONS = st.builds(
    ActionRecord,
    expectation=WORDS,
    due_on=st.none() | st.dates(),
    outcome=st.sampled_from([None, "adopt", "adapt", "abandon"]),
    what_happened=WORDS,
    created_at=MOMENTS,
    closed_at=st.none() | MOMENTS,
)
KEYS = st.uuids().map(str)
GROUPS = st.fixed_dictionaries({"id": st.just("g1"), "name": WORDS, "things": st.lists(KEYS, max_size=2)})
EPISODES = st.builds(
    Entry,
    id=st.uuids(),
    kind=st.just("reflect.episode"),
    title=WORDS,
    template=st.just(""),
    template_version=st.just(0),
    answers=st.just({}),
    asked=st.just(()),
    about=st.just({}),
    language=st.just("en"),
    created_at=MOMENTS,
    updated_at=MOMENTS,
    other=st.fixed_dictionaries(
        {"summary": WORDS, "groups": st.lists(GROUPS, max_size=2), "loose": st.lists(KEYS), "made": st.integers(0, 9)}
    ),
)
NOTES = st.builds(
    Entry,
    id=st.uuids(),
    kind=st.sampled_from(["reflect.note", "reflect.aside", "other.kind"]),
    title=WORDS,
    template=st.sampled_from(["quick_note", "gibbs", "own:1", ""]),
    template_version=st.integers(1, 3),
    answers=st.dictionaries(WORDS, WORDS | st.lists(WORDS, max_size=2), max_size=3),
    asked=st.just(()),
    about=ABOUT,
    language=st.sampled_from(["en", "cy", "ur"]),
    created_at=MOMENTS,
    updated_at=MOMENTS,
    links=st.lists(
        st.builds(LinkRecord, type=st.sampled_from(["prompted_by", "adapts"]), to=st.uuids()), max_size=2
    ).map(tuple),
    actions=st.lists(ACTIONS, max_size=2).map(tuple),
    files=st.lists(st.builds(file_of, st.binary(min_size=1, max_size=50), WORDS), max_size=2).map(tuple),
    other=st.fixed_dictionaries({}, optional={"text": WORDS}),
)
ENTRIES = NOTES | EPISODES


def written(shape: str, entries: Iterable[Entry], name: str = "Jo") -> io.BytesIO:
    out = io.BytesIO()
    FORMATS[shape](Portfolio(name, MADE, entries), out)
    out.seek(0)
    return out


def read(stream: io.BytesIO) -> tuple[list[Entry], Report]:
    report = Report()
    return list(open_source(stream).entries(report)), report


@pytest.mark.parametrize("shape", ["leap2a", "archive"])
@given(entries=st.lists(ENTRIES, max_size=4, unique_by=lambda entry: entry.id), name=WORDS)
@settings(deadline=None, max_examples=60)
def test_what_goes_out_comes_in_again(shape: str, entries: list[Entry], name: str) -> None:
    found, report = read(written(shape, iter(entries), name))
    assert found == entries
    assert (report.read, report.not_understood) == (len(entries), [])


@given(entries=st.lists(ENTRIES, max_size=3))
@settings(deadline=None, max_examples=30)
def test_files_come_along_in_an_archive(entries: list[Entry]) -> None:
    found, _report = read(written("archive", entries))
    contents = [[file.open().read() for file in entry.files] for entry in entries]
    assert [[file.open().read() for file in entry.files] for entry in found] == contents


@given(entries=st.lists(ENTRIES, min_size=1, max_size=3), name=WORDS)
@settings(deadline=None, max_examples=40)
def test_the_feed_is_atom_that_any_tool_can_read(entries: list[Entry], name: str) -> None:
    feed = ElementTree.fromstring(written("leap2a", entries, name).getvalue())
    atom = "{http://www.w3.org/2005/Atom}"
    assert feed.tag == f"{atom}feed"
    assert all(feed.find(atom + needed) is not None for needed in ("id", "title", "updated", "author"))
    for entry in feed.findall(f"{atom}entry"):
        assert all(entry.find(atom + needed) is not None for needed in ("id", "title", "updated", "content"))
        assert entry.find("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}type") is not None


def test_another_tool_sees_everything_that_an_entry_says() -> None:
    entry = Entry(
        UUID(int=1),
        "reflect.note",
        "Inhalers",
        "what_so_what_now_what",
        1,
        {"what": "Spacers help\n\nSo does time", "so_what": "Fewer visits"},
        (),
        {"date": "2026-05-04", "minutes": 90, "types": ["cpd"], "topics": ["asthma"]},
        "en",
        MADE,
        MADE,
        actions=(ActionRecord("Order spacers", None, "adopt", "Done", MADE, MADE),),
    )
    feed = ElementTree.fromstring(written("leap2a", [entry]).getvalue())
    text = " ".join("".join(feed.find(".//{http://www.w3.org/1999/xhtml}div").itertext()).split())  # type: ignore[union-attr]
    for words in (
        "Spacers help",
        "So does time",
        "Fewer visits",
        "1 hour 30 minutes",
        "4 May 2026",
        "asthma",
        "Order spacers",
        "Done",
    ):
        assert words in text
    assert "Continuing professional development" in text


class Sink(io.RawIOBase):
    """Takes everything and keeps nothing; cannot be gone back in, like the answer to a browser."""

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        return len(data)  # type: ignore[arg-type]


@pytest.mark.parametrize("shape", ["leap2a", "archive"])
def test_memory_does_not_grow_with_the_portfolio(shape: str) -> None:

    def peak(count: int) -> int:
        entries = (
            Entry(
                UUID(int=n), "reflect.note", f"{n}", "quick_note", 1, {"what": "word " * 200}, (), {}, "en", MADE, MADE
            )
            for n in range(count)
        )
        tracemalloc.start()
        FORMATS[shape](Portfolio("Jo", MADE, entries), Sink())  # type: ignore[arg-type]
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(10)
    assert peak(5_000) < 2 * peak(500)
