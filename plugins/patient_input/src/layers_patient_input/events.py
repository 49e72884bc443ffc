"""Usage events of patient input. None holds a word of what anybody wrote."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from layers_core.usage.events import Tier, UsageEvent

Changes = Literal["made", "planned", "none"]
"""What a response says that changes: the codes of data/changes.json."""


@dataclass(frozen=True)
class Answered(UsageEvent):
    """A patient answered a public form. It has no actor."""

    name: ClassVar[str] = "patient_input.answered"
    tier: ClassVar[Tier] = "producing"
    verb: ClassVar[str] = "http://adlnet.gov/expapi/verbs/answered"
    with_words: bool
    """Whether the answer has words besides the score."""


@dataclass(frozen=True)
class Released(UsageEvent):
    """Somebody looked at an answer and let the practice see it."""

    name: ClassVar[str] = "patient_input.released"
    tier: ClassVar[Tier] = "using"
    redacted: bool
    """Whether words were removed or changed before."""


@dataclass(frozen=True)
class KeptBack(UsageEvent):
    """Somebody looked at an answer and kept it back."""

    name: ClassVar[str] = "patient_input.kept_back"
    tier: ClassVar[Tier] = "using"


@dataclass(frozen=True)
class AnswerWithdrawn(UsageEvent):
    """A patient took an answer back, or the file that it came in was undone. It has no actor."""

    name: ClassVar[str] = "patient_input.withdrawn"
    tier: ClassVar[Tier] = "using"


@dataclass(frozen=True)
class AnswersImported(UsageEvent):
    """Somebody brought answers in from a file."""

    name: ClassVar[str] = "patient_input.imported"
    tier: ClassVar[Tier] = "using"
    answers: int
    """How many answers came in."""
    wrong: int
    """How many rows of the file could not be read."""


@dataclass(frozen=True)
class Published(UsageEvent):
    """Somebody told patients what they said, what was learned and what was done."""

    name: ClassVar[str] = "patient_input.published"
    tier: ClassVar[Tier] = "producing"


@dataclass(frozen=True)
class Replied(UsageEvent):
    """Somebody replied to one patient, who reads it with their receipt code."""

    name: ClassVar[str] = "patient_input.replied"
    tier: ClassVar[Tier] = "producing"
    change: Changes
    """What the reply says that changes."""


@dataclass(frozen=True)
class TipShown(UsageEvent):
    """Somebody showed a patient's tip to other patients."""

    name: ClassVar[str] = "patient_input.tip_shown"
    tier: ClassVar[Tier] = "using"


@dataclass(frozen=True)
class ReturnSent(UsageEvent):
    """Somebody said that a month's figures of the Friends and Family Test were sent."""

    name: ClassVar[str] = "patient_input.return_sent"
    tier: ClassVar[Tier] = "using"
    in_time: bool
    """Whether that was said by the day on which the return is due."""


@dataclass(frozen=True)
class FormMade(UsageEvent):
    """Somebody made a form of the practice's own. No patient meets it yet."""

    name: ClassVar[str] = "patient_input.form_made"
    tier: ClassVar[Tier] = "producing"
    verb: ClassVar[str] = "http://activitystrea.ms/create"
    how: Literal["built", "copied", "imported"]
    """Whether it was built here, copied from another form here, or came in a file."""


@dataclass(frozen=True)
class FormOpened(UsageEvent):
    """Somebody opened a form of the practice's own to patients."""

    name: ClassVar[str] = "patient_input.form_opened"
    tier: ClassVar[Tier] = "using"


@dataclass(frozen=True)
class TypedIn(UsageEvent):
    """Somebody typed in what a patient said on a card or on the telephone."""

    name: ClassVar[str] = "patient_input.typed_in"
    tier: ClassVar[Tier] = "using"
    by_telephone: bool
    """Whether the patient said it on the telephone."""


@dataclass(frozen=True)
class EntryTakenOut(UsageEvent):
    """Somebody took out an answer that had been typed in by mistake."""

    name: ClassVar[str] = "patient_input.entry_taken_out"
    tier: ClassVar[Tier] = "using"


@dataclass(frozen=True)
class AnswersGathered(UsageEvent):
    """Somebody put answers into a theme."""

    name: ClassVar[str] = "patient_input.answers_gathered"
    tier: ClassVar[Tier] = "using"
    answers: int
    """How many."""


EVENTS: tuple[type[UsageEvent], ...] = (
    Answered,
    Released,
    KeptBack,
    AnswerWithdrawn,
    AnswersImported,
    Published,
    Replied,
    TipShown,
    ReturnSent,
    FormMade,
    FormOpened,
    TypedIn,
    EntryTakenOut,
    AnswersGathered,
)
