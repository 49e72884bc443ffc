"""The web shell's tables, as `layers_core.db` meets them (entry point `layers.migrations`)."""

from __future__ import annotations

from pathlib import Path

from layers_core.db.rooms import MigrationRoom
from layers_webshell.accounts import models

ROOM = MigrationRoom("webshell", Path(__file__).parent / "migrations" / "versions", models.Account.metadata)
