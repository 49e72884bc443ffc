"""Usage events: what kinds of content-free fact the log may hold, and the core's own.

The tiers are ImproveCareNow's (Keck 2021): a behaviour makes a person aware of, using or producing resources.
"""

from __future__ import annotations

import types
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, ClassVar, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

Tier = Literal["aware", "using", "producing"]
TIERS: tuple[Tier, ...] = ("aware", "using", "producing")


@dataclass(frozen=True)
class UsageEvent:
    """One declared fact. Subclasses are frozen dataclasses; each field is documented and can hold no free text.

    `name` is `<slug>.<verb in the past>`. `once_a_day` keeps at most one a person, thing and day. `verb` is the xAPI
    verb that says the same, where one exists.
    """

    name: ClassVar[str]
    tier: ClassVar[Tier]
    version: ClassVar[int] = 1
    once_a_day: ClassVar[bool] = False
    verb: ClassVar[str] = ""

    def props(self) -> dict[str, Any]:
        """The fields as JSON values."""
        return {item.name: _plain(getattr(self, item.name)) for item in fields(self)}


def _plain(value: object) -> object:
    return str(value) if isinstance(value, UUID | date) else value


def content_free(event: type[UsageEvent]) -> list[str]:
    """Names of the event's fields that could hold free text: anything but bool, int, UUID, date and Literal."""
    hints = get_type_hints(event)
    return [item.name for item in fields(event) if not _is_content_free(hints[item.name])]


def _is_content_free(hint: object) -> bool:
    if get_origin(hint) in (Union, types.UnionType):
        return all(part is type(None) or _is_content_free(part) for part in get_args(hint))
    return hint in (bool, int, UUID, date) or get_origin(hint) is Literal


AudienceName = Literal["person", "group", "practice", "cluster", "network"]
AUDIENCE_NAMES: dict[str, AudienceName] = {name: name for name in get_args(AudienceName)}


@dataclass(frozen=True)
class Viewed(UsageEvent):
    """Somebody opened a thing's page."""

    name: ClassVar[str] = "core.viewed"
    tier: ClassVar[Tier] = "aware"
    once_a_day: ClassVar[bool] = True
    verb: ClassVar[str] = "http://id.tincanapi.com/verb/viewed"


@dataclass(frozen=True)
class Recorded(UsageEvent):
    """Somebody saved something new."""

    name: ClassVar[str] = "core.recorded"
    tier: ClassVar[Tier] = "producing"
    verb: ClassVar[str] = "http://activitystrea.ms/create"
    audience: AudienceName
    """Who was chosen to see it."""
    prompted: bool
    """Whether it grew out of another thing."""


@dataclass(frozen=True)
class Revised(UsageEvent):
    """Somebody changed what was saved."""

    name: ClassVar[str] = "core.revised"
    tier: ClassVar[Tier] = "producing"
    verb: ClassVar[str] = "http://activitystrea.ms/update"


@dataclass(frozen=True)
class SharedCopy(UsageEvent):
    """Somebody shared a copy of a thing more widely."""

    name: ClassVar[str] = "core.shared_copy"
    tier: ClassVar[Tier] = "producing"
    verb: ClassVar[str] = "http://adlnet.gov/expapi/verbs/shared"
    audience: AudienceName
    """Who can see the copy."""


@dataclass(frozen=True)
class Withdrawn(UsageEvent):
    """Somebody took a thing out of sight, or narrowed who sees it."""

    name: ClassVar[str] = "core.withdrawn"
    tier: ClassVar[Tier] = "using"


@dataclass(frozen=True)
class Linked(UsageEvent):
    """Somebody connected two things."""

    name: ClassVar[str] = "core.linked"
    tier: ClassVar[Tier] = "using"


@dataclass(frozen=True)
class Promised(UsageEvent):
    """Somebody promised to change something."""

    name: ClassVar[str] = "core.promised"
    tier: ClassVar[Tier] = "producing"
    dated: bool
    """Whether it has a due date."""


@dataclass(frozen=True)
class ActionClosed(UsageEvent):
    """Somebody said what came of a promise."""

    name: ClassVar[str] = "core.action_closed"
    tier: ClassVar[Tier] = "producing"
    verb: ClassVar[str] = "http://activitystrea.ms/resolve"
    outcome: Literal["adopt", "adapt", "abandon"]
    """What was decided (PDSA)."""
    in_time: bool
    """Whether it was closed by its due date, or had none."""


@dataclass(frozen=True)
class Commented(UsageEvent):
    """Somebody commented on a thing."""

    name: ClassVar[str] = "core.commented"
    tier: ClassVar[Tier] = "using"
    verb: ClassVar[str] = "http://adlnet.gov/expapi/verbs/commented"


@dataclass(frozen=True)
class SeenAgain(UsageEvent):
    """Somebody answered a thing that came back to them."""

    name: ClassVar[str] = "core.seen_again"
    tier: ClassVar[Tier] = "using"
    answer: Literal["still_true", "used_it", "changed_something", "let_it_go"]
    """What they answered."""


@dataclass(frozen=True)
class PutOff(UsageEvent):
    """Somebody put off a thing that came back to them."""

    name: ClassVar[str] = "core.put_off"
    tier: ClassVar[Tier] = "using"
    until: Literal["week", "month", "slot"]
    """When it should come back."""


@dataclass(frozen=True)
class SlotChosen(UsageEvent):
    """Somebody set time aside each week for what they learnt, or gave it up."""

    name: ClassVar[str] = "core.slot_chosen"
    tier: ClassVar[Tier] = "using"
    minutes: int
    """How many minutes; 0 where it was given up."""
    digest: bool
    """Whether an e-mail comes before it."""


@dataclass(frozen=True)
class ActionMoved(UsageEvent):
    """Somebody changed the day by which a promise is due."""

    name: ClassVar[str] = "core.action_moved"
    tier: ClassVar[Tier] = "using"
    later: bool
    """Whether the new day is later, or there is none any more."""


@dataclass(frozen=True)
class IdentifierDecided(UsageEvent):
    """Somebody saved words that the identifier guard had marked."""

    name: ClassVar[str] = "core.identifier_decided"
    tier: ClassVar[Tier] = "using"
    marks: int
    """How many marks they looked at."""
    explained: bool
    """Whether they said why the words may stay."""


@dataclass(frozen=True)
class MixProposed(UsageEvent):
    """Somebody suggested a change."""

    name: ClassVar[str] = "core.mix_proposed"
    tier: ClassVar[Tier] = "producing"


@dataclass(frozen=True)
class MixSupported(UsageEvent):
    """Somebody supported a suggestion."""

    name: ClassVar[str] = "core.mix_supported"
    tier: ClassVar[Tier] = "using"


@dataclass(frozen=True)
class MixDecided(UsageEvent):
    """A lead or manager changed the practice's mix, or decided on a suggestion."""

    name: ClassVar[str] = "core.mix_decided"
    tier: ClassVar[Tier] = "using"
    change: Literal["switched", "settings", "rolled_back", "accepted", "declined"]
    """What kind of decision it was."""


CORE_EVENTS: tuple[type[UsageEvent], ...] = (
    Viewed,
    Recorded,
    Revised,
    SharedCopy,
    Withdrawn,
    Linked,
    Promised,
    ActionClosed,
    Commented,
    SeenAgain,
    PutOff,
    SlotChosen,
    ActionMoved,
    IdentifierDecided,
    MixProposed,
    MixSupported,
    MixDecided,
)
