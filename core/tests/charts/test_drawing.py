"""The picture: everything in its place, told apart by shape, readable by everybody, harmless whatever people wrote."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from xml.etree.ElementTree import Element, fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers_core import charts
from layers_core.charts.drawing import LEFT, PLOT, SHAPES
from layers_core.charts.scale import NARROW, WIDE, axis, labelled
from layers_core.i18n import format_month

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '<script>alert(1)</script>\x00\ud800 & "quotes" \' ]]> </svg>'
values = st.lists(
    st.one_of(st.none(), st.integers(0, 100), st.floats(0, 100, allow_nan=False), st.floats(-1e9, 1e9)), max_size=40
)


def months(numbers: Sequence[float | None], label: str = "") -> list[charts.Point]:
    days = [date(2024 + place // 12, place % 12 + 1, 1) for place in range(len(numbers))]
    return [charts.Point(day, label or format_month(day), value) for day, value in zip(days, numbers, strict=True)]


def picture(chart: charts.Chart, heading: str = "Answers") -> Element:
    return fromstring(charts.figure(chart, heading).svg)


def looks(svg: Element, look: str) -> list[Element]:
    return [element for element in svg.iter() if element.get("class") == f"layers-chart__{look}"]


def words(svg: Element) -> list[str]:
    return [element.text or "" for element in svg.iter(f"{SVG}text")]


def marks(svg: Element) -> dict[str, list[str]]:
    """The hover words of the marks, by look."""
    found = {"point": [title.text or "" for group in looks(svg, "point") for title in group.iter(f"{SVG}title")]}
    for look in SHAPES:
        holders = [holder for holder in svg.iter(f"{SVG}svg") if looks(holder, look) and len(holder) == 2]
        found[look] = [holder.findtext(f"{SVG}title") or "" for holder in holders]
    return found


def both(numbers: Sequence[float | None], **more: object) -> list[charts.Chart]:
    measure = charts.Measure("Answers", better="up")
    points, changes = months(numbers), [charts.Change(date(2024, 6, 1), "A change")]
    return [
        charts.run_chart(points, measure),
        charts.control_chart(points, measure),
        charts.control_chart(points, measure, changes),
    ]


@given(values)
def test_every_point_and_gap_has_one_mark_within_the_plot(numbers: list[float | None]) -> None:
    for chart in both(numbers):
        svg = picture(chart)
        told = [words for found in marks(svg).values() for words in found]
        assert sorted(word.partition(":")[0] for word in told) == sorted(point.label for point in chart.points)
        assert len(marks(svg)["gap"]) == numbers.count(None)
        for name in ("x", "cx", "x1", "x2"):
            places = [element.get(name, "") for element in svg.iter() if element.get(name, "").endswith("%")]
            assert all(0 <= float(place.rstrip("%")) <= 100 for place in places)
        for circle in svg.iter(f"{SVG}circle"):
            assert 0 <= float(circle.get("cy", "")) <= PLOT
        for look in ("grid", "axis", "centre", "limit", "line"):
            for holder in looks(svg, look):
                for line in holder.iter(f"{SVG}line"):
                    in_key = line.get("x1") == f"-{LEFT}"
                    assert in_key or all(-0.1 <= float(line.get(end, "")) <= PLOT + 0.1 for end in ("y1", "y2"))


@given(values)
def test_nothing_in_a_picture_needs_a_stylesheet_or_breaks_the_policy(numbers: list[float | None]) -> None:
    for chart in both(numbers):
        for written in (charts.figure(chart, "Answers").svg, charts.as_file(chart, "Answers").decode()):
            svg = fromstring(written.encode())
            assert "style" not in {name for element in svg.iter() for name in element.attrib}
            assert {element.tag.removeprefix(SVG) for element in svg.iter()} <= {
                "svg", "title", "desc", "g", "line", "circle", "path", "text", "rect",
            }  # fmt: skip
            ids = [element.get("id") for element in svg.iter() if element.get("id")]
            assert svg.get("aria-labelledby") == " ".join(ids)
            for element in svg.iter():
                if (element.get("class") or "").startswith("layers-chart__") and element.tag != f"{SVG}text":
                    assert element.get("fill") or element.get("stroke"), element.attrib


def test_it_has_a_name_and_says_what_it_shows() -> None:
    chart = charts.run_chart(months([1, 2] * 4 + [9] * 10), charts.Measure("Answers"))
    svg = picture(chart, "Answers by month")
    assert svg.get("role") == "img"
    assert svg.findtext(f"{SVG}title") == "Answers by month"
    told = svg.findtext(f"{SVG}desc") or ""
    assert told.startswith("Answers, January 2024 to June 2025.")
    assert all(finding in told for finding in charts.findings(chart))


def test_what_signals_differs_in_shape_from_what_does_not() -> None:
    assert len(set(SHAPES.values())) == len(SHAPES)
    values = [10, 12] * 6 + [30, 10, 12, -9, None, 11]
    expected = {"up": ("good", "bad"), "down": ("bad", "good"), "": ("neutral", "neutral")}
    for better, (high, low) in expected.items():
        measure = charts.Measure("Answers", better=better)  # type: ignore[arg-type]
        found = marks(picture(charts.control_chart(months(values), measure)))
        assert "January 2025: 30" in found[high]
        assert "April 2025: -9" in found[low]
        assert found["gap"] == ["May 2025: No number"]
        assert len(found["point"]) == 15


def test_the_key_names_what_is_there_and_nothing_else() -> None:
    share = charts.share("Positive answers", better="up")
    quiet = words(picture(charts.control_chart(months([80, 82] * 8), share)))
    assert {"Mean: 81.0%", "Limits: 75.7% to 86.3%"} <= set(quiet)
    assert not {"Improvement", "Concern", "Change", "No number"} & set(quiet)
    loud = words(picture(charts.control_chart(months([80, 82] * 8 + [20, None]), share)))
    assert {"Concern", "No number"} <= set(loud)
    moved = [charts.Change(date(2024, 5, 1), "Larger letters"), charts.Change(date(2024, 9, 1), "x " * 60)]
    divided = words(picture(charts.run_chart(months([80, 82] * 8), share, moved)))
    assert "Middle line (median)" in divided
    assert [word for word in divided if word.endswith("Larger letters")] == ["1: Larger letters"]
    assert all(len(word) <= 36 for word in divided)


@given(st.lists(st.floats(0, 100), min_size=2, max_size=30), st.sampled_from(["run_chart", "control_chart"]))
def test_lines_of_a_share_are_drawn_within_what_is_possible(numbers: list[float], kind: str) -> None:
    chart = getattr(charts, kind)(months(numbers), charts.share("Positive answers"))
    found = axis(chart)
    assert found.low >= 0
    assert found.high <= 100
    assert not [word for word in words(picture(chart)) if word.startswith("-")]


@given(values)
def test_the_axis_has_a_few_round_numbers_and_room_for_every_point(numbers: list[float | None]) -> None:
    for chart in both(numbers):
        found = axis(chart)
        assert 2 <= len(found.ticks) <= 8
        assert all(-1e-6 <= found.share(float(value)) <= 1 + 1e-6 for value in numbers if value is not None)
        shown = words(picture(chart))
        ticks = [word for word in shown if re.fullmatch(r"-?[\d,.]+", word)]
        assert len(ticks) >= len(found.ticks)


def test_an_axis_begins_at_nought_where_that_is_near() -> None:
    def low(numbers: list[float]) -> float:
        return axis(charts.run_chart(months(numbers), charts.Measure("Answers", low=0))).low

    assert low([3, 9, 14]) == 0
    assert low([80, 90, 85]) >= 75
    assert low([0, 0, 0]) == 0


@given(st.integers(1, 400))
def test_labels_are_thinned_out_for_the_room_there_is(count: int) -> None:
    wide, narrow = labelled(count)
    assert set(narrow) <= set(wide) <= set(range(count))
    assert 1 <= len(narrow) <= NARROW
    assert len(wide) <= WIDE


def test_three_years_of_months_are_labelled_at_the_same_month() -> None:
    svg = picture(charts.run_chart(months(list(range(36))), charts.Measure("Answers")))
    more = [element.text for element in looks(svg, "more")]
    assert more == ["Apr", "Jul", "Oct"] * 3
    assert [word for word in words(svg) if word in ("Jan", "2024", "2025", "2026")] == [
        "Jan", "2024", "Jan", "2025", "Jan", "2026",
    ]  # fmt: skip


@pytest.mark.parametrize("period", ["day", "week", "month", "quarter", "year"])
def test_every_period_has_its_labels(period: charts.Period) -> None:
    measure = charts.Measure("Answers", period=period)
    svg = picture(charts.run_chart(months([1, 2, 3]), measure))
    assert {"day": "1 Jan", "week": "1 Jan", "month": "Jan", "quarter": "Jan", "year": "2024"}[period] in words(svg)


def test_what_people_wrote_stays_words() -> None:
    measure = charts.Measure(HOSTILE, HOSTILE)
    points = [charts.Point(date(2026, 1, 1), HOSTILE, 1), charts.Point(date(2026, 2, 1), HOSTILE, None, None, HOSTILE)]
    chart = charts.control_chart(points, measure, [charts.Change(date(2026, 1, 1), HOSTILE)])
    svg = picture(chart, HOSTILE)
    assert svg.findtext(f"{SVG}title") == HOSTILE.replace("\x00\ud800", "")
    written = charts.as_file(chart, HOSTILE).decode()
    assert "<script" not in written
    assert "<script" not in charts.figure(chart, HOSTILE).svg
    assert charts.figure(chart, HOSTILE).svg.__html__() == charts.figure(chart, HOSTILE).svg


def test_a_file_stands_alone_on_a_background_of_its_own() -> None:
    written = charts.as_file(charts.run_chart(months([1, 2, 3]), charts.Measure("Ответы")), "Answers")
    assert written.startswith(b"<?xml version='1.0' encoding='utf-8'?>")
    svg = fromstring(written)
    assert svg.get("viewBox") == f"0 0 {svg.get('width')} {svg.get('height')}"
    assert svg.get("font-family")
    background = svg.find(f"{SVG}rect")
    assert background is not None
    assert background.get("fill") == "#ffffff"


def test_two_charts_of_a_page_have_different_ids() -> None:
    chart = charts.run_chart(months([1, 2, 3]), charts.Measure("Answers"))
    assert charts.figure(chart, "Answers").key != charts.figure(chart, "Positive answers").key
