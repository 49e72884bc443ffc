"""Exports that are made aside, for somebody to fetch within a day"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0005"
down_revision: str | None = "0004"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "reflect_export",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("practice_id", sa.Uuid(), nullable=False),
        sa.Column("client_key", sa.String(80), nullable=False),
        sa.Column("shape", sa.String(10), nullable=False),
        sa.Column("only_for_me", sa.Boolean(), nullable=False),
        sa.Column("entries", JSON, nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("back", JSON, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("run", sa.Uuid(), nullable=False),
        sa.Column("beat_at", MOMENT, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("ready_at", MOMENT, nullable=True),
        sa.Column("fetched_at", MOMENT, nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["core_person.id"], name=op.f("fk_reflect_export_person_id_core_person")
        ),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["core_practice.id"], name=op.f("fk_reflect_export_practice_id_core_practice")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reflect_export")),
        sa.UniqueConstraint("person_id", "client_key", name=op.f("uq_reflect_export_person_id")),
    )
    op.create_index(op.f("ix_reflect_export_practice_id"), "reflect_export", ["practice_id"])
