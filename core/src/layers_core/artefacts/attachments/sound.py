"""Sound without its tags: no title, artist, place, picture or date stays in the file. Video is not taken."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator

from layers_core.artefacts.attachments.refused import Refused
from layers_core.i18n import gettext as _

WAV_PARTS = (b"fmt ", b"fact", b"data")
MP4_CONTAINERS = (b"moov", b"trak", b"mdia", b"moof", b"traf", b"minf", b"stbl", b"edts", b"mvex")
MP4_TELLS = (b"udta", b"meta", b"uuid")
MP4_DATED = (b"mvhd", b"tkhd", b"mdhd")
# Elements of Matroska by their number (RFC 9559, section 5.1).
SEGMENT, INFO, TRACKS, TRACK, CLUSTER = 0x18538067, 0x1549A966, 0x1654AE6B, 0xAE, 0x1F43B675
TRACK_TYPE, DOC_TYPE, VOID, AUDIO = 0x83, 0x4282, 0xEC, 2
MATROSKA_TELLS = (0x1254C367, 0x1941A469, 0x1043A770, 0x7BA9, 0x4461, 0x7384, 0x536E)
"""Tags, attachments, chapters; the title, date and file name of the whole; the name of a track."""
DEEPEST = 12


def _damaged(fault: Exception | None = None) -> Refused:
    refused = Refused(_("This sound file is damaged, or of a kind that we do not know. Save it as MP3 or WAV"))
    refused.__cause__ = fault
    return refused


def _no_video() -> Refused:
    return Refused(_("We take sound but no video. Choose a sound file, a picture or a document"))


def ogg(content: bytes) -> bytes:
    """An Ogg file with Opus, Vorbis or Speex, without its comments. Raises Refused."""
    import mutagen
    from mutagen.oggopus import OggOpus
    from mutagen.oggspeex import OggSpeex
    from mutagen.oggvorbis import OggVorbis

    held = io.BytesIO(content)
    try:
        found = mutagen.File(held, options=(OggOpus, OggVorbis, OggSpeex))
        if found is None:
            raise _no_video()
        held.seek(0)
        found.delete(held)
    except (mutagen.MutagenError, ValueError, IndexError, struct.error, KeyError) as fault:
        raise _damaged(fault) from fault
    return held.getvalue()


def mp3(content: bytes) -> bytes:
    """An MP3 without its ID3 and APE tags. Raises Refused."""
    import mutagen
    from mutagen import apev2, id3
    from mutagen.mp3 import MP3

    held = io.BytesIO(content)
    try:
        id3.delete(held)
        held.seek(0)
        apev2.delete(held)
        held.seek(0)
        if mutagen.File(held, options=(MP3,)) is None:
            raise _damaged()
    except (mutagen.MutagenError, ValueError, IndexError, struct.error, KeyError) as fault:
        raise _damaged(fault) from fault
    return held.getvalue()


def wav(content: bytes) -> bytes:
    """A WAV with its format and its sound, and no other part (mutagen leaves LIST and bext where they are).

    Raises Refused.
    """
    parts, place = [], 12
    while place + 8 <= len(content):
        name, size = content[place : place + 4], int.from_bytes(content[place + 4 : place + 8], "little")
        part = content[place + 8 : place + 8 + size]
        if name in WAV_PARTS:
            parts.append(name + struct.pack("<I", len(part)) + part + b"\0" * (len(part) % 2))
        place += 8 + size + size % 2
    if {part[:4] for part in parts} < {b"fmt ", b"data"}:
        raise _damaged()
    body = b"WAVE" + b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def mp4(content: bytes) -> bytes:
    """An M4A, also one that a browser recorded in pieces, with its tags blanked and its dates at zero.

    Blanking in place moves nothing, so every offset in the file stays true. mutagen blanks Apple's tags alone. Raises
    Refused.
    """
    made = bytearray(content)
    handlers = set()
    for name, start, end in _boxes(content, 0, len(content), 0):
        if name in MP4_TELLS:
            made[start - 4 : start] = b"free"
            made[start:end] = bytes(end - start)
        elif name in MP4_DATED and end - start > 20:
            dates = 16 if content[start] == 1 else 8
            made[start + 4 : start + 4 + dates] = bytes(dates)
        elif name == b"hdlr":
            handlers.add(content[start + 8 : start + 12])
            # After the handler's type and twelve reserved bytes stands a name, that of a program or a person.
            made[start + 24 : end] = bytes(max(end - start - 24, 0))
    if b"vide" in handlers:
        raise _no_video()
    if b"soun" not in handlers:
        raise _damaged()
    return bytes(made)


def _boxes(content: bytes, place: int, end: int, depth: int) -> Iterator[tuple[bytes, int, int]]:
    """The boxes of an MP4, each with where what it holds begins and ends (ISO/IEC 14496-12, 4.2)."""
    while place + 8 <= end:
        size, name, head = int.from_bytes(content[place : place + 4], "big"), content[place + 4 : place + 8], 8
        if size == 1:
            size, head = int.from_bytes(content[place + 8 : place + 16], "big"), 16
        size = size or end - place
        if size < head or place + size > end or depth > DEEPEST:
            raise _damaged()
        # A long head ends with its size; what follows the name is blanked with the rest only for short ones.
        if head == 16 and name in MP4_TELLS:
            raise _damaged()
        yield name, place + head, place + size
        if name in MP4_CONTAINERS:
            yield from _boxes(content, place + head, place + size, depth + 1)
        place += size


def webm(content: bytes) -> bytes:
    """A WebM, as browsers record it, with everything that tells about its maker made void in place. Raises Refused.

    mutagen does not know Matroska.
    """
    made = bytearray(content)
    types, doc_type = set(), b""
    for number, at, start, end in _elements(content, 0, len(content), 0):
        if number == DOC_TYPE:
            doc_type = content[start:end].rstrip(b"\0")
        elif number == TRACK_TYPE:
            types.add(int.from_bytes(content[start:end], "big"))
        elif number in MATROSKA_TELLS:
            _make_void(made, at, end)
    if types - {AUDIO}:
        raise _no_video()
    if doc_type != b"webm" or not types:
        raise _damaged()
    return bytes(made)


def _elements(content: bytes, place: int, end: int, depth: int) -> Iterator[tuple[int, int, int, int]]:
    """The elements of a WebM that matter here: number, where it begins, where what it holds begins and ends.

    What a browser records has no sizes for the whole and its clusters: those go on until their parent's end, and their
    children are walked as if they were its own.
    """
    while place < end:
        at = place
        number, place, _unknown = _number(content, place, keep_mark=True)
        size, place, unknown = _number(content, place, keep_mark=False)
        # A head that reaches over the end of its parent belongs to nothing, and there is no room to make it void.
        if place > end or (unknown and number not in (SEGMENT, CLUSTER)):
            raise _damaged()
        stop = end if unknown else place + size
        if stop > end:
            # The recorder was stopped in the middle of a block: what is there can be heard.
            stop = end
        yield number, at, place, stop
        if number in (SEGMENT, INFO, TRACKS, TRACK, 0x1A45DFA3) and depth < DEEPEST:
            yield from _elements(content, place, stop, depth + 1)
        if not (unknown and number == CLUSTER):
            place = stop


def _number(content: bytes, place: int, *, keep_mark: bool) -> tuple[int, int, bool]:
    """A number of variable length, where the next byte stands, and whether it says "unknown" (RFC 8794, section 4)."""
    if place >= len(content) or content[place] == 0:
        raise _damaged()
    length = 9 - content[place].bit_length()
    if place + length > len(content):
        raise _damaged()
    value = int.from_bytes(content[place : place + length], "big")
    bare = value & ((1 << 7 * length) - 1)
    return value if keep_mark else bare, place + length, bare == (1 << 7 * length) - 1


def _make_void(made: bytearray, at: int, end: int) -> None:
    """Put an empty element of the same length in the place of one."""
    length = end - at
    if length < 9:
        made[at:end] = bytes([VOID, 0x80 | (length - 2)]) + bytes(length - 2)
        return
    made[at:end] = bytes([VOID, 0x01]) + (length - 9).to_bytes(7, "big") + bytes(length - 9)
