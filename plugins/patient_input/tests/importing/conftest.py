"""A file of answers, and what whoever brings it in does with it."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from sqlalchemy import select

from layers_core.artefacts.attachments.store import FileStore
from layers_core.aside.service import Turn
from layers_patient_input.importing import job, reading, service
from layers_patient_input.importing.models import ImportFault
from layers_patient_input.importing.reading import ImportView, Looked
from layers_patient_input.models import Tally

if TYPE_CHECKING:
    from ..conftest import House

FILE = """Date,Answer,Comments,Channel
14/03/2026,Very good,"Kind, and
quick",SMS
15/03/2026,Poor,,SMS
15/03/2026,Five stars,The letter was too small to read,SMS
16/03/2026,Don't know,,Phone
soon,Good,,SMS
"""


@dataclass
class Importing:
    """The house, with files."""

    house: House

    def bring(self, content: str | bytes = FILE, *, by: str = "manager", name: str = "march.csv") -> UUID:
        """Choose a file; gives its key."""
        stream = io.BytesIO(content.encode() if isinstance(content, str) else content)
        return service.bring(self.house.artefacts, self.house.actor(by), stream, name).id

    def view(self, import_id: UUID, by: str = "manager") -> ImportView:
        """The file as its page shows it."""
        actor = self.house.actor(by)
        with self.house.database.read() as session:
            view = reading.import_of(session, actor.practice.id, self.house.host.files.passing, import_id)
        assert view is not None
        return view

    def look(self, import_id: UUID, by: str = "manager", **chosen: Any) -> Looked:
        """The file as it would be read."""
        actor, view = self.house.actor(by), self.view(import_id, by)
        choices = replace(view.choices, **chosen)
        with self.house.database.read() as session:
            return reading.look(session, actor.practice, self.house.host.files.passing, view, choices)

    def begin(self, import_id: UUID, by: str = "manager", **chosen: Any) -> Turn | None:
        """Begin, as soon as everything is chosen."""
        looked = self.look(import_id, by, **{"method": "sms", **chosen})
        return service.begin(self.house.artefacts, self.house.actor(by), import_id, looked)

    def run(
        self, turn: Turn | None, by: str = "manager", said: Callable[[int], object] = lambda done: None
    ) -> ImportView:
        """Bring the rows in, here and now."""
        assert turn is not None
        job.run(self.house.artefacts, self.house.actor(by), turn, said)
        return self.view(turn.id, by)

    def brought(self, content: str | bytes = FILE, by: str = "manager", **chosen: Any) -> ImportView:
        """A file that is brought in."""
        import_id = self.bring(content, by=by)
        return self.run(self.begin(import_id, by, **chosen), by)

    def faults(self, import_id: UUID) -> list[tuple[int, int, str, str]]:
        """The wrong rows: number, line, why, and what stands there."""
        with self.house.database.read() as session:
            rows = session.scalars(
                select(ImportFault).where(ImportFault.import_id == import_id).order_by(ImportFault.number)
            )
            return [(row.number, row.line, row.code, row.value) for row in rows]

    def tally(self) -> Mapping[tuple[str, str, str, str], int]:
        """The totals: by day, scale, answer and method."""
        with self.house.database.read() as session:
            rows = session.scalars(select(Tally))
            return {(str(row.day), row.version, row.code, row.method): row.count for row in rows if row.count}


@pytest.fixture
def importing(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Importing:
    """The house, with files in a folder of its own."""
    monkeypatch.setattr(house.host, "files", FileStore(tmp_path / "files"))
    return Importing(house)
