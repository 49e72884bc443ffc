"""Files that were made to do harm, or that are no portfolio at all: refused with words, in little time and memory."""

from __future__ import annotations

import io
import json
import struct
import tracemalloc
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers_reflect.portfolio import sources
from layers_reflect.portfolio.feed import pieces
from layers_reflect.portfolio.formats import FORMATS
from layers_reflect.portfolio.interchange import Entry, FileRecord, Portfolio, Refused, Report
from layers_reflect.portfolio.sources import open_source

ATOM = '<feed xmlns="http://www.w3.org/2005/Atom">'
MADE = datetime(2026, 11, 22, 12, tzinfo=UTC)
LAUGHS = (
    '<!DOCTYPE feed [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True))
    + f"]>{ATOM}<title>&i;</title></feed>"
)


def read(data: bytes) -> tuple[list[Entry], Report]:
    report = Report()
    return list(open_source(io.BytesIO(data)).entries(report)), report


class Endless(io.RawIOBase):
    """A file of 100 MB that is never in memory: a beginning, then the same again and again."""

    def __init__(self, head: bytes, again: bytes, size: int = 100_000_000) -> None:
        self._parts = self._stream(head, again, size)

    @staticmethod
    def _stream(head: bytes, again: bytes, size: int) -> Iterator[bytes]:
        yield head
        piece = again * (65_536 // len(again))
        for _number in range(size // len(piece)):
            yield piece

    def read(self, size: int = -1) -> bytes:
        return next(self._parts, b"")

    def seek(self, place: int, whence: int = 0) -> int:
        return 0


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (LAUGHS.encode(), "DTD or entities"),
        (f'<!DOCTYPE feed SYSTEM "file:///etc/passwd">{ATOM}</feed>'.encode(), "DTD or entities"),
        (b"<html><body>Hello</body></html>", "begins with"),
        (b"", "not well-formed"),
        (b"Dear diary", "not well-formed"),
        (f"{ATOM}<entry>".encode(), "not well-formed"),
        (b'<?xml version="1.0" encoding="klingon"?>' + ATOM.encode() + b"</feed>", "UTF-8"),
        (b'<?xml version="1.0" encoding="utf-8"?>' + ATOM.encode() + b"<title>\xff\xfe</title></feed>", "well-formed"),
        (b"\x00" * 100, "not well-formed"),
        (b"PK\x03\x04 no archive", "damaged"),
    ],
)
def test_refused_with_words(data: bytes, words: str) -> None:
    with pytest.raises(Refused, match=words):
        read(data)


@pytest.mark.parametrize(
    ("head", "again", "words"),
    [
        (ATOM.encode(), b"<a>", "too deeply nested"),
        (f"{ATOM}<entry><title>".encode(), b"long ", "larger than 16 MB"),
        (f"{ATOM}<entry>".encode(), b"<a/>", "too finely divided"),
        (f'{ATOM}<entry a="'.encode(), b"long ", "larger than 16 MB"),
        (ATOM.encode(), b"<entry/>", "more entries"),
    ],
)
def test_a_hundred_megabytes_of_nothing_are_refused_in_little_memory(head: bytes, again: bytes, words: str) -> None:
    tracemalloc.start()
    with pytest.raises(Refused, match=words):
        for _piece in pieces(Endless(head, again)):  # type: ignore[arg-type]
            pass
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 200_000_000


@given(st.binary(max_size=300))
@settings(deadline=None)
def test_no_bytes_do_anything_but_be_refused(data: bytes) -> None:
    with pytest.raises(Refused):
        read(data)


def archive_with(changes: dict[str, bytes | None], more: dict[str, bytes] | None = None) -> bytes:
    """An archive of one entry with a file, in which some members were exchanged, left out (None) or added."""
    content = b"As it was"
    digest = "2a" * 32
    entry = Entry(
        UUID(int=1), "reflect.note", "One", "quick_note", 1, {"what": "One"}, (), {}, "en", MADE, MADE,
        files=(FileRecord("a.txt", "text/plain", len(content), digest, lambda: io.BytesIO(content)),),
    )  # fmt: skip
    made = io.BytesIO()
    FORMATS["archive"](Portfolio("Jo", MADE, [entry]), made)
    out = io.BytesIO()
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = changes.get(name, source.read(name))
            if data is not None:
                target.writestr(name, data)
        for name, data in (more or {}).items():
            target.writestr(name, data)
    return out.getvalue()


WHOLE, ALONE = archive_with({}), archive_with({"entries.jsonl": None})


def test_a_file_that_is_not_what_it_was_is_refused_when_it_is_opened() -> None:
    (entry,), _report = read(archive_with({}))
    with pytest.raises(Refused, match="not what it was"):
        entry.files[0].open()


def test_a_file_that_did_not_come_along_is_refused_when_it_is_opened() -> None:
    (entry,), _report = read(archive_with({f"files/{'2a' * 32}": None}))
    with pytest.raises(Refused, match=r"a\.txt.*not in what you brought"):
        entry.files[0].open()


def test_members_that_do_not_belong_are_named_and_never_written() -> None:
    _entries, report = read(archive_with({}, {"../../evil.sh": b"x", "/etc/passwd": b"x", "files/../x": b"x"}))
    assert [item.what for item in report.not_understood] == ["../../evil.sh", "/etc/passwd", "files/../x"]


def test_a_bomb_is_refused() -> None:
    with pytest.raises(Refused, match="beyond all measure"):
        read(archive_with({"entries.jsonl": b"{}\n" * 20_000_000}))


def test_lines_that_hold_no_entry_are_named_and_the_others_kept() -> None:
    with zipfile.ZipFile(io.BytesIO(archive_with({}))) as archive:
        good = archive.read("entries.jsonl").strip()
    bad = [
        b"",
        b"[]",
        b"{",
        b"[" * 100_000,
        b'{"id": 1}',
        good.replace(b'"One"', b'"\\ud800"'),
        b"\xff",
        b"x" * 4_000_100,
    ]
    bad.append(good.replace(b"2026-11-22T12", b"0001-01-01T12").replace(b"+00:00", b"+23:00"))
    (entry,), report = read(archive_with({"entries.jsonl": b"\n".join([*bad, good, b""])}))
    assert entry.title == "One"
    assert [item.place for item in report.not_understood] == [f"entries.jsonl, line {n + 1}" for n in range(len(bad))]
    assert report.read == len(bad) + 1


@pytest.mark.parametrize(
    ("about", "words"),
    [
        (json.dumps({"version": 2}).encode(), "newer version"),
        (b"[]", "does not say what it is"),
        (b"{", "does not say what it is"),
        (None, "does not say what it is"),
    ],
)
def test_an_archive_of_another_version_is_refused(about: bytes | None, words: str) -> None:
    with pytest.raises(Refused, match=words):
        read(archive_with({"portfolio.json": about}))


def test_an_archive_without_entries_is_read_by_its_feed() -> None:
    (entry,), _report = read(archive_with({"entries.jsonl": None}))
    assert entry.title == "One"


def test_a_damaged_archive_is_refused() -> None:
    data = bytearray(archive_with({}))
    place = data.index(b"entries.jsonl") + len(b"entries.jsonl") + 5
    data[place : place + 20] = b"\x00" * 20
    with pytest.raises(Refused, match="damaged"):
        read(bytes(data))


@pytest.mark.parametrize("markup", ["&lt;div&gt;", "&lt;ul&gt;&lt;li&gt;", "&lt;a href='x'", "&amp;amp", "&lt;"])
def test_markup_made_to_take_long_takes_no_longer(markup: str) -> None:
    feed = (
        f"{ATOM}<entry><title>T</title><id>urn:x:1</id><content type='html'>{markup * 100_000}</content></entry></feed>"
    )
    notes, _report = read(feed.encode())
    assert notes


@given(place=st.integers(0, 3000), byte=st.integers(0, 255), from_end=st.booleans(), alone=st.booleans())
@settings(deadline=None, max_examples=300)
def test_an_archive_with_one_wrong_byte_is_read_or_refused(place: int, byte: int, from_end: bool, alone: bool) -> None:
    data = bytearray(ALONE if alone else WHOLE)
    data[-1 - place % len(data) if from_end else place % len(data)] = byte
    with suppress(Refused):
        for entry in read(bytes(data))[0]:
            for file in entry.files:
                with suppress(Refused):
                    file.open().close()


def test_an_archive_that_lists_a_million_members_is_refused_before_they_are_read() -> None:
    entry = struct.pack("<4s4B4HL2L5H2L", b"PK\1\2", 20, 0, 20, 0, 0, 0, 0, 33, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    data = b"PK\3\4" + bytes(30) + entry * 300_000
    data += struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, len(entry) * 300_000, 34, 0)
    stream = io.BytesIO(data)
    tracemalloc.start()
    with pytest.raises(Refused, match="too many files"):
        open_source(stream)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 50_000_000


def test_an_archive_that_is_packed_in_another_way_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_LZMA) as made:
        made.writestr("leap2a.xml", f"{ATOM}</feed>")
    with pytest.raises(Refused, match="ordinary ZIP"):
        read(out.getvalue())


def test_a_file_that_thousands_name_is_read_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "UNPACKED_LIMIT", 1000)
    monkeypatch.setattr(sources, "UNPACKED_RATIO", 0)
    (entry,), _report = read(archive_with({f"files/{'2a' * 32}": bytes(400)}))
    for _time in range(2):
        with pytest.raises(Refused, match="not what it was"):
            entry.files[0].open()
    with pytest.raises(Refused, match="larger together"):
        entry.files[0].open()


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_the_first_and_the_last_moment_have_a_day(moment: str) -> None:
    (note,), _report = read(
        f"{ATOM}<entry><title>T</title><id>x:1</id><updated>{moment}</updated></entry></feed>".encode()
    )
    assert note.about["date"] == moment[:10]


def test_markup_that_would_run_becomes_words() -> None:
    entry = (
        "<entry><title type='html'>&lt;img src=x onerror=alert(1)&gt;Hi</title><id>urn:x:1</id>"
        "<content type='html'>&lt;script&gt;alert(1)&lt;/script&gt;&lt;a href='javascript:alert(1)'&gt;go&lt;/a&gt;"
        "</content></entry>"
    )
    (note,), _report = read(f"{ATOM}{entry}</feed>".encode())
    assert (note.title, note.answers["what"]) == ("Hi", "go")
