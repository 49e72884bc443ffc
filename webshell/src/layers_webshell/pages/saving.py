"""Why something was not saved, as a page shows it: the status, the problems, the guard's findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from flask import abort

from layers_core.artefacts.errors import CheckFailed, DraftRefused, GuardStop, NotAllowed, NotFound
from layers_core.contract import Problem
from layers_core.host.faults import DoorFault
from layers_core.i18n import gettext as _

Result = TypeVar("Result")


@dataclass(frozen=True)
class Refusal:
    """Nothing was saved; the form is shown again with what was typed."""

    status: int = 422
    problems: tuple[Problem, ...] = ()
    stop: GuardStop | None = None


class Attempt(NamedTuple):
    """What came of trying to save: a result or a refusal."""

    result: object
    refusal: Refusal | None


def refused(problems: Iterable[Problem]) -> Refusal:
    """A refusal because of problems that the writer can mend; each is named once."""
    return Refusal(problems=tuple(dict.fromkeys(problems)))


def attempt(work: Callable[[], object]) -> Attempt:
    """Try to save. What the writer can mend, or try again, comes back as a refusal; what is not there is a 404."""
    try:
        return Attempt(work(), None)
    except DraftRefused as error:
        return Attempt(None, refused(error.problems))
    except GuardStop as stop:
        return Attempt(None, Refusal(problems=stop.problems, stop=stop))
    except (NotAllowed, NotFound):
        abort(404)
    except (CheckFailed, DoorFault):
        text = _("This could not be saved just now. Your words are still here: try again in a minute")
        return Attempt(None, Refusal(status=503, problems=(Problem(text),)))
