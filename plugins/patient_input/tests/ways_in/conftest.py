"""A reader of QR codes, written from the standard (ISO/IEC 18004) and without the library that draws ours."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

BLOCKS = {
    # (version, level): blocks as (number, codewords of data); our addresses need no larger code.
    (3, "Q"): [(2, 17)], (3, "H"): [(2, 13)],
    (4, "Q"): [(2, 24)], (4, "H"): [(4, 9)],
    (5, "Q"): [(2, 15), (2, 16)], (5, "H"): [(2, 11), (2, 12)],
    (6, "Q"): [(4, 19)], (6, "H"): [(4, 15)],
    (7, "Q"): [(2, 14), (4, 15)], (7, "H"): [(4, 13), (1, 14)],
    (8, "Q"): [(4, 18), (2, 19)], (8, "H"): [(4, 14), (2, 15)],
}  # fmt: skip
LEVELS = {0b01: "L", 0b00: "M", 0b11: "Q", 0b10: "H"}
MASKS: list[Callable[[int, int], bool]] = [
    lambda y, x: (y + x) % 2 == 0,
    lambda y, x: y % 2 == 0,
    lambda y, x: x % 3 == 0,
    lambda y, x: (y + x) % 3 == 0,
    lambda y, x: (y // 2 + x // 3) % 2 == 0,
    lambda y, x: y * x % 2 + y * x % 3 == 0,
    lambda y, x: (y * x % 2 + y * x % 3) % 2 == 0,
    lambda y, x: ((y + x) % 2 + y * x % 3) % 2 == 0,
]
FORMAT = [(8, 0), (8, 1), (8, 2), (8, 3), (8, 4), (8, 5), (8, 7), (8, 8), (7, 8), (5, 8), (4, 8), (3, 8), (2, 8),
          (1, 8), (0, 8)]  # fmt: skip
QUIET = 4


def drawn(svg: str) -> set[tuple[int, int]]:
    """The dark modules (row, column) of a code that a page of ours draws."""
    (path,) = re.findall(r'<path fill="#000" d="([^"]+)"', svg)
    return {(int(y) - QUIET, int(x) - QUIET) for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", path)}


def read(dark: set[tuple[int, int]]) -> str:
    """The text of a code that is not soiled."""
    size = max(max(place) for place in dark) + 1
    version = (size - 17) // 4
    assert size == 17 + 4 * version
    bits = int("".join(str(int(place in dark)) for place in FORMAT), 2) ^ 0b101010000010010
    mask = MASKS[bits >> 10 & 7]
    taken = _function_modules(size, version)
    stream = [((y, x) in dark) != mask(y, x) for y, x in _path(size) if (y, x) not in taken]
    words = [int("".join(str(int(bit)) for bit in stream[at : at + 8]), 2) for at in range(0, len(stream) - 7, 8)]
    data = _in_order(words, BLOCKS[version, LEVELS[bits >> 13]])
    text = "".join(f"{word:08b}" for word in data)
    assert text[:4] == "0100", "no code of bytes"
    count = int(text[4:12], 2)
    return bytes(int(text[at : at + 8], 2) for at in range(12, 12 + 8 * count, 8)).decode("ascii")


def _function_modules(size: int, version: int) -> set[tuple[int, int]]:
    taken = {(y, x) for y in range(size) for x in range(size) if y == 6 or x == 6}
    for top, left, high, wide in ((0, 0, 9, 9), (0, size - 8, 9, 8), (size - 8, 0, 8, 9)):
        taken |= {(y, x) for y in range(top, top + high) for x in range(left, left + wide)}
    last = size - 7
    centres = [6, last] if version < 7 else [6, 6 + (last - 6) // 2, last]
    for y, x in ((y, x) for y in centres for x in centres):
        if (y, x) not in {(6, 6), (6, last), (last, 6)}:
            taken |= {(y + down, x + right) for down in range(-2, 3) for right in range(-2, 3)}
    if version >= 7:
        taken |= {place for y in range(6) for x in range(size - 11, size - 8) for place in ((y, x), (x, y))}
    return taken


def _path(size: int) -> list[tuple[int, int]]:
    places, up = [], True
    for right in range(size - 1, 0, -2):
        # The column of the clock belongs to no pair.
        column = right - 1 if right <= 6 else right
        rows = range(size - 1, -1, -1) if up else range(size)
        places += [(y, x) for y in rows for x in (column, column - 1)]
        up = not up
    return places


def _in_order(words: list[int], blocks: list[tuple[int, int]]) -> list[int]:
    sizes = [size for number, size in blocks for _block in range(number)]
    found: list[list[int]] = [[] for _size in sizes]
    rest = iter(words)
    for place in range(max(sizes)):
        for block, size in zip(found, sizes, strict=True):
            if place < size:
                block.append(next(rest))
    return [word for block in found for word in block]


@pytest.fixture
def read_codes() -> Callable[[str], list[str]]:
    """`read_codes(html)` gives what the QR codes on a page say, in their order."""
    return lambda html: [read(drawn(svg)) for svg in re.findall(r"<svg[^>]*layers-chart.*?</svg>", html, re.DOTALL)]
