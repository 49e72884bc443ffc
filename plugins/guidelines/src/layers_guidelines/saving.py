"""Why something was not saved, as a page shows it: the status, the problems, the guard's findings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from flask import abort

from layers_core.artefacts.errors import CheckFailed, DraftRefused, GuardStop, NotAllowed, NotFound
from layers_core.contract import Problem
from layers_core.host.doors import DoorFault
from layers_core.i18n import gettext as _

Result = TypeVar("Result")


@dataclass(frozen=True)
class Refusal:
    """Nothing was saved; the form is shown again with what was typed."""

    status: int = 422
    problems: tuple[Problem, ...] = ()
    stop: GuardStop | None = None


def attempt(work: Callable[[], Result]) -> Result | Refusal:
    """Try to save. What the writer can mend, or try again, comes back as a refusal; what is not there is a 404."""
    try:
        return work()
    except DraftRefused as error:
        return Refusal(problems=tuple(dict.fromkeys(error.problems)))
    except GuardStop as stop:
        return Refusal(problems=stop.problems, stop=stop)
    except (NotAllowed, NotFound):
        abort(404)
    except (CheckFailed, DoorFault):
        text = _("This could not be saved just now. Your words are still here: try again in a minute")
        return Refusal(status=503, problems=(Problem(text),))
