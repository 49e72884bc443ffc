"""Why a save did not happen. Each of these leaves everything as it was and the writer's text with the caller."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from layers_core.contract import Problem, Thing
from layers_core.i18n import gettext as _

if TYPE_CHECKING:
    from layers_core.privacy.identifiers import Span

TEXT_LIMIT = 10_000


class SaveRefused(Exception):
    """The parent of every reason for which nothing was saved."""


class NotAllowed(SaveRefused):
    """The actor may not do this; a page answers as if the thing did not exist."""


class NotFound(SaveRefused):
    """There is no such thing for this actor."""


class DraftRefused(SaveRefused):
    """The draft has problems that the writer can mend."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(str(problem.message) for problem in problems))
        self.problems = tuple(problems)


class CheckFailed(SaveRefused):
    """A plugin's check did not answer, so the save is refused for now."""


class EditConflict(SaveRefused):
    """Somebody changed the thing since the writer opened it; `current` is what it says now."""

    def __init__(self, current: Thing) -> None:
        super().__init__("Changed by somebody else meanwhile")
        self.current = current


@dataclass(frozen=True)
class Marked:
    """One of the draft's texts with the marks that the identifier guard put on it."""

    text: str
    spans: tuple[Span, ...]


class GuardStop(SaveRefused):
    """The guard marked words that the writer has not looked at yet, or has not explained for a wider audience.

    `editing` says that the writer has just put safer words in: there may be nothing marked any more.
    """

    def __init__(self, marked: Sequence[Marked], fingerprint: str, *, wider: bool, editing: bool = False) -> None:
        super().__init__("The identifier guard marked words")
        self.marked = tuple(marked)
        self.fingerprint = fingerprint
        self.wider = wider
        self.editing = editing

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What to say on top of the form; nothing to a writer who is still putting safer words in."""
        return () if self.editing else (Problem(_("Check the words that we marked"), "guard_checked"),)


def require_text(text: str, field: str, message: str) -> None:
    """Raise DraftRefused, naming the field, where a text is empty or too long to keep."""
    if not text.strip():
        raise DraftRefused([Problem(message, field)])
    if len(text) > TEXT_LIMIT:
        raise DraftRefused([Problem(_("This must be 10,000 characters or fewer"), field)])
