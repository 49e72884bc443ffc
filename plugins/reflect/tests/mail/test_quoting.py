"""What is left of the messages that people really write."""

from __future__ import annotations

import pytest

from layers_reflect.mail.quoting import own_words

OWN = "Ask who can read the letter.\n\n- large print\n- by telephone"


@pytest.mark.parametrize(
    "after",
    [
        "\n\n-- \nNadia Brown\nPractice nurse",
        "\n\nKind regards,\nNadia\nManor Street Surgery",
        "\n\nSent from my iPhone",
        "\n\nGet Outlook for iOS",
        "\n\nOn Mon, 2 Nov 2026 at 10:00, Grace Okafor <gp@example.org> wrote:\n> Old\n> words",
        "\n\nOn Mon, 2 Nov 2026 at 10:00, Grace Okafor\n<gp@example.org> wrote:\n\n> Old\n\n>> words",
        "\n\n________________________________\nFrom: Grace\nSent: Monday\nTo: Nadia\nSubject: x\n\nOld words",
        "\n\n-----Original Message-----\nFrom: Grace\n\nOld words",
        "\n\n**From:** Grace\n**Date:** Monday\n**To:** Nadia\n\nOld words",
        "\n\n********************************\n\nThis message may contain confidential information. If you are not",
        "\n\nBegin forwarded message:\n\nOld words",
        "\n\nMany thanks\nNadia\n\nOn Monday, Grace wrote:\n> Old words",
        "",
    ],
)
def test_what_mail_programs_add_goes(after: str) -> None:
    assert own_words(OWN + after, forwarded=False) == OWN


def test_answers_between_quoted_lines_stay() -> None:
    text = "On Monday, Grace wrote:\n> Shall we?\nYes, in large print\n> When?\nOn Tuesday"
    assert own_words(text, forwarded=False) == "Yes, in large print\nOn Tuesday"


@pytest.mark.parametrize(
    "text",
    [
        "From: now on we ask first\nThat is all",
        "What I do differently:\n- ask\n- wait",
        "First part\n--\n" + "\n".join(f"line {number}" for number in range(20)),
        "Kind regards go a long way with reception",
        "On call I wrote: nothing\nAnd learnt from it",
        "-- \nOnly a signature",
        "> Only a quotation",
    ],
)
def test_what_looks_like_it_and_is_not_stays(text: str) -> None:
    assert own_words(text, forwarded=False) == text
