"""Hiding small numbers, by the profile that a study chose. Done before any percentage or growth is worked out."""

from __future__ import annotations

from collections.abc import Sequence

from layers_core.vocabulary import vocabulary

HIDDEN = None
"""What stands for a number that is too small to show."""


def suppress(counts: Sequence[int], profile: str) -> list[int | None]:
    """Counts as they may be shown: HIDDEN for small ones, the others rounded as the profile says; zero is kept.

    Where a profile asks for it and one count alone is hidden, the next lowest that isn't zero is hidden as well, so
    that nobody can work it out from a total. Raises LookupError for an unknown profile.
    """
    profiles = vocabulary("suppression")
    if profile not in profiles:
        raise LookupError(f"No suppression profile {profile}")
    rules = profiles[profile]
    low, high = rules["hide"]
    hidden = {place for place, count in enumerate(counts) if low <= count <= high}
    if rules["second"] and len(hidden) == 1:
        others = [(count, place) for place, count in enumerate(counts) if count and place not in hidden]
        if others:
            hidden.add(min(others)[1])
    step = rules["round_to"]
    return [HIDDEN if place in hidden else _rounded(count, step) for place, count in enumerate(counts)]


def _rounded(count: int, step: int) -> int:
    # Whole-number arithmetic: Python's own round() sends halves to the even neighbour.
    return (2 * count + step) // (2 * step) * step
