"""What can go wrong between a service and the database, each with a name of its own."""

from __future__ import annotations


class DatabaseUrlError(ValueError):
    """The database address is of a kind that an instance cannot run on."""


class UnitError(RuntimeError):
    """A unit of work was used wrongly, or can no longer be saved whole. Everything in it is rolled back."""


class CommitRefused(UnitError):
    """Code inside a unit tried to end its transaction (commit, roll back or close). Only the unit itself may."""


class NestedUnit(UnitError):
    """A second unit was opened inside one by the same thread: the two could not be saved as one."""


class ReadOnly(RuntimeError):
    """Something was changed in a session that was opened for reading."""


class WriterBusy(TimeoutError):
    """Another unit of this process kept the SQLite database for too long; nothing was written."""


class MigrationError(RuntimeError):
    """The tables of a distribution cannot be brought up to date. `slug` says whose, `reason` why and what to do."""

    def __init__(self, slug: str, reason: str) -> None:
        super().__init__(f"{slug}: {reason}")
        self.slug = slug
        self.reason = reason
