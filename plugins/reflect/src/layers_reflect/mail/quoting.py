"""Taking away what is not the sender's own: quoted messages, signatures, disclaimers, lines of the mail program.

Whole lines are kept or left out and none is changed. mail-parser-reply was tried for this: it takes everything from a
line such as "- ask about sleep" for a signature, rewrites white space, and its patterns take very long on hostile
texts. The words that the rules look for are data (`data/mail_words.json`).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from layers_core.vocabulary import vocabulary
from layers_reflect.prompts import PACKAGE

QUOTED = ">"
SIGNATURE = "--"
SIGNATURE_LINES = 12
"""A signature is short; more lines than these after its mark are somebody's text."""
CLOSING_LINES = 8
SIGNATURE_WIDTH = 100
ATTRIBUTION_LINES = 3
"""Over how many lines a mail program may break "On … wrote:"."""
HEADER_LINES = 6
RULE = 20
"""From how many underscores on a line is the rule that Outlook draws above an older message."""


@cache
def _words() -> dict[str, Any]:
    return vocabulary("mail_words", PACKAGE)


def is_forwarded(subject: str) -> bool:
    """Whether the sender passed a message on: its subject begins with FW:, Fwd: or the like."""
    prefix, colon, _rest = subject.strip().partition(":")
    return bool(colon) and prefix.strip().casefold() in _words()["forward_prefixes"]


def own_subject(subject: str) -> str:
    """The subject without the prefixes that mail programs put before it (RE:, FW:)."""
    prefixes = {*_words()["forward_prefixes"], *_words()["reply_prefixes"]}
    rest = subject.strip()
    while True:
        prefix, colon, after = rest.partition(":")
        if not colon or prefix.strip().casefold() not in prefixes:
            return rest
        rest = after.strip()


def own_words(text: str, *, forwarded: bool) -> str:
    """The lines that the sender wrote. A forwarded message stays whole, because it was sent on purpose.

    Where nothing would be left, everything stays: somebody meant to send something.
    """
    lines = text.splitlines()
    kept = lines if forwarded else _without_signature(_without_quotes(lines[: _end(lines)]))
    return "\n".join(_trimmed(kept) or _trimmed(lines))


def _trimmed(lines: Sequence[str]) -> Sequence[str]:
    """The lines without the empty ones before and after them."""
    filled = [number for number, line in enumerate(lines) if line.strip()]
    return lines[filled[0] : filled[-1] + 1] if filled else ()


def _end(lines: Sequence[str]) -> int:
    """Where an older message or a disclaimer begins that goes on to the end of the text."""
    words = _words()
    for number, line in enumerate(lines):
        plain = line.strip().casefold()
        if not plain:
            continue
        if plain in words["cut_lines"] or plain.startswith(tuple(words["disclaimers"])) or _is_old_head(lines, number):
            return _above_rule(lines, number)
    return len(lines)


def _is_old_head(lines: Sequence[str], number: int) -> bool:
    """Whether the head of an older message begins here: "From:", then two more such lines among the next."""
    if _header(lines[number]) != "from":
        return False
    following = {_header(line) for line in lines[number + 1 : number + 1 + HEADER_LINES]}
    return len(following - {"", "from"}) >= 2


def _header(line: str) -> str:
    name, colon, _rest = line.strip().strip("*").partition(":")
    plain = name.strip(" *").casefold()
    return plain if colon and plain in _words()["header_names"] else ""


def _above_rule(lines: Sequence[str], number: int) -> int:
    """The place of the line drawn above an older message, where there is one."""
    above = number
    while above and not lines[above - 1].strip():
        above -= 1
    drawn = lines[above - 1].strip() if above else ""
    return above - 1 if len(drawn) >= RULE and set(drawn) <= set("_-*=") else number


def _without_quotes(lines: Sequence[str]) -> list[str]:
    """The lines that are no quotation and do not introduce one; answers between quoted lines stay."""
    kept: list[str] = []
    last = max((number for number, line in enumerate(lines) if line.strip()), default=0)
    for number, line in enumerate(lines):
        if line.lstrip().startswith(QUOTED):
            del kept[_attribution(kept) :]
        elif number < last or not _attributes(line):
            kept.append(line)
    return kept


def _attribution(kept: Sequence[str]) -> int:
    """Where the "On … wrote:" begins that the kept lines end with; their number where they end with none."""
    end = len(kept)
    while end and len(kept) - end < ATTRIBUTION_LINES and not kept[end - 1].strip():
        end -= 1
    for count in range(1, ATTRIBUTION_LINES + 1):
        if count <= end and _attributes(" ".join(line.strip() for line in kept[end - count : end])):
            return end - count
    return len(kept)


def _attributes(line: str) -> bool:
    words, plain = _words()["attribution"], line.strip().casefold()
    return plain.startswith(tuple(words["begins"])) and plain.endswith(tuple(words["ends"]))


def _without_signature(lines: Sequence[str]) -> list[str]:
    """The lines before a signature, and none that the mail program wrote by itself."""
    own = [line for line in lines if not line.strip().casefold().startswith(tuple(_words()["program_lines"]))]
    to_come = sum(bool(line.strip()) for line in own)
    before = 0
    for number, line in enumerate(own):
        filled = bool(line.strip())
        to_come -= filled
        if line.rstrip() == SIGNATURE and to_come <= SIGNATURE_LINES:
            return own[:number]
        if before and to_come <= CLOSING_LINES and _closes(line) and _is_narrow(own[number:]):
            return own[:number]
        before += filled
    return own


def _is_narrow(lines: Sequence[str]) -> bool:
    return all(len(line.strip()) <= SIGNATURE_WIDTH for line in lines)


def _closes(line: str) -> bool:
    return line.strip().rstrip(",.!").casefold() in _words()["closings"]
