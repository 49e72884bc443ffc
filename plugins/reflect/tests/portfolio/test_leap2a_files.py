"""Leap2A files of other tools, of both versions: what becomes of each part, and what is said about the rest."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from uuid import UUID

from layers_reflect.portfolio.interchange import Entry, LinkRecord, Report
from layers_reflect.portfolio.leap2a_reader import uuid_of
from layers_reflect.portfolio.sources import open_source
from layers_reflect.schemas import ANSWER_LIMIT

HEAD_2010 = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:leap2="http://terms.leapspecs.org/" xmlns:categories="http://wiki.leapspecs.org/2A/categories/"
 xmlns:portfolio="https://mahara.example/export/1/"
 xmlns:mahara="http://wiki.mahara.org/Developer_Area/Import%2F%2FExport/LEAP_Extensions#">
<leap2:version>http://www.leapspecs.org/2010-07/2A/</leap2:version>
<id>https://mahara.example/export/1</id><title>Export</title><updated>2026-01-01T00:00:00Z</updated>
<generator uri="http://mahara.org/">Mahara</generator><author><name>Jo Bloggs</name></author>
"""
HEAD_2009 = """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:leap="http://wiki.cetis.ac.uk/2009-03/Leap2A_predicates#"
 xmlns:leaptype="http://wiki.cetis.ac.uk/2009-03/Leap2A_types#"
 xmlns:categories="http://wiki.cetis.ac.uk/2009-03/Leap2A_categories/">
<id>urn:x:1</id><title>Export</title><updated>2009-05-01T00:00:00Z</updated><author><name>Jo</name></author>
"""
NOTE_2010 = """<entry><title>Wound  care</title><id>portfolio:entry1</id>
<published>2025-03-04T10:00:00+01:00</published><updated>2025-03-05T10:00:00Z</updated>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Dry is <em>not</em> best</p><script>no()</script>
<ul><li>ask</li><li>look</li></ul></div></content>
<rdf:type rdf:resource="leap2:activity"/><leap2:date leap2:point="start">2025-03-01</leap2:date>
<leap2:date leap2:point="end">2025-04</leap2:date><leap2:myrole>Trainer</leap2:myrole>
<category scheme="categories:audience#" term="Private"/><category term="wounds"/><category term="w2" label="Skin"/>
<link rel="leap2:reflects_on" href="portfolio:entry2"/><link rel="leap2:has_evidence" href="portfolio:entry2"/>
<mahara:artefactplugin mahara:type="blogpost" mahara:plugin="blog"/></entry>
"""
TARGET_2010 = """<entry><title>A course</title><id>portfolio:entry2</id><updated>2025-02-01T00:00:00Z</updated>
<content type="html">&lt;p&gt;One &amp;amp; two&lt;/p&gt;</content><rdf:type rdf:resource="leap2:entry"/></entry>
"""


def read(text: str | bytes) -> tuple[list[Entry], Report]:
    report = Report()
    data = text if isinstance(text, bytes) else text.encode()
    return list(open_source(io.BytesIO(data)).entries(report)), report


def whys(report: Report) -> list[tuple[str, str]]:
    return [(item.what, item.place) for item in report.not_understood]


def test_a_feed_of_2010() -> None:
    (note, target), report = read(HEAD_2010 + NOTE_2010 + TARGET_2010 + "</feed>")
    assert (note.kind, note.template, note.title) == ("reflect.note", "quick_note", "Wound care")
    assert note.answers["what"] == "Dry is not best\n\n- ask\n- look\n\nEnd: 2025-04\nMy role: Trainer"
    assert note.about == {"date": "2025-03-01", "topics": ["wounds", "Skin"]}
    assert note.created_at == datetime(2025, 3, 4, 9, tzinfo=UTC)
    assert note.updated_at == datetime(2025, 3, 5, 10, tzinfo=UTC)
    assert note.id == uuid_of("https://mahara.example/export/1/entry1")
    assert note.links == (LinkRecord("prompted_by", target.id), LinkRecord("evidence_for", target.id, reverse=True))
    assert target.answers == {"what": "One & two"}
    assert target.about == {"date": "2025-02-01"}
    assert whys(report) == [("<artefactplugin>", "https://mahara.example/export/1/entry1")]


def test_a_feed_of_2009() -> None:
    entry = (
        "<entry><title>Old</title><id>urn:uuid:12345678-1234-5678-1234-567812345678</id>"
        "<published>2009-04-01T00:00:00Z</published><updated>2009-04-01T00:00:00Z</updated>"
        "<content>Plain &lt;text&gt;</content>"
        '<rdf:type rdf:resource="http://wiki.cetis.ac.uk/2009-03/Leap2A_types#achievement"/>'
        '<leap:date leap:point="end">2009-03-30</leap:date>'
        '<category scheme="categories:audience#" term="Private"/>'
        '<link rel="leap:supports" href="urn:uuid:12345678-1234-5678-1234-567812345679"/>'
        '<link rel="http://wiki.cetis.ac.uk/2009-03/Leap2A_predicates#is_part_of" href="urn:x:2"/></entry>'
    )
    (note,), report = read(HEAD_2009 + entry + "</feed>")
    assert note.id == UUID("12345678-1234-5678-1234-567812345678")
    assert note.answers == {"what": "Plain <text>"}
    assert note.about == {"date": "2009-03-30"}
    assert [link.type for link in note.links] == ["evidence_for", "evidence_for"]
    assert whys(report) == []


def test_people_are_not_kept_and_every_strange_thing_is_named() -> None:
    person = (
        "<entry><title>Jo Bloggs</title><id>portfolio:me</id><updated>2025-01-01T00:00:00Z</updated>"
        '<rdf:type rdf:resource="leap2:person"/><leap2:persondata leap2:field="email">a@b.example</leap2:persondata>'
        "</entry>"
    )
    odd = (
        "<entry><title>Odd</title><updated>yesterday</updated><rights>Mine</rights>"
        '<rdf:type rdf:resource="urn:strange"/><link rel="leap2:knows" href="urn:x"/>'
        '<link rel="enclosure" href="https://elsewhere.example/a.pdf"/><link rel="enclosure" href="files/b.pdf"/>'
        "</entry>"
    )
    (note,), report = read(HEAD_2010 + person + odd + "<strange/></feed>")
    assert note.answers["what"] == "Link: https://elsewhere.example/a.pdf"
    assert report.read == 2
    assert [what for what, _place in whys(report)] == [
        "<persondata>",
        "person: Jo Bloggs",
        "updated: yesterday",
        "<rights>",
        "type: urn:strange",
        "link: http://terms.leapspecs.org/knows",
        "file: https://elsewhere.example/a.pdf",
        "file: files/b.pdf",
        "<strange>",
    ]
    assert {place for _what, place in whys(report)} == {
        "https://mahara.example/export/1/me",
        "entry 2 of the file",
        "the head of the file",
    }


def test_an_entry_without_an_id_is_the_same_the_next_time() -> None:
    text = HEAD_2010 + "<entry><title>No id</title><updated>2025-01-01T00:00:00Z</updated></entry></feed>"
    assert [entry.id for entry in read(text)[0]] == [entry.id for entry in read(text)[0]]


def test_a_text_too_long_for_one_note_is_continued() -> None:
    long = "word " * 9_000
    entry = (
        f"<entry><title>Long</title><id>urn:x:9</id><updated>2025-01-01T00:00:00Z</updated><content>{long}</content>"
    )
    notes, report = read(HEAD_2010 + entry + "</entry></feed>")
    assert [note.title for note in notes] == ["Long", "Long (part 2)", "Long (part 3)"]
    assert all(len(note.answers["what"]) <= ANSWER_LIMIT for note in notes)
    assert " ".join(" ".join(note.answers["what"] for note in notes).split()).split() == long.split()
    assert [note.links for note in notes[1:]] == [(LinkRecord("prompted_by", notes[0].id),)] * 2
    assert report.not_understood == []


def test_more_topics_than_fit_are_named() -> None:
    topics = "".join(f'<category term="topic {number}"/>' for number in range(12))
    entry = f"<entry><title>T</title><id>urn:x:9</id><updated>2025-01-01T00:00:00Z</updated>{topics}</entry>"
    (note,), report = read(HEAD_2010 + entry + "</feed>")
    assert len(note.about["topics"]) == 10
    assert whys(report) == [("category: topic 10", "urn:x:9"), ("category: topic 11", "urn:x:9")]


def test_a_zip_of_another_tool_brings_its_files() -> None:
    entry = (
        "<entry><title>Certificate</title><id>portfolio:f1</id><updated>2025-01-01T00:00:00Z</updated>"
        '<content src="files/my%20letter.txt" type="text/plain"/><rdf:type rdf:resource="leap2:resource"/>'
        '<link rel="enclosure" href="../outside.txt"/></entry>'
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("export/leap2a.xml", HEAD_2010 + entry + "</feed>")
        archive.writestr("export/files/my letter.txt", b"Well done")
        archive.writestr("outside.txt", b"Not yours")
    (note,), report = read(packed.getvalue())
    (file,) = note.files
    assert (file.name, file.media_type, file.open().read()) == ("my letter.txt", "text/plain", b"Well done")
    assert whys(report) == [("file: ../outside.txt", "https://mahara.example/export/1/f1")]
