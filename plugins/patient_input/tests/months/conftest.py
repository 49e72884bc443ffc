"""What the tests of months share: a day that is today, answers on days of their own, a link from long ago."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import update

from layers_core.artefacts.service import ArtefactService
from layers_core.contract import PracticeView
from layers_core.db.session import Database
from layers_core.host.loader import Host
from layers_core.practices import access
from layers_core.practices.access import public_actor
from layers_core.practices.models import PublicLink
from layers_patient_input import service as patients
from layers_patient_input.months import reading

OCTOBER = date(2026, 10, 14)
NOVEMBER = date(2026, 11, 3)
IN_TIME = date(2026, 11, 10)
"""A day on which October is due: by 17 November 2026."""
TOO_LATE = date(2026, 11, 20)


@dataclass
class Desk:
    """Where answers of other days are entered, for the practice called Manor."""

    database: Database
    host: Host

    @property
    def practice(self) -> PracticeView:
        """Manor, as of now."""
        with self.database.read() as session:
            found = access.find_practice(session, self.host, slug="manor")
        assert found is not None
        return found

    def enter(self, scores: Mapping[str, int], day: date = OCTOBER, method: str = "handwritten") -> None:
        """Enter so many answers of each score, as cards of a day."""
        practice = self.practice
        with ArtefactService(self.database, self.host).unit(public_actor(practice)) as unit:
            for score, count in scores.items():
                for _number in range(count):
                    patients.keep(unit, patients.fft_answer(practice, score), patients.Source(method, day))

    def asking_since(self, day: date) -> None:
        """Let the practice's links be from that day."""
        with self.database.write() as session:
            begun = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
            session.execute(update(PublicLink).values(created_at=begun))


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> Callable[[date], None]:
    """`today(day)` makes that day the present one."""
    return lambda day: monkeypatch.setattr(reading, "today_of", lambda _practice: day)


@pytest.fixture
def desk(house: Any, today: Callable[[date], None]) -> Desk:
    """Manor's desk, where patients have been asked since August 2026; October is due."""
    made = Desk(house.database, house.host)
    made.asking_since(date(2026, 8, 20))
    today(IN_TIME)
    return made
