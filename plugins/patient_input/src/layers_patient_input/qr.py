"""QR codes as SVG, black on white in every colour scheme. Pure."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segno import QRCode

QUIET = 4
"""Empty modules around a code, as the standard asks."""


@dataclass(frozen=True)
class Code:
    """A QR code to be drawn: its side in modules, quiet zone included, and the path of its dark modules."""

    side: int
    path: str


def _made(address: str) -> QRCode:
    # Imported for the first code: 0.05 s of every start, and few pages show one.
    import segno

    return segno.make_qr(address, error="q")


def code(address: str) -> Code:
    """The code of an address; a quarter of it may be soiled or torn."""
    rows = [bytes(row) for row in _made(address).matrix]
    path = "".join(
        f"M{x + QUIET} {y + QUIET}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark
    )
    return Code(len(rows) + 2 * QUIET, path)


def image(address: str) -> bytes:
    """The code of an address as a file."""
    stream = io.BytesIO()
    _made(address).save(stream, kind="svg", scale=10, light="#fff")
    return stream.getvalue()
