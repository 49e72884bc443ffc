"""Files made to hurt: each gets its report within five seconds and 200 MB. Measured in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .samples import choice, form, group, question, when

MOST_SECONDS = 5.0
MOST_BYTES = 200 * 1024 * 1024
KILLER = "a" * 50_000
# What the process does, and what it took: seconds of processor time, bytes of memory more than before.
PROGRAM = """
import json, resource, sys, time
from pathlib import Path
from layers_core.forms.reading import read_file
from layers_core.forms.checking import check
from layers_core.forms.parsing import parse_file
from layers_core.forms.filling import fill, initial
from layers_core.forms.writing import write
before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
found = read_file(Path(sys.argv[1]))
misfits = []
if found.questionnaire:
    write(found.questionnaire)
    fill(found.questionnaire, initial(found.questionnaire), "en")
    if len(sys.argv) > 2:
        misfits = check(found.questionnaire, parse_file(Path(sys.argv[2])).data)
took = time.process_time() - begun
more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * (1 if sys.platform == "darwin" else 1024)
told = [len(line.link_id + line.what + line.why) for line in found.reported]
print(json.dumps([found.ok, found.items, len(told), max(told, default=0), len(misfits), took, more]))
"""


def chain(count: int, back: bool) -> list[dict[str, Any]]:
    """Questions that each wait for the one before; the first for the last, if it goes `back`."""
    return [
        question(str(number), enableWhen=[when(str((number or count) - 1), "exists", answerBoolean=True)])
        if number or back
        else question("0")
        for number in range(count)
    ]


def deep(levels: int) -> dict[str, Any]:
    item = question("x")
    for level in range(levels):
        item = group(str(level), item)
    return item


def bytes_of(resource: Any) -> bytes:
    return json.dumps(resource).encode()


DEEP_LIST = json.loads('{"contains":' * 150 + "1" + "}" * 150)
HOSTILE: dict[str, tuple[Callable[[], bytes], bool]] = {
    "10,000 items": (lambda: bytes_of(form(*[question(str(n)) for n in range(10_000)])), False),
    "25 levels": (lambda: bytes_of(form(deep(24))), False),
    "90 levels": (lambda: bytes_of(form(deep(90))), False),
    "20,000 levels": (lambda: b'{"resourceType":"Questionnaire","item":[' + b'{"item":[' * 20_000, False),
    "a circle of 5,000": (lambda: bytes_of(form(*chain(5_000, back=True))), True),
    "5,000 times one linkId": (lambda: bytes_of(form(*[question("a")] * 5_000)), True),
    "50 kB in every place": (
        lambda: bytes_of(
            form(
                question(KILLER, KILLER, prefix=KILLER, maxLength=KILLER, definition=KILLER),
                choice("c", KILLER, KILLER + "b"),
                question("d", "date", initial=[{"valueDate": "2026-" + "1" * 50_000}]),
                question("t", "dateTime", initial=[{"valueDateTime": "2026-11-22T14:05:00." + "0" * 50_000 + "Z"}]),
                question("n", "decimal", initial=[{"valueDecimal": "1e" + "9" * 50_000}]),
                question("u", "url", initial=[{"valueUri": "http://" + "a." * 25_000}], answerValueSet="#" * 50_000),
                question("w", enableWhen=[when(KILLER, KILLER, answerString=KILLER)], extension=[{"url": KILLER}]),
                {KILLER: 1, "linkId": "k", "type": "string"},
                title=KILLER,
                url=KILLER,
            )
        ),
        True,
    ),
    "nothing but empty objects": (
        lambda: b'{"resourceType":"Questionnaire","item":[' + b"{}," * 1_300_000 + b"{}]}",
        False,
    ),
    "nothing but empty lists": (lambda: b'{"resourceType":"Questionnaire","x":[' + b"[]," * 1_300_000 + b"[]]}", False),
    "one key 200,000 times": (lambda: b'{"resourceType":"Questionnaire",' + b'"key":1,' * 200_000 + b'"x":1}', True),
    "200,000 keys": (
        lambda: b'{"resourceType":"Questionnaire",' + b"".join(b'"%d":1,' % n for n in range(200_000)) + b'"x":1}',
        True,
    ),
    "as many extensions as fit": (
        lambda: bytes_of(form(question("a"), extension=[{"url": f"http://x.org/{n}"} for n in range(70_000)])),
        True,
    ),
    "a list of 60,000 answers in 200 questions": (
        lambda: bytes_of(
            form(
                *[question(str(n), "choice", answerValueSet="#v") for n in range(200)],
                contained=[
                    {
                        "resourceType": "ValueSet",
                        "id": "v",
                        "expansion": {"contains": [{"code": str(n)} for n in range(60_000)]},
                    }
                ],
            )
        ),
        True,
    ),
    "20,000 conditions on 1,000 answers": (
        lambda: bytes_of(
            form(
                choice("c", *[str(n) for n in range(1_000)]),
                question("z", enableWhen=[when("c", "=", answerString="999")] * 20_000, enableBehavior="all"),
            )
        ),
        True,
    ),
    "20,000 first answers of 1,000": (
        lambda: bytes_of(form(choice("c", *map(str, range(1_000)), repeats=True, initial=[TEXT] * 20_000))),
        True,
    ),
    "deep answers in a list": (
        lambda: bytes_of(
            form(
                question("q", "choice", answerValueSet="#v"),
                contained=[{"resourceType": "ValueSet", "id": "v", "expansion": DEEP_LIST}],
            )
        ),
        True,
    ),
    "half a character": (lambda: b'{"resourceType":"Questionnaire","item":[{"linkId":"\\udc00"}]}', True),
    "a number without end": (lambda: b'{"resourceType":"Questionnaire","x":' + b"9" * 1_000_000 + b"}", False),
}


HEAVY: dict[str, Callable[[], Any]] = {
    "a chain of 5,000": lambda: form(*chain(5_000, back=False)),
    "each of 300 waits for all before": lambda: form(
        *[
            question(
                str(one), enableBehavior="any", enableWhen=[when(str(n), "=", answerString="x") for n in range(one)]
            )
            for one in range(300)
        ]
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_it_gets_its_report(name: str, tmp_path: Path) -> None:
    make, expected = HOSTILE[name]
    ok, _items, lines, longest, _misfits = measured(tmp_path, make())
    assert ok is expected
    assert 1 <= lines <= 10_001
    assert longest < 1_000


@pytest.mark.parametrize("name", HEAVY)
def test_what_is_only_large_is_read(name: str, tmp_path: Path) -> None:
    ok, _items, lines, _longest, _misfits = measured(tmp_path, bytes_of(HEAVY[name]()))
    assert (ok, lines) == (True, 0)


def measured(folder: Path, *files: bytes) -> list[Any]:
    """What came of the files, once it has taken no more than it may."""
    pytest.importorskip("resource")
    names = []
    for number, raw in enumerate(files):
        names.append(folder / f"{number}.json")
        names[-1].write_bytes(raw)
    done = subprocess.run([sys.executable, "-c", PROGRAM, *names], capture_output=True, check=True, timeout=120)
    *found, seconds, more = json.loads(done.stdout)
    assert seconds <= MOST_SECONDS
    assert more <= MOST_BYTES
    return found


RED = {"valueCoding": {"code": "999"}}
TEXT = {"valueString": "x"}
PLAIN = form(
    group(
        "g",
        choice("c", *map(str, range(1_000)), repeats=True),
        question("z", enableWhen=[when("a", "=", answerString="x")]),
        repeats=True,
    ),
    group("h", question("a"), repeats=True),
    question("d", "date"),
)
RESPONSES: dict[str, tuple[Callable[[], Any], bool]] = {
    "30,000 items of one question": (lambda: [{"linkId": "d", "answer": [{"valueDate": "2026"}]}] * 30_000, False),
    "30,000 answers": (lambda: [{"linkId": "g", "item": [{"linkId": "c", "answer": [RED] * 30_000}]}], True),
    "10,000 copies of two groups": (
        lambda: [
            *[{"linkId": "g", "item": [{"linkId": "z", "answer": [TEXT]}]}] * 10_000,
            *[{"linkId": "h", "item": [{"linkId": "a", "answer": [TEXT]}]}] * 10_000,
        ],
        True,
    ),
    "more copies than fit": (lambda: [{"linkId": "g"}] * 140_000, False),
    "what has no place, nested": (lambda: json.loads('[{"linkId":"x","item":' * 90 + "[]" + "}]" * 90), False),
    "50 kB of a date": (lambda: [{"linkId": "d", "answer": [{"valueDate": "2026-" + "0" * 50_000}]}], False),
    "names of values": (lambda: [{"linkId": "d", "answer": [{f"value{KILLER.title()}": 1}]}], False),
}


@pytest.mark.parametrize("name", RESPONSES)
def test_a_response_gets_its_misfits(name: str, tmp_path: Path) -> None:
    make, fits = RESPONSES[name]
    response = {"resourceType": "QuestionnaireResponse", "status": "completed", "item": make()}
    ok, *_report, misfits = measured(tmp_path, bytes_of(PLAIN), bytes_of(response))
    assert ok
    assert (misfits == 0) is fits
