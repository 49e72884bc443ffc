"""What the NMC asks for, as data (data/nmc.json)."""

from __future__ import annotations

from typing import Any

from layers_core.vocabulary import vocabulary

PACKAGE = "layers_reflect"


def rules() -> dict[str, Any]:
    """How many accounts a discussion is about, for how many days it is open, and the forms' fields."""
    return vocabulary("nmc", PACKAGE)


def checklist_rules() -> dict[str, Any]:
    """The figures and choices of the checklist."""
    found: dict[str, Any] = rules()["checklist"]
    return found
