"""Episodes go along in a portfolio, and gather the same entries where they arrive."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID
from xml.etree import ElementTree

import pytest
from sqlalchemy import select

from layers_core.artefacts import mine
from layers_core.contract import Draft, GuardAnswer, Thing
from layers_core.db.base import now
from layers_reflect import indexing
from layers_reflect.episodes import reading, service
from layers_reflect.episodes.arranging import lists_of, new_group, things_of
from layers_reflect.kinds import EPISODE, NOTE
from layers_reflect.models import Entry as EntryRow
from layers_reflect.portfolio.formats import FORMATS
from layers_reflect.portfolio.gathering import entries_of
from layers_reflect.portfolio.importing import Importer
from layers_reflect.portfolio.interchange import Portfolio, Report
from layers_reflect.portfolio.sources import open_source
from layers_reflect.writing import quick_body

if TYPE_CHECKING:
    from layers_webshell.testclient import Browser
    from layers_webshell.testworld import World


def own(world: World, role: str, key: UUID) -> Thing:
    with world.database.read() as session:
        found = reading.own(session, world.host, world.actor(role), key)
    assert found is not None
    return found


@pytest.fixture
def episode(world: World) -> UUID:
    """An episode of the GP's with two notes, the second in a group; the third note stands for itself."""
    actor, artefacts = world.actor("gp"), world.artefacts
    keys = [artefacts.save(actor, Draft(NOTE, title, quick_body(title))).id for title in ("First", "Second", "Alone")]
    made = service.begin(artefacts, actor, "Winter", "About it", keys[:2], GuardAnswer(), "").id
    second = str(keys[1])
    service.change(artefacts, actor, own(world, "gp", made), lambda t, b: (t, new_group(b, "Letters", [second])), 1)
    return made


def out(world: World, role: str, shape: str, *, without: str = "") -> io.BytesIO:
    stream = io.BytesIO()
    with world.database.read() as session:
        entries = entries_of(session, world.people[role])
        FORMATS[shape](Portfolio("Jo", now(), (entry for entry in entries if entry.title != without)), stream)
    stream.seek(0)
    return stream


def bring(world: World, role: str, stream: io.BytesIO) -> Report:
    return Importer(world.artefacts, world.actor(role)).bring(open_source(stream))


def episodes(world: World, role: str) -> list[mine.MyThing]:
    with world.database.read() as session:
        found = mine.things(session, world.host, world.people[role], limit=None)
    return [thing for thing in found if thing.kind == EPISODE]


@pytest.mark.parametrize("shape", ["archive", "leap2a"])
def test_it_gathers_the_same_entries_where_it_arrives(world: World, episode: UUID, shape: str) -> None:
    first = out(world, "gp", shape)
    report = bring(world, "nurse", first)
    assert (report.read, report.kept, report.not_understood) == (4, 4, [])
    (brought,) = episodes(world, "nurse")
    with world.database.read() as session:
        titles = {
            str(thing.id): thing.title for thing in mine.things(session, world.host, world.people["nurse"], limit=None)
        }
    assert [[titles[key] for key in things] for things in lists_of(dict(brought.body))] == [["Second"], ["First"]]
    assert (brought.title, brought.body["summary"], brought.body["groups"][0]["name"]) == (
        "Winter",
        "About it",
        "Letters",
    )
    # Once more changes nothing, and on its way out again it has the keys that it came with.
    first.seek(0)
    assert bring(world, "nurse", first).here_already == 4
    with world.database.read() as session:
        before, after = (list(entries_of(session, world.people[role])) for role in ("gp", "nurse"))
    assert [entry for entry in after if entry.kind == EPISODE] == [entry for entry in before if entry.kind == EPISODE]


def test_what_did_not_come_along_is_left_out_and_said(world: World, episode: UUID) -> None:
    report = bring(world, "nurse", out(world, "gp", "archive", without="First"))
    assert [item.why for item in report.not_understood] == ["1 entry that it gathers is not here"]
    assert len(things_of(dict(episodes(world, "nurse")[0].body))) == 1


def test_another_tool_sees_a_selection_with_its_parts_in_order(world: World, episode: UUID) -> None:
    feed = ElementTree.fromstring(out(world, "gp", "leap2a").getvalue())
    atom = "{http://www.w3.org/2005/Atom}"
    (found,) = (entry for entry in feed.findall(f"{atom}entry") if entry.findtext(f"{atom}title") == "Winter")
    kind = found.find("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}type")
    assert kind is not None
    assert "leap2:selection" in kind.attrib.values()
    parts = [link.attrib["href"] for link in found.findall(f"{atom}link") if link.attrib["rel"] == "leap2:has_part"]
    assert parts == [f"urn:uuid:{key}" for key in things_of(own(world, "gp", episode).body)]
    wholes = {
        entry.findtext(f"{atom}title"): [
            link.attrib["href"] for link in entry.findall(f"{atom}link") if link.attrib["rel"] == "leap2:is_part_of"
        ]
        for entry in feed.findall(f"{atom}entry")
    }
    assert wholes == {"First": [episode.urn], "Second": [episode.urn], "Alone": [], "Winter": []}
    assert "Letters: 1 entry" in "".join(found.itertext())


def test_it_comes_with_a_chosen_entry_only_where_that_is_wanted(
    client_for: Callable[..., Browser], world: World, episode: UUID
) -> None:
    gp = client_for("gp")
    first = things_of(own(world, "gp", episode).body)[0]

    def export(**more: Any) -> str:
        page = gp.get("/manor/reflect/portfolio/choose")
        values = {"format": "csv", "entries": [first], **more}
        return gp.submit(page, values, action="/manor/reflect/portfolio/export").text

    assert "Winter" not in export()
    assert "Winter" in export(also=["only_for_me"])


def test_the_index_is_made_anew_with_episodes(world: World, episode: UUID) -> None:
    with world.database.write() as session:
        assert indexing.rebuild(session) == 4
    with world.database.read() as session:
        assert session.scalars(select(EntryRow.template).where(EntryRow.artefact_id == episode)).one() == "episode"
