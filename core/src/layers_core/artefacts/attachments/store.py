"""Where files lie: under their SHA-256, outside the database, each content once.

A file is never changed. It is whole when it is there at all: written under another name, flushed to the disk, renamed.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from layers_core.artefacts.attachments.passing import PassingFiles, is_older

_DIGEST = re.compile(r"[0-9a-f]{64}")
_HALF = ".half"


class FileStore:
    """The files of an instance."""

    def __init__(self, root: Path) -> None:
        """Take the folder; it is made with the first file."""
        self.root = root
        self.passing = PassingFiles(root / "passing")
        """Files that were made for one person to fetch within a day."""

    def path(self, digest: str) -> Path:
        """Where a content lies or would lie. Raises ValueError for what is no SHA-256."""
        if not _DIGEST.fullmatch(digest):
            raise ValueError("Not a SHA-256")
        return self.root / digest[:2] / digest[2:4] / digest

    def put(self, digest: str, content: bytes) -> None:
        """Keep a content; one that is there already is only said to be wanted again.

        Raises OSError where the disk refuses, ValueError where the content is not that of the digest.
        """
        target = self.path(digest)
        try:
            os.utime(target)
            return
        except FileNotFoundError:
            pass
        if hashlib.sha256(content).hexdigest() != digest:
            raise ValueError("The content is not that of its SHA-256")
        # Only whoever runs the instance may read what people attached.
        for folder in (self.root, target.parent.parent, target.parent):
            with contextlib.suppress(FileExistsError):
                folder.mkdir(mode=0o700, parents=True)
                # Without this a power cut takes a new folder with the file that was flushed into it.
                _flush_folder(folder.parent)
        handle, half = tempfile.mkstemp(dir=target.parent, suffix=_HALF)
        try:
            with open(handle, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(half, target)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(half)
            raise
        _flush_folder(target.parent)

    def read(self, digest: str) -> bytes:
        """A content. Raises FileNotFoundError, ValueError."""
        return self.path(digest).read_bytes()

    def has(self, digest: str) -> bool:
        """Whether a content is there."""
        return self.path(digest).is_file()

    def remove(self, digest: str) -> bool:
        """Delete a content; whether it was there."""
        try:
            self.path(digest).unlink()
        except FileNotFoundError:
            return False
        return True

    def older_than(self, seconds: float) -> Iterator[str]:
        """The contents that were last wanted so long ago, sorted."""
        latest = time.time() - seconds
        for path in self._files():
            if _DIGEST.fullmatch(path.name) and is_older(path, latest):
                yield path.name

    def remove_halves(self, seconds: float) -> int:
        """Delete what was left half written so long ago; gives how many."""
        latest = time.time() - seconds
        halves = [path for path in self._files() if path.suffix == _HALF and is_older(path, latest)]
        for path in halves:
            path.unlink(missing_ok=True)
        return len(halves)

    def _files(self) -> list[Path]:
        return sorted(path for path in self.root.glob("??/??/*") if path.is_file())


def _flush_folder(folder: Path) -> None:
    """Make a new name last through a power cut. Windows knows no such thing for folders."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
