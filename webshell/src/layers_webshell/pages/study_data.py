"""A study's data as one ZIP file, made while it is sent: neither memory nor the first byte wait for a long log."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from layers_core.db.session import Database
from layers_core.usage import csv_writer, export
from layers_core.usage.studies import StudyView

CHUNK = 1_000


class _Sink(io.RawIOBase):
    """Takes what the archive writes and gives it on. It can't seek, so the archive never goes back."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def drain(self) -> bytes:
        """What was written since the last time."""
        data = b"".join(self._parts)
        self._parts.clear()
        return data


def as_zip(database: Database, study: StudyView, codebook: str) -> Iterator[bytes]:
    """The file in parts: `codebook.md`, then `events.csv`, read from one moment's state of the log.

    A fault in the middle leaves a file without its directory, which no program opens.
    """
    sink = _Sink()
    with database.read() as session, zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("codebook.md", codebook)
        with archive.open("events.csv", "w", force_zip64=True) as member:
            for part in csv_parts(export.rows(session, study)):
                member.write(part)
                if data := sink.drain():
                    yield data
    yield sink.drain()


def csv_parts(rows: Iterator[Mapping[str, Any]], chunk: int = CHUNK) -> Iterator[bytes]:
    """Rows as CSV in UTF-8, `chunk` of them at a time, with the header in front of the first."""
    header = True
    while (batch := list(islice(rows, chunk))) or header:
        stream = io.StringIO(newline="")
        csv_writer.write(batch, list(export.COLUMNS), stream)
        stream.seek(0)
        if not header:
            stream.readline()
        header = False
        yield stream.read().encode()
