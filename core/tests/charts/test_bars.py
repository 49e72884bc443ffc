"""Bars: one for each count, within the frame, and an outline for what may not be shown."""

from __future__ import annotations

from itertools import pairwise
from xml.etree.ElementTree import Element, fromstring

from hypothesis import given
from hypothesis import strategies as st

from layers_core.charts import Bar, bar_chart
from layers_core.charts.bars import BAR, BOTTOM, HEIGHT, TOP

SVG = "{http://www.w3.org/2000/svg}"
counts = st.lists(st.one_of(st.none(), st.integers(0, 5_000)), max_size=60)


def drawn(numbers: list[int | None]) -> Element:
    bars = [Bar(count, f"<{place}>") for place, count in enumerate(numbers)]
    return fromstring(bar_chart(bars, "key", "People", "By week", 7, "1–7"))


@given(counts)
def test_each_count_has_a_bar_within_the_frame(numbers: list[int | None]) -> None:
    svg = drawn(numbers)
    bars, base = svg.findall(f"{SVG}rect"), TOP + HEIGHT
    assert len(bars) == len(numbers)
    assert svg.get("height") == str(base + BOTTOM)
    lefts = [float(bar.get("x", "")) for bar in bars]
    assert all(other - one > BAR for one, other in pairwise(lefts))
    for bar, count in zip(bars, numbers, strict=True):
        assert (bar.get("class") == "layers-chart__hidden") == (count is None)
        assert (bar.get("fill") == "none") == (count is None)
        assert float(bar.get("y", "")) >= TOP
        assert float(bar.get("y", "")) + float(bar.get("height", "")) == base
        assert 0 <= float(bar.get("x", "")) <= float(svg.get("width", "")) - BAR


@given(counts)
def test_the_words_are_the_counts_and_some_labels(numbers: list[int | None]) -> None:
    words = [text.text for text in drawn(numbers).iter(f"{SVG}text")]
    labels = [word for word in words if word and word.startswith("<")]
    assert [word for word in words if word not in labels] == ["1–7" if one is None else str(one) for one in numbers]
    assert labels == [f"<{place}>" for place in range(0, len(numbers), 2)]


def test_the_highest_bar_fills_the_height_and_the_others_are_in_proportion() -> None:
    heights = [float(bar.get("height", "")) for bar in drawn([50, 100, 25, 0]).findall(f"{SVG}rect")]
    assert heights == [HEIGHT / 2, HEIGHT, HEIGHT / 4, 0]
