"""Files of things: who has them, and that nothing is lost or left lying about."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from layers_core.artefacts.attachments import keeping, limit, prepare, waiting
from layers_core.artefacts.attachments import reading as files_reading
from layers_core.artefacts.attachments.store import FileStore
from layers_core.artefacts.errors import DraftRefused, GuardStop, NotAllowed, NotFound
from layers_core.contract import Actor, Draft, GuardAnswer, Prepared
from layers_core.privacy.erasure import erase_person
from layers_core.usage.models import UsageEventRow

from .samples import jpeg, wav

GUARD = GuardAnswer()


def draft(*files: Prepared, audience: str = "practice", text: str = "Count the patients") -> Draft:
    return Draft("core.note", text, {"text": text}, audience, attachments=files)


@pytest.fixture
def store(world: Any, tmp_path: Path) -> FileStore:
    """The files of the world, in a folder of the test's own."""
    world.host.files = FileStore(tmp_path / "files")
    return world.host.files  # type: ignore[no-any-return]


def files_of(world: Any, actor: Actor, key: UUID) -> list[files_reading.AttachmentView]:
    with world.database.read() as session:
        return files_reading.of_things(session, actor, [key])


def contents(store: FileStore) -> set[str]:
    return set(store.older_than(-1000))


def test_a_submit_saves_text_and_files(world: Any, store: FileStore) -> None:
    nurse, gp = world.actor("nurse@manor.example", "manor"), world.actor("gp@manor.example", "manor")
    first, second = prepare("b.jpg", jpeg()), prepare("a.wav", wav())
    key = world.service.save(nurse, draft(first, second)).id
    seen = files_of(world, gp, key)
    assert [file.name for file in seen] == ["b.jpg", "a.wav"]
    assert [store.read(file.digest) for file in seen] == [first.content, second.content]
    outside = world.actor("gp@outside.example", "outside")
    assert files_of(world, outside, key) == []
    with world.database.read() as session:
        assert files_reading.find(session, outside, key, seen[0].id) is None
        assert files_reading.find(session, gp, key, seen[0].id) == seen[0]
        event = session.query(UsageEventRow).filter_by(name="core.files_added").one()
    assert event.props == {"pictures": 1, "sounds": 1, "documents": 0}


def test_a_refused_save_leaves_neither_row_nor_thing(world: Any, store: FileStore) -> None:
    nurse = world.actor("nurse@manor.example", "manor")
    many = [prepare("a.txt", f"text {number}".encode()) for number in range(limit("files_a_thing") + 1)]
    with pytest.raises(DraftRefused, match="10 files or fewer"):
        world.service.save(nurse, draft(*many))
    heavy = [Prepared("a.txt", "text/plain", f"{number:064x}", limit("bytes_a_file")) for number in range(3)]
    with pytest.raises(DraftRefused, match="25 MB"):
        world.service.save(nurse, draft(*heavy))
    gone = Prepared("gone.txt", "text/plain", "0" * 64, 3)
    with pytest.raises(DraftRefused, match="here no longer"):
        world.service.save(nurse, draft(gone))
    with world.database.read() as session:
        assert session.query(UsageEventRow).count() == 0
    assert contents(store) == set()


def test_the_guard_reads_the_names_of_files(world: Any, store: FileStore) -> None:
    nurse = world.actor("nurse@manor.example", "manor")
    with pytest.raises(GuardStop):
        world.service.save(nurse, draft(prepare("943 476 5919.txt", b"letter")))


def test_adding_and_taking_off(world: Any, store: FileStore) -> None:
    nurse, gp = world.actor("nurse@manor.example", "manor"), world.actor("gp@manor.example", "manor")
    key = world.service.save(nurse, draft()).id
    file = prepare("a.txt", b"text")
    for _twice in range(2):
        world.service.attach(nurse, key, [file], GUARD, "one key")
    [shown] = files_of(world, nurse, key)
    for verb in (
        lambda: world.service.attach(gp, key, [file], GUARD),
        lambda: world.service.detach(gp, key, shown.id),
        lambda: world.service.describe(gp, key, shown.id, "x", GUARD),
    ):
        with pytest.raises(NotAllowed):
            verb()
    with pytest.raises(DraftRefused, match="Choose a file"):
        world.service.attach(nurse, key, [], GUARD)
    with pytest.raises(NotFound):
        world.service.describe(nurse, key, key, "x", GUARD)
    world.service.describe(nurse, key, shown.id, "A red square", GUARD)
    assert files_of(world, gp, key)[0].description == "A red square"
    for _twice in range(2):
        world.service.detach(nurse, key, shown.id)
    assert files_of(world, nurse, key) == []
    assert contents(store) == set()


def test_a_revision_adds_to_what_is_there(world: Any, store: FileStore) -> None:
    nurse = world.actor("nurse@manor.example", "manor")
    key = world.service.save(nurse, draft(prepare("a.txt", b"one"))).id
    world.service.revise(nurse, key, draft(prepare("b.txt", b"two")), 1)
    assert [file.name for file in files_of(world, nurse, key)] == ["a.txt", "b.txt"]


def test_a_copy_takes_the_files_along_and_equal_content_lies_there_once(world: Any, store: FileStore) -> None:
    nurse = world.actor("nurse@manor.example", "manor")
    key = world.service.save(nurse, draft(prepare("a.jpg", jpeg()), audience="me")).id
    copy = world.service.share_copy(nurse, key, "practice", GUARD).id
    gp = world.actor("gp@manor.example", "manor")
    assert [file.name for file in files_of(world, gp, copy)] == ["a.jpg"]
    assert files_of(world, gp, key) == []
    assert len(contents(store)) == 1
    world.service.detach(nurse, key, files_of(world, nurse, key)[0].id)
    assert len(contents(store)) == 1, "the copy still has it"


def test_what_waits_is_its_writers_alone_and_can_be_saved(world: Any, store: FileStore) -> None:
    nurse, gp = world.actor("nurse@manor.example", "manor"), world.actor("gp@manor.example", "manor")
    [kept] = waiting.keep(world.database, store, nurse.person_id, [prepare("a.txt", b"text")])
    with world.database.read() as session:
        assert waiting.find(session, gp.person_id, [kept.id]) == []
        [found] = waiting.find(session, nurse.person_id, [kept.id])
    waiting.forget(world.database, store, gp.person_id, [kept.id])
    key = world.service.save(nurse, draft(found.file)).id
    waiting.forget(world.database, store, nurse.person_id, [kept.id])
    [shown] = files_of(world, nurse, key)
    assert store.read(shown.digest) == b"text"


def test_the_sweep_takes_only_what_nobody_needs(world: Any, store: FileStore) -> None:
    nurse = world.actor("nurse@manor.example", "manor")
    named, fresh, stale = prepare("a.txt", b"named"), prepare("b.txt", b"fresh"), prepare("c.txt", b"stale")
    world.service.save(nurse, draft(named))
    for file in (fresh, stale):
        assert file.content is not None
        store.put(file.digest, file.content)
    half = store.path(stale.digest).with_suffix(".half")
    half.write_bytes(b"ha")
    old = time.time() - 2 * 24 * 3600
    for path in (store.path(named.digest), store.path(stale.digest), half):
        os.utime(path, (old, old))
    swept = keeping.sweep(world.database, store)
    assert (swept.contents, swept.halves) == (1, 1)
    assert contents(store) == {named.digest, fresh.digest}
    assert keeping.missing(world.database, store) == []
    store.remove(named.digest)
    assert len(keeping.missing(world.database, store)) == 1


def test_a_content_that_goes_while_the_sweep_looks_is_passed_over(store: FileStore) -> None:
    digests = sorted(hashlib.sha256(text).hexdigest() for text in (b"one", b"two"))
    for text in (b"one", b"two"):
        store.put(hashlib.sha256(text).hexdigest(), text)
    old = store.older_than(-1000)
    assert next(old) == digests[0]
    store.remove(digests[1])
    assert list(old) == []


def test_nobody_waits_while_a_content_is_found_to_be_wanted(world: Any, store: FileStore) -> None:
    nurse, file = world.actor("nurse@manor.example", "manor"), prepare("a.txt", b"text")
    world.service.save(nurse, draft(file))
    # A second unit in this thread would be refused.
    with world.database.write():
        assert keeping.drop_unwanted(world.database, store, [file.digest]) == 0
    assert contents(store) == {file.digest}


def test_the_sweep_takes_what_was_made_to_be_fetched_after_a_day(world: Any, store: FileStore) -> None:
    fresh, stale, broken = uuid4(), uuid4(), uuid4()
    for key in (fresh, stale):
        with store.passing.writing(key) as stream:
            stream.write(b"text")
    with pytest.raises(RuntimeError), store.passing.writing(broken) as stream:
        stream.write(b"ha")
        raise RuntimeError
    assert {path.name for path in store.passing.root.iterdir()} == {str(fresh), str(stale)}
    assert store.passing.path(fresh).stat().st_mode & 0o077 == 0
    old = time.time() - 2 * 24 * 3600
    os.utime(store.passing.path(stale), (old, old))
    assert keeping.sweep(world.database, store).passing == 1
    assert [path.name for path in store.passing.root.iterdir()] == [str(fresh)]


def test_the_store_never_overwrites_and_takes_no_other_name(store: FileStore) -> None:
    digest = hashlib.sha256(b"text").hexdigest()
    store.put(digest, b"text")
    before = store.path(digest).stat().st_ino
    store.put(digest, b"text")
    assert store.path(digest).stat().st_ino == before
    with pytest.raises(ValueError):
        store.put("1" * 64, b"text")
    with pytest.raises(ValueError):
        store.read("../../etc/passwd")


def test_erasing_a_person_takes_their_files_and_their_voice(world: Any, store: FileStore) -> None:
    nurse, gp = world.actor("nurse@manor.example", "manor"), world.actor("gp@manor.example", "manor")
    private, shared, voice = prepare("a.txt", b"private"), prepare("b.txt", b"shared"), prepare("c.wav", wav())
    both, waits = prepare("d.txt", b"both"), prepare("e.txt", b"waits")
    world.service.save(nurse, draft(private, both, audience="me"))
    key = world.service.save(nurse, draft(shared, voice)).id
    world.service.save(gp, draft(both, audience="me"))
    waiting.keep(world.database, store, nurse.person_id, [waits])
    erase_person(world.database, world.host, nurse.person_id)
    assert [file.name for file in files_of(world, gp, key)] == ["b.txt"]
    assert contents(store) == {shared.digest, both.digest}


def test_words_taken_back_for_good_take_their_files_along(world: Any, store: FileStore) -> None:
    nurse = world.actor("nurse@manor.example", "manor")
    key = world.service.save(nurse, draft(prepare("a.txt", b"text"))).id
    world.service.withdraw(nurse, key)
    with world.service.unit(nurse) as unit:
        unit.forget_words(key)
    with world.database.read() as session:
        assert files_reading.own(session, nurse.person_id) == []
