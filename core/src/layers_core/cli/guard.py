"""`layers guard`: the identifier guard over texts of one's own, one JSON line each."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any, BinaryIO

import click

from layers_core.privacy.identifiers import find

LONGEST_LINE = 4 * 1024 * 1024


@click.command()
def guard() -> None:
    """Mark what could point to a person in each text on standard input.

    Reads JSON lines {"text": …} and writes {"spans": [{"start", "end", "type", "why"}]} for each, counted in Unicode
    characters of the text. A line that is not understood gets {"error": …} in its place, the others are still
    answered, and the exit code is 1.
    """
    failed = False
    for line in _lines(sys.stdin.buffer):
        answer = _answer(line)
        failed = failed or "error" in answer
        click.echo(json.dumps(answer))
    if failed:
        sys.exit(1)


def _lines(stream: BinaryIO) -> Iterator[bytes | None]:
    """Each line as it comes; ``None`` for one that is longer than a text ever is, so that memory stays flat."""
    while line := stream.readline(LONGEST_LINE + 1):
        if len(line) <= LONGEST_LINE or line.endswith(b"\n"):
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(LONGEST_LINE)
        yield None


def _answer(line: bytes | None) -> dict[str, Any]:
    if line is None:
        return {"error": f"The line is longer than {LONGEST_LINE:,} bytes. Give each text on a line of its own."}
    try:
        asked = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError:
        return {"error": "The line is not UTF-8. Save the file as UTF-8."}
    except (ValueError, RecursionError):
        return {"error": 'The line is not JSON. Write {"text": "…"} on one line.'}
    text = asked.get("text") if isinstance(asked, dict) else None
    if not isinstance(text, str):
        return {"error": 'The line has no text. Write {"text": "…"} on one line.'}
    return {
        "spans": [
            {"start": span.start, "end": span.end, "type": span.type, "why": str(span.why)} for span in find(text)
        ]
    }
