"""Whether a patient agreed that other patients read their tip. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from layers_core.contract import Body
from layers_core.forms.model import ResponseItem
from layers_patient_input import responses

TIP = "tip"
"""The form, and the question that asks for the tip itself."""
SHARE = "share"
SHOWN = (TIP, "where")
"""What other patients may read of it."""


def agreed(form: str, items: Iterable[ResponseItem]) -> bool:
    """Whether an answer is a tip whose patient said yes to showing it. No answer to that question is a no."""
    return form == TIP and any(
        item.get("linkId") == SHARE and answer.get("valueBoolean") is True for item, answer in responses.answers(items)
    )


def first_words(body: Body) -> str:
    """The tip as its moderator released it, and where it is from: what is offered to whoever shows it to patients."""
    return "\n\n".join(part["text"] for part in body["parts"] if part["link_id"] in SHOWN)
