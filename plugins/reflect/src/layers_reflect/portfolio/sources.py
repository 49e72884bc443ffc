"""What a person brings: a Leap2A feed, or a zip of ours or of another tool. Opened carefully, and never unpacked."""

from __future__ import annotations

import hashlib
import json
import mimetypes
import zlib
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import IO, BinaryIO, Protocol, cast
from zipfile import BadZipFile, ZipFile, ZipInfo

from layers_core.i18n import gettext as _
from layers_reflect.portfolio import leap2a_reader
from layers_reflect.portfolio.archive import ABOUT, ENTRIES, INDEX, LEAP2A, VERSION
from layers_reflect.portfolio.codec import LINE_LIMIT, entry_from
from layers_reflect.portfolio.interchange import ENTRIES_LIMIT, Entry, FileRecord, Refused, Report
from layers_reflect.portfolio.leap2a_writer import FILES

FEED_NAMES = (LEAP2A, "leap2A.xml", "leap2.xml")
FILE_LIMIT = 10_000_000
MEMBER_LIMIT = 20_000
TEXT_LIMIT = 500_000_000
"""How many bytes the entries of a portfolio may take; 5,000 long ones take a tenth of it."""
BOMB_SIZE, BOMB_RATIO = 10_000_000, 200
"""A text that grows to more than the size by more than the ratio was made to fill a disk."""
_BROKEN = (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError)


class Source(Protocol):
    """A portfolio in a file. `entries` may be asked for again: each time it reads from the start."""

    def entries(self, report: Report) -> Iterator[Entry]:
        """The entries; what is not understood goes into the report. Raises Refused where nothing more can be read."""


class NoFiles:
    """The files of a feed that came alone."""

    def by_digest(self, digest: str) -> Callable[[], BinaryIO] | None:
        """None: no file came along."""
        return None

    def by_path(self, path: str, name: str) -> FileRecord | None:
        """None: no file came along."""
        return None


class FeedSource:
    """A Leap2A feed alone."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def entries(self, report: Report) -> Iterator[Entry]:
        """The entries of the feed."""
        self._stream.seek(0)
        return leap2a_reader.entries(self._stream, NoFiles(), report)


class ZipFiles:
    """The files of a zip, read only when they are asked for, up to their limit."""

    def __init__(self, archive: ZipFile, folder: str) -> None:
        self._archive = archive
        self._folder = folder
        self._members = {info.filename: info for info in archive.infolist()}

    def by_digest(self, digest: str) -> Callable[[], BinaryIO] | None:
        """What opens `files/<digest>`. Opening raises Refused where the content has another digest."""
        info = self._members.get(FILES + digest)
        return (lambda: self._open(info, digest)) if info else None

    def by_path(self, path: str, name: str) -> FileRecord | None:
        """A file beside the feed; None for one that is not there, too large, or outside the archive."""
        info = self._members.get(self._folder + path.removeprefix("./"))
        if info is None or info.is_dir() or info.file_size > FILE_LIMIT:
            return None
        try:
            content = self._open(info, "")
        except Refused:
            return None
        seen = hashlib.sha256()
        with content:
            while piece := content.read(65_536):
                seen.update(piece)
        digest = seen.hexdigest()
        kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
        shown = name or PurePosixPath(path).name
        return FileRecord(shown, kind, info.file_size, digest, lambda: self._open(info, digest))

    def _open(self, info: ZipInfo, digest: str) -> BinaryIO:
        from tempfile import SpooledTemporaryFile

        # Whoever opened it closes it; until then it must not go.
        content = cast("BinaryIO", SpooledTemporaryFile(1_000_000))  # noqa: SIM115
        seen = hashlib.sha256()
        try:
            with self._archive.open(info) as member:
                while piece := member.read(65_536):
                    seen.update(piece)
                    content.write(piece)
                    if content.tell() > FILE_LIMIT:
                        raise Refused(_("A file in it is larger than 10 MB"))
        except _BROKEN as error:
            content.close()
            raise Refused(_("A file in it is damaged")) from error
        if digest and seen.hexdigest() != digest:
            content.close()
            raise Refused(_("A file in it is not what it was when the archive was made"))
        content.seek(0)
        return content


class ArchiveSource:
    """An archive of ours."""

    def __init__(self, archive: ZipFile) -> None:
        self._archive = archive
        self._files = ZipFiles(archive, "")

    def entries(self, report: Report) -> Iterator[Entry]:
        """The entries of the archive's lines; a line that holds none is noted with its number."""
        self._check_version()
        self._note_strangers(report)
        refuse_bomb(self._archive.getinfo(ENTRIES))
        try:
            with self._archive.open(ENTRIES) as lines:
                for number, line in enumerate(_lines(lines), 1):
                    report.read += 1
                    try:
                        yield entry_from(line, self._files.by_digest)
                    except Refused as refused:
                        place = _("%(file)s, line %(number)s", file=ENTRIES, number=number)
                        report.note(_("an entry"), place, str(refused))
        except _BROKEN as error:
            raise Refused(_("This archive is damaged. Export it again")) from error

    def _check_version(self) -> None:
        try:
            with self._archive.open(ABOUT) as member:
                version = json.loads(member.read(LINE_LIMIT))["version"]
        except (*_BROKEN, ValueError, KeyError, TypeError, RecursionError) as error:
            raise Refused(_("This archive does not say what it is: portfolio.json cannot be read")) from error
        if version != VERSION:
            raise Refused(_("This archive was made by a newer version. Bring this one up to date first"))

    def _note_strangers(self, report: Report) -> None:
        ours = {ABOUT, ENTRIES, LEAP2A, INDEX}
        seen: set[str] = set()
        for info in self._archive.infolist():
            digest = info.filename.removeprefix(FILES)
            if info.filename in seen:
                report.note(info.filename[:200], _("the archive"), _("It is in the archive twice"))
            elif info.filename not in ours and not (info.filename.startswith(FILES) and _is_digest(digest)):
                report.note(info.filename[:200], _("the archive"), _("It is no part of a portfolio and is not read"))
            seen.add(info.filename)


class LeapZipSource:
    """A zip of another tool with a Leap2A feed in it, such as Mahara's."""

    def __init__(self, archive: ZipFile, feed: str) -> None:
        self._archive = archive
        self._feed = feed
        self._files = ZipFiles(archive, feed[: feed.rfind("/") + 1])

    def entries(self, report: Report) -> Iterator[Entry]:
        """The entries of the feed, with the files beside it."""
        refuse_bomb(self._archive.getinfo(self._feed))
        try:
            with self._archive.open(self._feed) as stream:
                yield from leap2a_reader.entries(cast("BinaryIO", stream), self._files, report)
        except _BROKEN as error:
            raise Refused(_("This archive is damaged. Export it again")) from error


def open_source(stream: BinaryIO) -> Source:
    """What a seekable file holds. Raises Refused, in words, where it is neither a feed nor such an archive."""
    start = stream.read(4)
    stream.seek(0)
    if start[:2] != b"PK":
        return FeedSource(stream)
    try:
        archive = ZipFile(stream)
    except (*_BROKEN, ValueError) as error:
        raise Refused(_("This archive is damaged. Export it again")) from error
    names = archive.namelist()
    if len(names) > MEMBER_LIMIT:
        raise Refused(_("There are too many files in this archive"))
    if ENTRIES in names:
        return ArchiveSource(archive)
    feed = min((name for name in names if PurePosixPath(name).name in FEED_NAMES), key=len, default=None)
    if feed is None:
        raise Refused(_("There is no portfolio in this archive: neither entries.jsonl nor leap2a.xml"))
    return LeapZipSource(archive, feed)


def _is_digest(text: str) -> bool:
    return len(text) == 64 and not set(text) - set("0123456789abcdef")


def _lines(stream: IO[bytes]) -> Iterator[bytes]:
    """The lines of a stream; one that is too long comes cut off, and what follows in it is passed over."""
    left, count, whole = TEXT_LIMIT, 0, True
    while line := stream.readline(LINE_LIMIT + 1):
        left -= len(line)
        if left < 0 or count >= ENTRIES_LIMIT:
            raise Refused(_("There is more text in this archive than can be read"))
        if whole:
            count += 1
            yield line
        whole = line.endswith(b"\n")


def refuse_bomb(info: ZipInfo) -> None:
    """Raise Refused for a text that would grow beyond all measure."""
    if info.file_size > BOMB_SIZE and info.file_size > BOMB_RATIO * info.compress_size:
        raise Refused(_("This archive would grow beyond all measure when it is read"))
