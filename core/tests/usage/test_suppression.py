"""Small numbers: what each profile hides, and that nothing hidden can be worked out from its neighbours."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers_core.usage.suppression import HIDDEN, suppress

counts = st.lists(st.integers(0, 500), min_size=1, max_size=12)


@given(counts)
def test_hes_hides_one_to_seven_and_rounds_to_five(numbers: list[int]) -> None:
    for number, shown in zip(numbers, suppress(numbers, "hes"), strict=True):
        if number == 0:
            assert shown == 0
        elif number <= 7:
            assert shown is HIDDEN
        else:
            assert shown is not None
            assert shown % 5 == 0
            assert abs(shown - number) <= 2


@given(counts)
def test_fft_never_hides_exactly_one_beside_others(numbers: list[int]) -> None:
    shown = suppress(numbers, "fft")
    hidden = shown.count(HIDDEN)
    others = sum(1 for number in numbers if number)
    assert hidden != 1 or others == 1


@given(counts)
def test_gpps_hides_fewer_than_ten(numbers: list[int]) -> None:
    for number, shown in zip(numbers, suppress(numbers, "gpps"), strict=True):
        assert (shown is HIDDEN) == (1 <= number < 10)


def test_unknown_profile() -> None:
    with pytest.raises(LookupError):
        suppress([1], "none")
