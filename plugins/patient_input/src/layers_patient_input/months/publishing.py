"""What the public may see of a month: no number of people from 1 to 7 can be worked out from it.

Three numbers are published and nothing besides them: positive, negative, and the rest (neither, or don't know). Each is
shown as it is, or as "1 to 7" where it lies there; zero is shown. The number of all answers and the shares are worked
out from what is shown, as a range where a part is hidden. So whoever knows this rule and reads the page finds all
seven values of a hidden number equally possible: no total, share or second cell tells them apart. Answers by method
are not published. Only figures that were sent are, which never change, so that two days show the same; and months have
no answer in common. Hidden is what the HES profile of `layers_core.usage.suppression` hides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from layers_core.usage.suppression import HIDDEN, suppress
from layers_core.vocabulary import vocabulary
from layers_patient_input.months import rules

PROFILE = "hes"


@dataclass(frozen=True)
class Range:
    """From `low` to `high`; both the same where the number is known."""

    low: int
    high: int

    @property
    def exact(self) -> bool:
        """Whether it is one number."""
        return self.low == self.high


@dataclass(frozen=True)
class Published:
    """A month as the public sees it: all answers, and the shares in whole per cent.

    The shares are None where no part is large enough to show: there is nothing to work them out from.
    """

    answers: Range
    positive: Range | None
    negative: Range | None


def published(answers: Mapping[str, int]) -> Published:
    """The public's view of answers by code, on the return's scale."""
    good, poor = rules.positive(answers), rules.negative(answers)
    counts = [good, poor, sum(answers.values()) - good - poor]
    low, high = vocabulary("suppression")[PROFILE]["hide"]
    good_shown, poor_shown, rest_shown = (
        Range(low, high) if shown is HIDDEN else Range(count, count)
        for count, shown in zip(counts, suppress(counts, PROFILE), strict=True)
    )
    parts = (good_shown, poor_shown, rest_shown)
    enough = any(part.low > high for part in parts)
    return Published(
        Range(sum(part.low for part in parts), sum(part.high for part in parts)),
        _share(good_shown, (poor_shown, rest_shown)) if enough else None,
        _share(poor_shown, (good_shown, rest_shown)) if enough else None,
    )


def _share(part: Range, others: Sequence[Range]) -> Range:
    """In whole per cent: to the nearest where it is known, else outwards, so that the range is true."""
    lowest = Fraction(part.low, part.low + sum(other.high for other in others))
    highest = Fraction(part.high, part.high + sum(other.low for other in others))
    if lowest == highest:
        return Range(rules.percent(lowest), rules.percent(lowest))
    return Range(floor(100 * lowest), ceil(100 * highest))
