"""The trail's picture and the comparing of versions: pure parts."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from layers_core.artefacts.trail import Edge, Trail
from layers_core.contract import AudienceView, Thing
from layers_webshell.pages.differences import changes, fields_of
from layers_webshell.pages.picture import BOX_HEIGHT, BOX_WIDTH, GAP_ACROSS, LINES, MARGIN, Picture, cut, draw
from layers_webshell.pages.rows import marked, place, shorten

MOMENT = datetime(2026, 11, 22, tzinfo=UTC)


def thing(number: int) -> Thing:
    key = UUID(int=number)
    audience = AudienceView(key, "practice", "practice", "Practice")
    return Thing(
        key, number, "core.note", f"Thing {number}", {}, "en", key, None, "", audience, "live", 1, MOMENT, MOMENT
    )


def picture(boxes: int, pairs: list[tuple[int, int]], columns: list[int]) -> Picture | None:
    things = {UUID(int=number): thing(number) for number in range(boxes)}
    edges = [Edge(UUID(int=start), UUID(int=end), "leads_to") for start, end in pairs]
    trail = Trail(things, edges, {UUID(int=number): columns[number] for number in range(boxes)})
    return draw(trail, [], UUID(int=0), label=str, url=str)


@st.composite
def graphs(draw_from: st.DrawFn) -> tuple[int, list[tuple[int, int]], list[int]]:
    boxes = draw_from(st.integers(2, 12))
    number = st.integers(0, boxes - 1)
    pairs = draw_from(st.lists(st.tuples(number, number).filter(lambda pair: pair[0] != pair[1]), max_size=20))
    columns = draw_from(st.lists(st.integers(0, 6), min_size=boxes, max_size=boxes))
    return boxes, pairs, columns


@given(graphs())
def test_no_box_covers_another_and_everything_is_inside(graph: tuple[int, list[tuple[int, int]], list[int]]) -> None:
    drawn = picture(*graph)
    assert drawn is not None
    assert len(drawn.boxes) == graph[0]
    assert len(drawn.lines) == len(graph[1])
    for box in drawn.boxes:
        assert 0 <= box.x <= drawn.width - BOX_WIDTH
        assert 0 <= box.y <= drawn.height - BOX_HEIGHT
    for one in drawn.boxes:
        for other in drawn.boxes:
            apart = abs(one.x - other.x) >= BOX_WIDTH or abs(one.y - other.y) >= BOX_HEIGHT
            assert one is other or apart
    for line in drawn.lines:
        ends = [float(number) for number in re.findall(r"-?\d+", line.path)]
        # A line that goes back bends outwards, but no further than its margin.
        assert all(number >= MARGIN - GAP_ACROSS // 2 for number in ends)


def test_one_thing_alone_needs_no_picture() -> None:
    assert picture(1, [], [0]) is None


def test_a_line_over_several_columns_keeps_clear_of_the_boxes_between() -> None:
    drawn = picture(3, [(0, 1), (1, 2), (0, 2)], [0, 1, 2])
    assert drawn is not None
    middle = drawn.boxes[1]
    across = re.search(r"(\d+)H\d+C", drawn.lines[2].path)
    assert across
    assert not middle.y <= int(across.group(1)) <= middle.y + BOX_HEIGHT


@given(st.text(max_size=300))
def test_a_cut_title_is_the_beginning_of_the_title(title: str) -> None:
    lines = cut(title)
    assert 1 <= len(lines) <= LINES
    squeezed = "".join(title.split())
    shown = "".join("".join(lines).split())
    assert squeezed == shown or squeezed.startswith(shown.removesuffix("…"))


@given(st.text(max_size=200), st.text(max_size=200))
def test_the_pieces_give_both_versions_back(before: str, after: str) -> None:
    found = changes({"text": before}, {"text": after})
    assert bool(found) == (before != after)
    for field in found:
        assert "".join(text for how, text in field.pieces if how != "new") == before
        assert "".join(text for how, text in field.pieces if how != "gone") == after


def test_a_very_long_text_is_replaced_whole() -> None:
    (field,) = changes({"text": "a " * 5000}, {"text": "b " * 5000})
    assert [how for how, _text in field.pieces] == ["gone", "new"]


def test_bodies_are_read_as_named_fields() -> None:
    body = {
        "what_happened": "A fall",
        "topics": ["falls", "home"],
        "grades": [{"name": "High"}],
        "none": None,
        "no": "",
    }
    assert [(field.name, field.text) for field in fields_of(body)] == [
        ("What happened", "A fall"),
        ("Topics", "falls, home"),
        ("Grades 1 name", "High"),
    ]


@given(st.text(max_size=100))
def test_only_our_own_marks_become_tags(text: str) -> None:
    shown = str(marked(f"{text}\x02found\x03"))
    assert "<mark>found</mark>" in shown
    assert not re.search(r"<(?!/?mark>)", shown)


@given(st.text(max_size=60))
def test_any_other_word_is_no_place(word: str) -> None:
    assert place(word) is None or len(word) > 40


@given(st.text(max_size=300), st.integers(2, 100))
def test_a_shortened_text_is_no_longer_than_asked(text: str, length: int) -> None:
    assert len(shorten(text, length)) <= length
