"""What a file is, by its content, and which room cleans it."""

from __future__ import annotations

from collections.abc import Callable

from layers_core.artefacts.attachments.refused import Refused
from layers_core.i18n import gettext as _

PICTURES = {b"\xff\xd8\xff": "JPEG", b"\x89PNG\r\n\x1a\n": "PNG", b"GIF87a": "GIF", b"GIF89a": "GIF"}
HEIF_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif")
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def cleaned(content: bytes) -> tuple[str, bytes]:
    """The media type of a file, found from its content, and the file without what it tells about its maker.

    Raises Refused.
    """
    from layers_core.artefacts.attachments import documents, pictures, sound

    for start, form in PICTURES.items():
        if content.startswith(start):
            return pictures.drawn_anew(content, form)
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return pictures.drawn_anew(content, "WEBP")
    if content[4:8] == b"ftyp" and content[8:12] in HEIF_BRANDS:
        raise Refused(_("We cannot open this kind of photo (HEIC). Save it as JPEG, then choose it again"))
    if content.startswith(OLD_OFFICE):
        raise Refused(
            _("We cannot open this document. Save it without a password as DOCX or PDF, then choose it again")
        )
    rooms: tuple[tuple[bool, str, Callable[[bytes], bytes]], ...] = (
        (content[:4] == b"RIFF" and content[8:12] == b"WAVE", "audio/wav", sound.wav),
        (content[:4] == b"\x1a\x45\xdf\xa3", "audio/webm", sound.webm),
        (content[:4] == b"OggS", "audio/ogg", sound.ogg),
        (content[4:8] == b"ftyp", "audio/mp4", sound.mp4),
        (content[:3] == b"ID3" or _frame(content), "audio/mpeg", sound.mp3),
        (b"%PDF-" in content[:1024], "application/pdf", documents.pdf),
    )
    for fits, media_type, room in rooms:
        if fits:
            return media_type, room(content)
    if content[:4] == b"PK\x03\x04":
        return documents.package(content)
    return "text/plain", documents.text(content)


def _frame(content: bytes) -> bool:
    """Whether a file starts as a frame of MPEG audio, layer III, does (ISO/IEC 11172-3, 2.4.1.3)."""
    return len(content) > 1 and content[0] == 0xFF and content[1] & 0xE6 == 0xE2
