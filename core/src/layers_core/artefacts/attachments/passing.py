"""Files that were made for one person to fetch within a day. Nothing in them stands there alone: no back-up needs them.

Whoever makes one keeps who may have it, under the file's key, and asks that before handing it out.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast
from uuid import UUID

_HALF = ".half"


def is_older(path: Path, latest: float) -> bool:
    """Whether a file was last written at that moment or before; one that went meanwhile was not."""
    try:
        return path.stat().st_mtime <= latest
    except FileNotFoundError:
        return False


class PassingFiles:
    """The files of an instance that go after a day (`layers files sweep`)."""

    def __init__(self, root: Path) -> None:
        """Take the folder; it is made with the first file."""
        self.root = root

    def path(self, key: UUID) -> Path:
        """Where a file lies or would lie."""
        return self.root / str(key)

    @contextmanager
    def writing(self, key: UUID) -> Iterator[BinaryIO]:
        """A stream to write to, which may be read again and moved about in; the file is there once the block has ended.

        Raises OSError where the disk refuses. After an error in the block nothing is left.
        """
        # Only whoever runs the instance may read what was made for somebody.
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        half = self._half(key)
        try:
            with open(os.open(half, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b") as stream:
                yield cast("BinaryIO", stream)
            os.replace(half, self.path(key))
        finally:
            half.unlink(missing_ok=True)

    def remove(self, key: UUID) -> None:
        """Delete a file, whole or half, if it is there."""
        for path in (self.path(key), self._half(key)):
            path.unlink(missing_ok=True)

    def sweep(self, seconds: float) -> int:
        """Delete the files, whole and half, that were last written so long ago; gives how many."""
        latest = time.time() - seconds
        old = [path for path in self.root.glob("*") if path.is_file() and is_older(path, latest)]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def _half(self, key: UUID) -> Path:
        return self.path(key).with_suffix(_HALF)
