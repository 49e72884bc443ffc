"""`layers guard`: a line in, a line out, whatever the lines hold."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from layers_core.cli.guard import LONGEST_LINE
from layers_core.cli.root import main
from layers_core.privacy.identifiers import find

LAYERS = Path(sys.executable).with_name("layers")


def run(lines: bytes) -> tuple[Result, list[dict[str, object]]]:
    result = CliRunner().invoke(main, ["guard"], input=lines)
    return result, [json.loads(line) for line in result.stdout.splitlines()]


def test_spans_are_counted_in_characters_of_the_text() -> None:
    text = "😀 Ｍrs Khan, NHS 943 476 5919"
    result, (answer,) = run(json.dumps({"text": text}).encode() + b"\n")
    assert result.exit_code == 0
    spans = answer["spans"]
    assert isinstance(spans, list)
    assert [(text[span["start"] : span["end"]], span["type"]) for span in spans] == [
        ("Ｍrs Khan", "name"),
        ("943 476 5919", "nhs_number"),
    ]
    assert all(span["why"] for span in spans)


def test_a_broken_line_is_answered_in_its_place_and_the_others_too() -> None:
    lines = [b'{"text": "TS6 0HA"}', b"broken", b'{"text": 3}', b"[]", b"", b"\xff", b"[" * 100_000, b'{"text": ""}']
    result, answers = run(b"\n".join(lines))
    assert result.exit_code == 1
    assert [sorted(answer) for answer in answers] == [["spans"], *[["error"]] * 6, ["spans"]]
    assert all(str(answer["error"]).startswith("The line") for answer in answers if "error" in answer)


def test_a_line_that_never_ends_is_refused_without_being_kept() -> None:
    result, answers = run(b"x" * (3 * LONGEST_LINE) + b'\n{"text": "TS6 0HA"}\n')
    assert result.exit_code == 1
    assert [sorted(answer) for answer in answers] == [["error"], ["spans"]]


def test_nothing_in_is_nothing_out() -> None:
    result, answers = run(b"")
    assert (result.exit_code, answers) == (0, [])


def test_each_line_is_answered_before_the_next_one_comes() -> None:
    with subprocess.Popen([LAYERS, "guard"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for _turn in range(3):
            process.stdin.write(b'{"text": "TS6 0HA"}\n')
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["spans"][0]["type"] == "postcode"
        process.stdin.close()
        assert process.wait(30) == 0


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.text(st.characters(), max_size=60), max_size=5))
def test_it_says_what_the_guard_says(texts: list[str]) -> None:
    _result, answers = run("".join(json.dumps({"text": text}) + "\n" for text in texts).encode())
    expected = [[(span.start, span.end, span.type) for span in find(text)] for text in texts]
    assert [
        [(span["start"], span["end"], span["type"]) for span in answer["spans"]]  # type: ignore[attr-defined]
        for answer in answers
    ] == expected
