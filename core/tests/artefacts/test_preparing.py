"""What files are taken, and that they tell nothing about their maker."""

from __future__ import annotations

import hashlib
import io
import struct
import wave
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader

from layers_core.artefacts.attachments import Refused, limit, prepare
from layers_core.artefacts.attachments.naming import clean_name

from .samples import DOCX_PARTS, ODT_PARTS, SECRET, element, jpeg, mp3, mp4, noted_pdf, package, pdf, picture, wav, webm

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
