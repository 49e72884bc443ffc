"""Files of every kind with a secret in each place where a program keeps names, made by hand."""

from __future__ import annotations

import io
import struct
import wave
import zipfile
from typing import Any

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

SECRET = b"SecretPlace"


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
