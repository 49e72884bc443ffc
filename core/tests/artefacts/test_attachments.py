"""Files of things: what is taken, what is left of it, who has it, and that nothing is lost or left lying about."""

from __future__ import annotations

import hashlib
import io
import os
import struct
import time
import wave
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

from layers_core.artefacts.attachments import Refused, keeping, limit, prepare, waiting
from layers_core.artefacts.attachments import reading as files_reading
from layers_core.artefacts.attachments.naming import clean_name
from layers_core.artefacts.attachments.store import FileStore
from layers_core.artefacts.errors import DraftRefused, GuardStop, NotAllowed, NotFound
from layers_core.contract import Actor, Draft, GuardAnswer, Prepared
from layers_core.privacy.erasure import erase_person
from layers_core.usage.models import UsageEventRow

SECRET = b"SecretPlace"
GUARD = GuardAnswer()


def jpeg(size: tuple[int, int] = (60, 40), turned: int = 1, colour: str = "red") -> bytes:
    made = io.BytesIO()
    picture = Image.new("RGB", size, colour)
    exif = picture.getexif()
    exif[0x010E], exif[0x0112] = SECRET.decode(), turned
    exif.get_ifd(0x8825)[1] = "N"
    picture.save(made, "JPEG", exif=exif, comment=SECRET)
    return made.getvalue()


def picture(form: str) -> bytes:
    made = io.BytesIO()
    Image.new("P" if form == "GIF" else "RGBA", (30, 20)).save(made, form)
    return made.getvalue()


def wav() -> bytes:
    made = io.BytesIO()
    with wave.open(made, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(b"\1\2" * 800)
    told = b"LIST" + struct.pack("<I", 4 + 8 + 12) + b"INFO" + b"IART" + struct.pack("<I", 12) + SECRET + b"\0"
    return made.getvalue() + told


def mp3() -> bytes:
    # MPEG 1, layer III, 128 kbit/s, 44.1 kHz: 417 bytes a frame.
    frame = b"\xff\xfb\x90\x00" + b"\0" * 413
    text = b"\0" + SECRET
    title = b"TIT2" + struct.pack(">I", len(text)) + b"\0\0" + text
    head = b"ID3\x03\0\0" + bytes([0, 0, 0, len(title)])
    return head + title + frame * 20 + b"TAG" + SECRET.ljust(125, b"\0")


def box(name: bytes, *parts: bytes) -> bytes:
    inside = b"".join(parts)
    return struct.pack(">I", 8 + len(inside)) + name + inside


def mp4(handler: bytes = b"soun") -> bytes:
    hdlr = box(b"hdlr", b"\0" * 8, handler, b"\0" * 12, SECRET + b"\0")
    dated = box(b"mvhd", b"\0" * 4, b"\x11\x22\x33\x44" * 2, b"\0" * 92)
    moov = box(b"moov", dated, box(b"trak", box(b"mdia", hdlr)), box(b"udta", box(b"meta", SECRET)))
    return box(b"ftyp", b"M4A \0\0\0\0") + moov + box(b"mdat", b"sound")


def element(number: str, *parts: bytes, unknown: bool = False) -> bytes:
    inside = b"".join(parts)
    size = b"\x01" + (b"\xff" * 7 if unknown else len(inside).to_bytes(7, "big"))
    return bytes.fromhex(number) + size + inside


def webm(track_type: int = 2) -> bytes:
    """As a browser records it: sizes of the whole and of the clusters unknown."""
    head = element("1A45DFA3", element("4282", b"webm"))
    info = element("1549A966", element("2AD7B1", b"\x0f\x42\x40"), element("4461", b"\0" * 8), element("7BA9", SECRET))
    tracks = element("1654AE6B", element("AE", element("83", bytes([track_type])), element("536E", SECRET)))
    cluster = element("1F43B675", element("E7", b"\0"), element("A3", b"sound"), unknown=True)
    tags = bytes.fromhex("1254C367") + bytes([0x80 | len(SECRET)]) + SECRET
    return head + element("18538067", info, tracks, cluster, cluster, tags, unknown=True)


def pdf(password: str = "") -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.add_metadata({"/Author": SECRET.decode()})
    writer.add_attachment("inside.txt", SECRET)
    if password:
        writer.encrypt(password)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def package(**parts: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in parts.items():
            target.writestr(name.replace("__", "/"), content)
    return made.getvalue()


DOCX_PARTS: dict[str, bytes] = {
    "[Content_Types].xml": b"<Types/>",
    "word__document.xml": b'<w:document><w:ins w:id="1" w:author="SecretPlace">Hello</w:ins></w:document>',
    "word__comments.xml": b'<w:comment w:author="SecretPlace" w:initials="SecretPlace">Yes</w:comment>',
    "docProps__core.xml": b"<dc:creator>SecretPlace</dc:creator>",
    "docprops__Custom.xml": b"<Manager>SecretPlace</Manager>",
    "package__services__1.psmdcp": b"<dc:creator>SecretPlace</dc:creator>",
    "word__settings.xml": b'<w:settings><w:attachedTemplate r:id="rId1"/></w:settings>',
    "word___rels__settings.xml.rels": b'<Relationships><Relationship Id="rId1" TargetMode="External" Type="http://schemas.'
    b'openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" Target="file:///C:/SecretPlace/n.dotm"/>'
    b"</Relationships>",
    "docProps__app.xml": b"<Manager>SecretPlace</Manager>",
}
ODT_PARTS: dict[str, bytes] = {
    "mimetype": b"application/vnd.oasis.opendocument.text",
    "content.xml": b"<office:annotation><dc:creator>SecretPlace</dc:creator>Yes</office:annotation>Hello",
    "meta.xml": b"<meta:initial-creator>SecretPlace</meta:initial-creator>",
    "Thumbnails__thumbnail.png": SECRET,
    "META-INF__manifest.xml": b'<m><manifest:file-entry manifest:full-path="Thumbnails/thumbnail.png"/></m>',
}

TAKEN: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "photo.jpeg": (jpeg, "image/jpeg", "photo.jpeg"),
    "photo": (jpeg, "image/jpeg", "photo.jpg"),
    "drawing.png": (lambda: picture("PNG"), "image/png", "drawing.png"),
    "drawing.webp": (lambda: picture("WEBP"), "image/webp", "drawing.webp"),
    "moving.gif": (lambda: picture("GIF"), "image/png", "moving.gif.png"),
    "voice.wav": (wav, "audio/wav", "voice.wav"),
    "voice.mp3": (mp3, "audio/mpeg", "voice.mp3"),
    "voice.m4a": (mp4, "audio/mp4", "voice.m4a"),
    "voice.webm": (webm, "audio/webm", "voice.webm"),
    "paper.pdf": (pdf, "application/pdf", "paper.pdf"),
    "paper.docx": (
        lambda: package(**DOCX_PARTS),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "paper.docx",
    ),
    "paper.odt": (lambda: package(**ODT_PARTS), "application/vnd.oasis.opendocument.text", "paper.odt"),
    "evil.html": (lambda: b"<script>1</script>", "text/plain", "evil.html.txt"),
    "notes.txt": (lambda: "Größe\n".encode("cp1252"), "text/plain", "notes.txt"),
}


@pytest.mark.parametrize("name", TAKEN)
def test_what_is_taken_is_known_by_its_content_and_tells_nothing_about_its_maker(name: str) -> None:
    make, media_type, shown = TAKEN[name]
    file = prepare(name, io.BytesIO(make()))
    assert (file.media_type, file.name) == (media_type, shown)
    assert file.content is not None
    assert file.digest == hashlib.sha256(file.content).hexdigest()
    assert file.size == len(file.content)
    inside = [file.content]
    if file.content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(file.content)) as parts:
            inside += [parts.read(part) for part in parts.namelist()]
            assert "Thumbnails/thumbnail.png" not in parts.namelist()
            assert not any(b"attachedTemplate" in part for part in inside)
        assert any(b"Hello" in part for part in inside)
    assert not any(SECRET in part for part in inside)


@pytest.mark.parametrize("name", TAKEN)
def test_what_was_cleaned_is_taken_again(name: str) -> None:
    once = prepare(name, TAKEN[name][0]())
    assert once.content is not None
    assert prepare(once.name, once.content).media_type == once.media_type


def test_a_photo_stands_upright_and_is_no_larger_than_a_page_needs() -> None:
    file = prepare("photo.jpg", jpeg((4000, 2000), turned=6))
    assert file.content is not None
    with Image.open(io.BytesIO(file.content)) as shown:
        assert shown.size == (1200, 2400)
        assert not shown.getexif()
        assert "comment" not in shown.info


def test_a_pdf_keeps_its_pages_and_neither_author_nor_files() -> None:
    file = prepare("paper.pdf", pdf())
    assert file.content is not None
    reader = PdfReader(io.BytesIO(file.content))
    assert len(reader.pages) == 1
    assert not reader.metadata
    assert not reader.attachments


def noted_pdf() -> bytes:
    """A page with a comment, a link, and every way in which a page can carry a file or a script."""
    writer = PdfWriter()
    page = writer.add_blank_page(100, 100)
    secret, place = TextStringObject(SECRET.decode()), ArrayObject([NumberObject(0)] * 4)

    def held(**items: Any) -> Any:
        named = {
            NameObject(f"/{key}"): NameObject(value) if type(value) is str else value for key, value in items.items()
        }
        return writer._add_object(DictionaryObject(named))

    def note(subtype: str, **items: Any) -> Any:
        return held(Type="/Annot", Subtype=subtype, Rect=place, **items)

    inside = DecodedStreamObject()
    inside.set_data(SECRET)
    file = held(Type="/Filespec", F=secret, EF=held(F=writer._add_object(inside)))
    script = held(S="/JavaScript", JS=secret)
    clip = note("/FileAttachment", FS=file)
    address = TextStringObject("https://nice.example")
    page[NameObject("/Annots")] = ArrayObject(
        [
            clip,
            note("/Popup", Parent=clip),
            note("/Widget", FT="/Btn", A=script, AA=held(U=script), Parent=held(A=script)),
            note("/Link", A=held(S="/URI", URI=address, Next=script)),
            note("/Link", A=held(S="/Launch", F=file)),
            note("/Text", T=secret, IRT=clip, Contents=TextStringObject("Hello")),
            note("/RichMedia", RichMediaContent=held(Assets=file)),
        ]
    )
    page[NameObject("/AF")] = ArrayObject([file])
    page[NameObject("/PieceInfo")] = held(Word=secret)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def test_nothing_that_a_page_of_a_pdf_leads_to_is_a_file_or_a_script() -> None:
    file = prepare("paper.pdf", noted_pdf())
    assert file.content is not None
    assert SECRET not in file.content
    assert b"JavaScript" not in file.content
    (page,) = PdfReader(io.BytesIO(file.content)).pages
    notes: list[Any] = [note.get_object() for note in page["/Annots"]]  # type: ignore[attr-defined]
    assert [note["/Subtype"] for note in notes] == ["/Popup", "/Widget", "/Link", "/Link", "/Text"]
    assert notes[2]["/A"]["/URI"] == "https://nice.example"
    assert "/A" not in notes[3]
    assert notes[4]["/Contents"] == "Hello"


def test_sound_is_still_the_same_sound() -> None:
    file = prepare("voice.wav", wav())
    assert file.content is not None
    with wave.open(io.BytesIO(file.content)) as sound:
        assert sound.readframes(9999) == b"\1\2" * 800
    assert prepare("voice.m4a", mp4()).content == mp4().replace(SECRET, bytes(len(SECRET))).replace(
        b"udta" + struct.pack(">I", 8 + len(SECRET)) + b"meta", b"free" + bytes(8)
    ).replace(b"\x11\x22\x33\x44" * 2, bytes(8))
    recorded = prepare("voice.webm", webm()).content
    assert recorded is not None
    assert recorded.count(b"sound") == 2
    assert len(recorded) == len(webm())


def bomb() -> bytes:
    """A PNG that says it has 40,000 × 40,000 pixels."""
    small = bytearray(picture("PNG"))
    small[16:24] = struct.pack(">II", 40_000, 40_000)
    small[29:33] = struct.pack(">I", zlib.crc32(small[12:29]))
    return bytes(small)


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "empty"),
    "too large": (lambda: b"x" * (limit("bytes_a_file") + 1), "larger than 10 MB"),
    "a program": (lambda: b"MZ\0\0\1\2", "do not take"),
    "too many pixels": (bomb, "too many pixels"),
    "half a photo": (lambda: jpeg()[:200], "damaged"),
    "an iPhone's own format": (lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC"),
    "an old or locked office file": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99, "password"),
    "a locked PDF": (lambda: pdf("key"), "locked"),
    "no PDF": (lambda: b"%PDF-1.7 nothing", "could not read"),
    "video as MP4": (lambda: mp4(b"vide"), "no video"),
    "video as WebM": (lambda: webm(1), "no video"),
    "a WebM with a title that reaches over its end": (
        lambda: element("1A45DFA3", element("4282", b"webm")) + element("1549A966", b"\x7b") + b"\xa9\x80",
        "damaged",
    ),
    "half an MP4": (lambda: mp4()[:60], "damaged"),
    "no zip": (lambda: b"PK\x03\x04nothing", "damaged"),
    "another zip": (lambda: package(a=b"1"), "do not take"),
    "a zip bomb": (lambda: package(**DOCX_PARTS, word__b=b"\0" * (limit("unpacked_bytes") + 1)), "too large"),
    "a macro": (lambda: package(**DOCX_PARTS, **{"word__vbaProject.bin": b"1"}), "macro"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_taken_is_refused_with_words(name: str) -> None:
    make, words = REFUSED[name]
    with pytest.raises(Refused, match=words):
        prepare("file", make())


@pytest.mark.filterwarnings("ignore::UserWarning:PIL", "ignore::RuntimeWarning:PIL")
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(which=st.sampled_from(sorted(TAKEN)), cut=st.integers(0, 3000), changed=st.binary(max_size=8))
def test_a_damaged_file_is_taken_or_refused_and_nothing_else(which: str, cut: int, changed: bytes) -> None:
    whole = TAKEN[which][0]()
    place = cut % (len(whole) + 1)
    for content in (whole[:place] + changed + whole[place + len(changed) :], whole[:place] + changed):
        try:
            assert prepare(which, content).content
        except Refused:
            continue


@given(st.text(max_size=300))
def test_a_name_is_one_line_without_folders_or_tricks(text: str) -> None:
    name = clean_name(text, ".pdf")
    assert 5 <= len(name) <= 200
    assert name.lower().endswith(".pdf")
    assert not {"/", "\\", "\0", "\n", "\u202e"} & set(name)
    assert clean_name(name, ".pdf") == name


def test_names() -> None:
    assert clean_name("C:\\My files\\fdp.\u202eexe", ".txt") == "fdp.exe.txt"
    assert clean_name("../../etc/passwd", ".txt") == "passwd.txt"
    assert clean_name("\n", ".pdf") == "file.pdf"


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
