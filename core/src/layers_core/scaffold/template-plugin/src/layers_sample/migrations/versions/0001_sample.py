"""Sample's table of topics"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None


def upgrade() -> None:
    """Make the table that says which topic an entry is filed under."""
    op.create_table(
        "sample_entry",
        sa.Column("artefact_id", sa.Uuid(), nullable=False),
        sa.Column("topic", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["artefact_id"], ["core_artefact.id"], name=op.f("fk_sample_entry_artefact_id_core_artefact")
        ),
        sa.PrimaryKeyConstraint("artefact_id", name=op.f("pk_sample_entry")),
    )
    op.create_index(op.f("ix_sample_entry_topic"), "sample_entry", ["topic"])
