"""What a person brings: a Leap2A feed, or a zip of ours or of another tool. Opened carefully, and never unpacked."""

from __future__ import annotations

import hashlib
import json
import mimetypes
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import IO, Any, BinaryIO, Protocol, cast
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from layers_core.artefacts.attachments import limit
from layers_core.i18n import gettext as _
from layers_reflect.portfolio import leap2a_reader
from layers_reflect.portfolio.archive import ABOUT, ENTRIES, INDEX, LEAP2A, VERSION
from layers_reflect.portfolio.codec import LINE_LIMIT, entry_from
from layers_reflect.portfolio.interchange import ENTRIES_LIMIT, Entry, FileRecord, Refused, Report
from layers_reflect.portfolio.leap2a_writer import FILES

FEED_NAMES = (LEAP2A, "leap2A.xml", "leap2.xml")
MEMBER_LIMIT = 20_000
DIRECTORY_LIMIT = 8_000_000
"""How many bytes the list of an archive's members may take: 400 for each."""
METHODS = (ZIP_STORED, ZIP_DEFLATED)
"""The ways of packing that are read; others can ask for gigabytes of memory in a few bytes."""
TEXT_LIMIT = 500_000_000
"""How many bytes the entries of a portfolio may take; 5,000 long ones take a tenth of it."""
BOMB_SIZE, BOMB_RATIO = 10_000_000, 200
"""A text that grows to more than the size by more than the ratio was made to fill a disk."""
UNPACKED_LIMIT, UNPACKED_RATIO = 1_000_000_000, 20
"""The files in an archive may grow to the limit, or by the ratio: one content may belong to many entries."""
_BROKEN = (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)


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


@contextmanager
def _saying(words: str) -> Iterator[None]:
    """Refuse with these words what the library finds broken, in whichever way it says so."""
    try:
        yield
    except Refused:
        raise
    except _BROKEN as error:
        raise Refused(words) from error


class _InPieces:
    """A file of which an archive cannot take much at once: the list of its members is read in one piece."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.seek, self.tell, self.seekable = stream.seek, stream.tell, stream.seekable

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(DIRECTORY_LIMIT + 1 if size < 0 else min(size, DIRECTORY_LIMIT + 1))
        if len(data) > DIRECTORY_LIMIT:
            raise Refused(_("There are too many files in this archive"))
        return data


class ZipFiles:
    """The files of a zip, read only when they are asked for, each up to its limit and all up to theirs."""

    def __init__(self, archive: ZipFile, folder: str) -> None:
        self._archive = archive
        self._folder = folder
        self._members = {info.filename: info for info in archive.infolist()}
        self._digests: dict[str, str] = {}
        packed = sum(info.compress_size for info in self._members.values())
        self._left = max(UNPACKED_LIMIT, UNPACKED_RATIO * packed)

    def by_digest(self, digest: str) -> Callable[[], BinaryIO] | None:
        """What opens `files/<digest>`. Opening raises Refused where the content has another digest."""
        info = self._members.get(FILES + digest)
        return (lambda: self._open(info, digest)) if info else None

    def by_path(self, path: str, name: str) -> FileRecord | None:
        """A file beside the feed; None for one that is not there, too large, or outside the archive."""
        info = self._members.get(self._folder + path.removeprefix("./"))
        if info is None or info.is_dir() or info.file_size > limit("bytes_a_file"):
            return None
        try:
            digest = self._digests.get(info.filename) or self._digest(info)
        except Refused:
            return None
        self._digests[info.filename] = digest
        kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
        shown = name or PurePosixPath(path).name
        return FileRecord(shown, kind, info.file_size, digest, lambda: self._open(info, digest))

    def _digest(self, info: ZipInfo) -> str:
        with self._open(info, "") as content:
            return hashlib.file_digest(cast("Any", content), "sha256").hexdigest()

    def _open(self, info: ZipInfo, digest: str) -> BinaryIO:
        from tempfile import SpooledTemporaryFile

        # Whoever opened it closes it; until then it must not go.
        content = cast("BinaryIO", SpooledTemporaryFile(1_000_000))  # noqa: SIM115
        seen = hashlib.sha256()
        try:
            with _saying(_("A file in it is damaged")), self._archive.open(info) as member:
                while piece := member.read(65_536):
                    self._left -= len(piece)
                    if content.tell() + len(piece) > limit("bytes_a_file"):
                        raise Refused(_("A file in it is larger than 10 MB"))
                    if self._left < 0:
                        raise Refused(_("The files in this archive are larger together than can be read"))
                    seen.update(piece)
                    content.write(piece)
            if digest and seen.hexdigest() != digest:
                raise Refused(_("A file in it is not what it was when the archive was made"))
        except Refused:
            content.close()
            raise
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
        with _saying(_("This archive is damaged. Export it again")), self._archive.open(ENTRIES) as lines:
            for number, line in enumerate(_lines(lines), 1):
                report.read += 1
                try:
                    yield entry_from(line, self._files.by_digest)
                except Refused as refused:
                    place = _("%(file)s, line %(number)s", file=ENTRIES, number=number)
                    report.note(_("an entry"), place, str(refused))

    def _check_version(self) -> None:
        try:
            with self._archive.open(ABOUT) as member:
                version = json.loads(member.read(LINE_LIMIT))["version"]
        except (*_BROKEN, KeyError, TypeError) as error:
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
        with _saying(_("This archive is damaged. Export it again")), self._archive.open(self._feed) as stream:
            yield from leap2a_reader.entries(cast("BinaryIO", stream), self._files, report)


def open_source(stream: BinaryIO) -> Source:
    """What a seekable file holds. Raises Refused, in words, where it is neither a feed nor such an archive."""
    start = stream.read(4)
    stream.seek(0)
    if start[:2] != b"PK":
        return FeedSource(stream)
    with _saying(_("This archive is damaged. Export it again")):
        archive = ZipFile(cast("BinaryIO", _InPieces(stream)))
    names = archive.namelist()
    if len(names) > MEMBER_LIMIT:
        raise Refused(_("There are too many files in this archive"))
    if any(info.compress_type not in METHODS for info in archive.infolist()):
        raise Refused(_("This archive is packed in a way that we do not read. Pack it as an ordinary ZIP file"))
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
