"""The guard reads people's words, and not the keys that machines make."""

from __future__ import annotations

import hashlib
from uuid import UUID

from hypothesis import example, given
from hypothesis import strategies as st

from layers_core.artefacts import guarding
from layers_core.contract import Draft
from layers_core.privacy import identifiers


@given(key=st.uuids(), content=st.binary())
@example(key=UUID("01949321-368e-7c10-91ff-205ac16e2284"), content=b"")
def test_keys_of_machines_are_no_text(key: UUID, content: bytes) -> None:
    digest = hashlib.sha256(content).hexdigest()
    draft = Draft(
        "core.note",
        "Letters",
        {"recommendation": str(key), "template": f"own:{key}", "edition": digest, "why": "Too small"},
    )
    assert guarding.texts_of(draft) == ["Letters", "Too small"]


def test_a_key_can_look_like_a_telephone_number() -> None:
    """What the rule above is for; were this no longer so, the rule could go."""
    assert identifiers.find("01949321-368e-7c10-91ff-205ac16e2284")


@given(number=st.from_regex(r"[0-9]{3}[- ]?[0-9]{3}[- ]?[0-9]{4}", fullmatch=True))
def test_numbers_that_people_type_are_text(number: str) -> None:
    assert guarding.texts_of(Draft("core.note", number, {"text": number})) == [number, number]
