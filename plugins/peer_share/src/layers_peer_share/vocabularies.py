"""The codes of Peer share and their words."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from layers_core.i18n import gettext as _
from layers_core.vocabulary import vocabulary

PACKAGE = "layers_peer_share"


def response_types() -> Mapping[str, Mapping[str, str]]:
    """What a reader may say about a thing, with all its words (message ids)."""
    return vocabulary("response_types", PACKAGE)


def response_words(code: str, word: str) -> str:
    """One of the words of a response type, translated."""
    return _(response_types()[code][word])


@cache
def order_of_return() -> Mapping[tuple[str, bool], int]:
    """Where each (response type, from another practice) stands among what came back."""
    return {
        (code, elsewhere): number * 2 + (not elsewhere)
        for number, code in enumerate(response_types())
        for elsewhere in (True, False)
    }


def question_outcomes() -> Mapping[str, str]:
    """What can have come of a question (message ids)."""
    return vocabulary("question_outcomes", PACKAGE)
