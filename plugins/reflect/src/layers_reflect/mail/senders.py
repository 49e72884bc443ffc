"""Whether the receiving mail server confirmed who sent a message (Authentication-Results, RFC 8601)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

LONGEST = 10_000
DEEPEST = 10
LOOKED_AT = {"spf": "smtp.mailfrom", "dkim": "header.d"}
_COMMENT = re.compile(r"\([^()]*\)")


@dataclass(frozen=True)
class Result:
    """What one method found: `pass`, `fail`, `none` and so on, and what it looked at ("header.from" and the like)."""

    method: str
    value: str
    properties: Mapping[str, str]


def is_confirmed(headers: Sequence[str], authserv_id: str, sender: str) -> bool:
    """Whether the server of that name says that the message comes from the sender's domain.

    The topmost header with its name counts, because the server writes its own above what a stranger sent. DMARC has to
    pass; where the server reports none, SPF or DKIM for the sender's domain or one below it.
    """
    results = next((found for value in headers if (found := _results(value, authserv_id)) is not None), [])
    domain = sender.rpartition("@")[2]
    dmarc = [result for result in results if result.method == "dmarc" and result.value != "none"]
    if dmarc:
        return all(result.value == "pass" and _is_of(result, "header.from", domain) for result in dmarc)
    return any(
        result.value == "pass" and _is_of(result, LOOKED_AT[result.method], domain)
        for result in results
        if result.method in LOOKED_AT
    )


def _is_of(result: Result, name: str, domain: str) -> bool:
    found = result.properties.get(name, "").rpartition("@")[2]
    return bool(domain) and (found == domain or found.endswith(f".{domain}"))


def _results(value: str, authserv_id: str) -> list[Result] | None:
    """What a header says, where the server of that name wrote it; None for somebody else's."""
    text = value[:LONGEST]
    for _depth in range(DEEPEST):
        text = _COMMENT.sub(" ", text)
    name, *parts = text.split(";")
    if name.casefold().split()[:1] != [authserv_id.casefold()]:
        return None
    return [result for part in parts if (result := _result(part))]


def _result(part: str) -> Result | None:
    words = part.replace('"', "").casefold().split()
    method, equals, value = words[0].partition("=") if words else ("", "", "")
    if not equals:
        return None
    pairs = (word.partition("=") for word in words[1:])
    return Result(method.partition("/")[0], value, {name: given for name, _equals, given in pairs})
