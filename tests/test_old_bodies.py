"""What was written at an earlier version of a kind: read, found, changed, shared and exported in the present one.

Old things are really written by the old version of their plugin, in another host on the same database.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from marshmallow import Schema, fields
from sqlalchemy import select

from layers_core.artefacts.models import Artefact, Revision
from layers_core.artefacts.service import ArtefactService
from layers_core.contract import ArtefactKind, Draft, GuardAnswer, Permission, hookimpl
from layers_core.host.loader import load_host
from layers_core.practices import access
from layers_reflect.plugin import Plugin as Reflect
from layers_reflect.writing import quick_body

_NUMBERS = count(1)


class OldNote(Schema):
    """The body of a reflection in version 1."""

    text = fields.String(required=True)


class OldReflect:
    """Reflect as it was when a note was one text."""

    meta = Reflect.meta

    @hookimpl
    def layers_permissions(self) -> Iterable[Permission]:
        """Everybody may write."""
        return [Permission("reflect.write", "Write")]

    @hookimpl
    def layers_artefact_kinds(self) -> Iterable[ArtefactKind]:
        """Notes."""
        return [
            ArtefactKind(
                name="reflect.note",
                version=1,
                schema=OldNote,
                label="Reflection",
                summary=lambda body: str(body["text"]),
                search_text=lambda body: str(body["text"]),
                page_template="reflect/note.html",
                permission="reflect.write",
            )
        ]


@dataclass(frozen=True)
class Old:
    """A kind that has had versions: the plugin as it was, a body as it was, and the same body as it is now."""

    kind: str
    version: int
    now: int
    plugin: Callable[[], object]
    before: Callable[[str], Mapping[str, Any]]
    after: Callable[[str], Mapping[str, Any]]


def quick(text: str) -> dict[str, Any]:
    """A reflection in version 3 that asks for one text."""
    return quick_body(text)


@pytest.fixture(scope="module")
def site(make_site: Any, diary: Any) -> Any:
    """The application with the present version of everything."""
    return make_site(diary.Diary(3))


@pytest.fixture(params=["reflect 1", "diary 1", "diary 2"])
def old(request: pytest.FixtureRequest, diary: Any) -> Old:
    """A kind and one of its earlier versions."""
    return {
        "reflect 1": Old("reflect.note", 1, 3, OldReflect, lambda text: {"text": text}, quick),
        "diary 1": Old(
            diary.KIND,
            1,
            3,
            lambda: diary.Diary(1),
            lambda text: {"text": text},
            lambda text: {"what": text, "moods": ["none"]},
        ),
        "diary 2": Old(
            diary.KIND,
            2,
            3,
            lambda: diary.Diary(2),
            lambda text: {"text": text, "mood": "glad"},
            lambda text: {"what": text, "moods": ["glad"]},
        ),
    }[request.param]


@dataclass(frozen=True)
class Written:
    """A thing that the old version wrote, and its one word."""

    id: UUID
    word: str


@pytest.fixture
def written(site: Any, old: Old) -> Written:
    """A thing of the nurse's for her practice, written at the earlier version."""
    host = load_host(site.app.extensions["layers_settings"], plugins=[old.plugin()], discover=False)
    with site.database.read() as session:
        nurse = access.find_actor(session, host, site.world.people["nurse"], "manor")
    word = f"zqold{'abcdefghijklmnopqrstuvwxyz'[next(_NUMBERS) % 26]}{old.kind.partition('.')[0]}"
    draft = Draft(old.kind, "An old thing", dict(old.before(word)), "practice")
    return Written(ArtefactService(site.database, host).save(nurse, draft).id, word)


def kept(site: Any, thing: UUID) -> tuple[int, Mapping[str, Any], list[tuple[int, Mapping[str, Any]]]]:
    """A thing's row: its version and body, and those of its revisions, the oldest first."""
    with site.database.read() as session:
        row = session.scalars(select(Artefact).where(Artefact.id == thing)).one()
        revisions = session.scalars(select(Revision).where(Revision.artefact_id == thing).order_by(Revision.number))
        return row.body_version, row.body, [(revision.body_version, revision.body) for revision in revisions]


def finds(site: Any, word: str) -> int:
    """How many things a colleague finds by a word, of which only the beginning is typed."""
    return site.browser("gp").get(f"/manor/search?q={word[:-1]}").text.count(f"<mark>{word}</mark>")


def test_it_is_read_in_the_present_version_and_stays_as_it_was(site: Any, old: Old, written: Written) -> None:
    gp, nurse = site.browser("gp"), site.browser("nurse")
    page = gp.get(f"/manor/things/{written.id}")
    assert page.status_code == 200
    assert written.word in page.text
    if old.kind == "diary.entry":
        assert f"Moods: {old.after('')['moods'][0]}" in page.text
    assert written.word in gp.get(f"/manor/things/{written.id}/versions").text
    assert written.word in gp.get("/manor/new").text or old.kind == "reflect.note"
    assert written.word in nurse.get(f"/me/things/{written.id}").text
    api = site.program("gp")(f"/api/v1/practices/manor/artefacts/{written.id}").json
    assert api["body"] == old.after(written.word)
    assert finds(site, written.word) == 1
    assert kept(site, written.id) == (
        old.version,
        old.before(written.word),
        [(old.version, old.before(written.word))],
    )


def test_a_change_is_kept_in_the_present_version_beside_the_old_one(site: Any, old: Old, written: Written) -> None:
    new = f"{written.word}new"
    body = dict(old.after(new))
    site.world.artefacts.revise(site.world.actor("nurse"), written.id, Draft(old.kind, "Changed", body), 1)
    assert kept(site, written.id) == (
        old.now,
        old.after(new),
        [(old.version, old.before(written.word)), (old.now, old.after(new))],
    )
    versions = site.browser("gp").get(f"/manor/things/{written.id}/versions").text
    # The words alone differ: the old body is compared as it would be now.
    assert f"<del>{written.word}</del>" in versions
    assert f"<ins>{new}</ins>" in versions
    assert "text" not in [field.casefold() for field in _fields(versions)]
    assert finds(site, new) == 1
    assert finds(site, written.word) == 0


def _fields(page: str) -> list[str]:
    """The names of the fields that a page of versions speaks of."""
    return [part.partition("</dt>")[0].strip() for part in page.split("<dt>")[1:]]


def test_a_reflection_is_changed_in_its_own_form(site: Any) -> None:
    host = load_host(site.app.extensions["layers_settings"], plugins=[OldReflect()], discover=False)
    with site.database.read() as session:
        author = access.find_actor(session, host, site.world.people["nurse"], "manor")
    draft = Draft("reflect.note", "An old thing", {"text": "Once upon a time"}, "practice")
    key = ArtefactService(site.database, host).save(author, draft).id
    nurse = site.browser("nurse")
    form = nurse.get(f"/manor/reflect/{key}/edit")
    assert "Once upon a time" in form.text
    assert nurse.submit(form, {"what": "Better now"}).status_code == 303
    assert kept(site, key)[:2] == (3, quick("Better now"))


def test_whatever_happens_to_it_keeps_it_readable_and_found(site: Any, old: Old, written: Written) -> None:
    artefacts, nurse = site.world.artefacts, site.world.actor("nurse")
    artefacts.withdraw(nurse, written.id)
    assert finds(site, written.word) == 0
    artefacts.restore(nurse, written.id)
    assert finds(site, written.word) == 1
    copy = artefacts.share_copy(nurse, written.id, "network", GuardAnswer()).id
    assert kept(site, copy)[:2] == (old.now, old.after(written.word))
    artefacts.narrow(nurse, written.id, "me")
    assert finds(site, written.word) == 1, "the copy alone"
    assert written.word in site.browser("nurse").get(f"/manor/things/{written.id}").text
    assert kept(site, written.id)[:2] == (old.version, old.before(written.word))


def test_it_is_in_its_writer_s_download(site: Any, old: Old, written: Written) -> None:
    response = site.browser("nurse").get("/me/download")
    with zipfile.ZipFile(io.BytesIO(response.data)) as archive:
        everything = json.loads(archive.read("everything.json"))
        page = archive.read("read-me.html").decode()
    (thing,) = (thing for thing in everything["things"] if thing["id"] == str(written.id))
    assert thing["body"] == old.after(written.word)
    assert [version["body"] for version in thing["versions"]] == [old.after(written.word)]
    assert written.word in page
