"""Reflect's table of private additions"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None


def upgrade() -> None:
    """Make the table that says which private addition belongs to which note."""
    op.create_table(
        "reflect_aside",
        sa.Column("artefact_id", sa.Uuid(), nullable=False),
        sa.Column("note_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["artefact_id"], ["core_artefact.id"], name=op.f("fk_reflect_aside_artefact_id_core_artefact")
        ),
        sa.ForeignKeyConstraint(["note_id"], ["core_artefact.id"], name=op.f("fk_reflect_aside_note_id_core_artefact")),
        sa.PrimaryKeyConstraint("artefact_id", name=op.f("pk_reflect_aside")),
    )
    op.create_index(op.f("ix_reflect_aside_note_id"), "reflect_aside", ["note_id"])
