"""Messages out of a Maildir: each new one is brought in, then moved to where its outcome shows.

Saving comes first, the move after it. A process that ends between the two finds the message in `new/` again, and its
key makes that harmless. What was refused goes to a folder named for the reason, `.refused.<reason>`, as Maildir++ names
folders; what has to wait stays in `new/`.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from layers_reflect.mail.delivering import Delivery, Outcome
from layers_reflect.mail.head import HEAD_LIMIT, HeadTooLong, read_head, recipients
from layers_reflect.mail.letter import LIMIT

SEEN = ":2,S"
REFUSED = ".refused"


class NoMaildir(ValueError):
    """The folder is no Maildir."""


class Maildir:
    """A Maildir that a mail server delivers to."""

    def __init__(self, path: Path, *, remove: bool = False) -> None:
        """Take the folder; with `remove`, a message that was kept is deleted and not moved. Raises NoMaildir."""
        if not (path / "new").is_dir() or not (path / "cur").is_dir():
            raise NoMaildir(f"{path} is no Maildir: it has no folders new and cur")
        self._path = path
        self._remove = remove

    def waiting(self) -> list[Path]:
        """The new messages, in the order in which they came."""
        with os.scandir(self._path / "new") as entries:
            return sorted(Path(entry.path) for entry in entries if not entry.name.startswith("."))

    def take(self, paths: list[Path], delivery: Delivery) -> Iterator[tuple[Path, Outcome]]:
        """Bring these messages in, one after another, and say what became of each. Raises OSError where a move fails.

        Messages that another process took meanwhile are passed over.
        """
        for path in paths:
            try:
                outcome = _bring(path, delivery)
                self._move(path, outcome)
            except FileNotFoundError:
                continue
            yield path, outcome

    def _move(self, path: Path, outcome: Outcome) -> None:
        if outcome.state == "later":
            return
        if outcome.state in ("kept", "here"):
            if self._remove:
                path.unlink()
            else:
                path.rename(self._path / "cur" / f"{path.name}{SEEN}")
            return
        folder = self._path / f"{REFUSED}.{outcome.reason or outcome.state}"
        for part in ("cur", "new", "tmp"):
            (folder / part).mkdir(mode=0o700, parents=True, exist_ok=True)
        path.rename(folder / "cur" / f"{path.name}{SEEN}")


def _bring(path: Path, delivery: Delivery) -> Outcome:
    """Bring one file in. Raises FileNotFoundError where it has gone."""
    try:
        # A link could lead to a file of another user: only what the mail server wrote here is read.
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        raise
    except OSError:
        return Outcome("refused", "unreadable") if path.is_symlink() else Outcome("later")
    with os.fdopen(handle, "rb") as stream:
        facts = os.fstat(stream.fileno())
        if not stat.S_ISREG(facts.st_mode):
            return Outcome("refused", "unreadable")
        large = facts.st_size >= LIMIT
        raw = stream.read(HEAD_LIMIT if large else LIMIT)
    try:
        head = read_head(raw)
    except HeadTooLong:
        return Outcome("refused", "too_complex")
    tokens = recipients(head, delivery.domain)
    give = delivery.refuse_large if large else delivery.deliver
    return _together([give(token, raw) for token in tokens])


def _together(outcomes: list[Outcome]) -> Outcome:
    """What became of a message for several people: to be tried again for one, else kept for one, else refused."""
    for state in ("later", "kept", "here", "refused"):
        for outcome in outcomes:
            if outcome.state == state:
                return outcome
    return Outcome("unknown")
