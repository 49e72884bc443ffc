"""Files of answers that are brought in"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0003"
down_revision: str | None = "0002"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "patient_input_import",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("run", sa.Uuid(), nullable=False),
        sa.Column("beat_at", MOMENT, nullable=False),
        sa.Column("practice_id", sa.Uuid(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("digest", sa.String(64), nullable=True),
        sa.Column("shape", JSON, nullable=False),
        sa.Column("choices", JSON, nullable=False),
        sa.Column("reading", sa.Integer(), nullable=False),
        sa.Column("kept", sa.Integer(), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("already", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["made_by"], ["core_person.id"], name=op.f("fk_patient_input_import_made_by_core_person")
        ),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["core_practice.id"], name=op.f("fk_patient_input_import_practice_id_core_practice")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patient_input_import")),
        sa.UniqueConstraint("practice_id", "digest", name=op.f("uq_patient_input_import_practice_id")),
    )
    op.create_index(op.f("ix_patient_input_import_practice_id"), "patient_input_import", ["practice_id"])
    op.create_table(
        "patient_input_import_fault",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("value", sa.String(120), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["patient_input_import.id"],
            name=op.f("fk_patient_input_import_fault_import_id_patient_input_import"),
        ),
        sa.PrimaryKeyConstraint("import_id", "number", name=op.f("pk_patient_input_import_fault")),
    )
