"""Hooks asked of every installed plugin, switched on or off: people's rights do not depend on a switch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pluggy

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from layers_core.artefacts.unit import Unit

hookspec = pluggy.HookspecMarker("layers")


class CustodyHooks:
    """What a plugin owes to people whose data it keeps. A fault stops the request; erasure stays pending."""

    @hookspec
    def layers_personal_data(self, person_id: UUID, session: Session) -> Iterable[tuple[str, Mapping[str, Any]]]:
        """Rows about a person that only this plugin keeps, as (what it is, values), for their own download."""

    @hookspec
    def layers_erase_person(self, person_id: UUID, unit: Unit) -> None:
        """Remove or make anonymous what this plugin's own tables keep about a person."""
