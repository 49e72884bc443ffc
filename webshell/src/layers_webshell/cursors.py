"""Where a page of a list ended, as an opaque word. A word that is not ours is refused, never guessed at."""

from __future__ import annotations

import base64
import binascii
import struct
from datetime import UTC, datetime, timedelta
from uuid import UUID

from layers_core.artefacts.reading import Place

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PLACE = struct.Struct(">q16s")
_NUMBER = struct.Struct(">q")
_MOST_MICROSECONDS = int((datetime(9999, 1, 1, tzinfo=UTC) - _EPOCH) / timedelta(microseconds=1))


def from_place(place: Place) -> str:
    """The cursor of a place in the stream."""
    return _word(_PLACE.pack((place.created_at - _EPOCH) // timedelta(microseconds=1), place.id.bytes))


def to_place(word: str) -> Place:
    """The place behind a cursor. Raises ValueError."""
    microseconds, key = _PLACE.unpack(_bytes(word, _PLACE.size))
    if not 0 <= microseconds <= _MOST_MICROSECONDS:
        raise ValueError("out of range")
    return Place(_EPOCH + timedelta(microseconds=microseconds), UUID(bytes=key))


def from_number(number: int) -> str:
    """The cursor of a row's number."""
    return _word(_NUMBER.pack(number))


def to_number(word: str) -> int:
    """The number behind a cursor. Raises ValueError."""
    number: int = _NUMBER.unpack(_bytes(word, _NUMBER.size))[0]
    return number


def _word(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(word: str, size: int) -> bytes:
    try:
        data = base64.b64decode(word + "=" * (-len(word) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error
    if len(data) != size:
        raise ValueError("wrong length")
    return data
