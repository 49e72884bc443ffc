"""The files of things, and files that wait for their writer"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"


def upgrade() -> None:
    """Make the tables that name the contents of the store."""
    op.create_table(
        "core_attachment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("artefact_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["artefact_id"], ["core_artefact.id"], name=op.f("fk_core_attachment_artefact_id_core_artefact")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["core_person.id"], name=op.f("fk_core_attachment_made_by_core_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_attachment")),
    )
    for column in ("artefact_id", "digest", "made_by"):
        op.create_index(op.f(f"ix_core_attachment_{column}"), "core_attachment", [column])
    op.create_table(
        "core_kept_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["core_person.id"], name=op.f("fk_core_kept_file_person_id_core_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_kept_file")),
    )
    for column in ("person_id", "digest", "kept_at"):
        op.create_index(op.f(f"ix_core_kept_file_{column}"), "core_kept_file", [column])
