"""What the practice gets to see of an answer, by its moderator's decision. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from layers_core.artefacts.errors import DraftRefused
from layers_core.contract import GuardAnswer, Problem
from layers_core.i18n import gettext as _
from layers_core.privacy.finders.known_names import KnownNames
from layers_patient_input.redaction import redacted
from layers_patient_input.responses import Part
from layers_patient_input.schemas import TEXT_LIMIT

How = Literal["as_is", "redacted", "edited"]
EVERYBODY = "practice"
HEADS_ONLY = "heads"


@dataclass(frozen=True)
class Decision:
    """How an answer is released: unchanged, without the marked words, or with `texts` in place of the patient's.

    `texts` and `translations` are by the place of a part that the patient wrote, from 0; one that `texts` lacks stays.
    `readers` is "practice", "heads" (leads and managers) or the keys of colleagues with commas between. `sure` says
    that an answer which was kept back for another route may be released all the same. `themes` are keys as
    `themes.reading.suggested` gives them.
    """

    how: How
    texts: Mapping[int, str] = field(default_factory=dict)
    translations: Mapping[int, str] = field(default_factory=dict)
    criticality: str = ""
    readers: str = EVERYBODY
    sure: bool = False
    themes: tuple[str, ...] = ()
    guard: GuardAnswer = field(default_factory=GuardAnswer)


@dataclass(frozen=True)
class ReleasedPart(Part):
    """A part as others read it, with the moderator's translation beside it."""

    translation: str = ""

    def as_body(self) -> dict[str, Any]:
        """The part as the thing's body keeps it."""
        return asdict(self)


def released(parts: Sequence[Part], decision: Decision, staff: KnownNames | None = None) -> list[ReleasedPart]:
    """The parts that others may read; one without words left is left out. What was chosen stays as it is.

    Raises DraftRefused where nothing that the patient wrote is left, or a text is longer than 5,000 characters; the
    problems' fields are `text-` and `translation-` with the place of the part.
    """
    kept: list[ReleasedPart] = []
    problems: list[Problem] = []
    place = 0
    for part in parts:
        if not part.words:
            kept.append(ReleasedPart(**asdict(part)))
            continue
        words = _decided(part, place, decision, staff)
        problems += [
            Problem(_("This must be 5,000 characters or fewer"), f"{name}-{place}")
            for name, text in (("text", words.text), ("translation", words.translation))
            if len(text) > TEXT_LIMIT
        ]
        if words.text.strip():
            kept.append(words)
        place += 1
    if not any(part.words for part in kept):
        problems.append(Problem(_("There are no words left. Keep this answer back instead"), "text-0"))
    if problems:
        raise DraftRefused(problems)
    return kept


def _decided(part: Part, place: int, decision: Decision, staff: KnownNames | None) -> ReleasedPart:
    translation = decision.translations.get(place, "")
    if decision.how == "redacted":
        text, translation = redacted(part.text, staff), redacted(translation, staff)
        return ReleasedPart(**asdict(replace(part, text=text)), translation=translation)
    text = decision.texts.get(place, part.text) if decision.how == "edited" else part.text
    return ReleasedPart(**asdict(replace(part, text=text)), translation=translation)
