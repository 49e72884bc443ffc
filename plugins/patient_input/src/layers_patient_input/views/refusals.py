"""Why something was not saved, as a page shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import abort

from layers_core.artefacts.errors import CheckFailed, DraftRefused, GuardStop, NotAllowed
from layers_core.contract import Problem
from layers_core.host.doors import DoorFault
from layers_core.i18n import gettext as _


@dataclass(frozen=True)
class Refusal:
    """Nothing was saved; the form is shown again with what was typed."""

    status: int
    problems: tuple[Problem, ...]
    stop: GuardStop | None = None


def tried(work: Callable[[], object]) -> Refusal | None:
    """Do something that saves; what the writer can mend or try again comes back. Raises NotFound and EditConflict."""
    try:
        work()
    except DraftRefused as refused:
        return Refusal(422, tuple(dict.fromkeys(refused.problems)))
    except GuardStop as stop:
        return Refusal(422, stop.problems, stop)
    except NotAllowed:
        abort(404)
    except (CheckFailed, DoorFault):
        words = _("This could not be saved just now. Your words are still here: try again in a minute")
        return Refusal(503, (Problem(words),))
    return None
