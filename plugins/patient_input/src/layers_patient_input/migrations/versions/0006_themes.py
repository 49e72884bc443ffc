"""Themes that gather answers"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "patient_input_theme",
        sa.Column("artefact_id", sa.Uuid(), nullable=False),
        sa.Column("practice_id", sa.Uuid(), nullable=False),
        sa.Column("topic", sa.String(20), nullable=False),
        sa.ForeignKeyConstraint(
            ["artefact_id"], ["core_artefact.id"], name=op.f("fk_patient_input_theme_artefact_id_core_artefact")
        ),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["core_practice.id"], name=op.f("fk_patient_input_theme_practice_id_core_practice")
        ),
        sa.PrimaryKeyConstraint("artefact_id", name=op.f("pk_patient_input_theme")),
    )
    op.create_index(op.f("ix_patient_input_theme_practice_id"), "patient_input_theme", ["practice_id"])
    op.create_table(
        "patient_input_theme_answer",
        sa.Column("theme_id", sa.Uuid(), nullable=False),
        sa.Column("artefact_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("why", sa.String(200), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["theme_id"], ["core_artefact.id"], name=op.f("fk_patient_input_theme_answer_theme_id_core_artefact")
        ),
        sa.ForeignKeyConstraint(
            ["artefact_id"], ["core_artefact.id"], name=op.f("fk_patient_input_theme_answer_artefact_id_core_artefact")
        ),
        sa.ForeignKeyConstraint(
            ["added_by"], ["core_person.id"], name=op.f("fk_patient_input_theme_answer_added_by_core_person")
        ),
        sa.PrimaryKeyConstraint("theme_id", "artefact_id", name=op.f("pk_patient_input_theme_answer")),
    )
    op.create_index("ix_patient_input_theme_answer_newest", "patient_input_theme_answer", ["theme_id", "number"])
    for column in ("artefact_id", "added_by"):
        op.create_index(op.f(f"ix_patient_input_theme_answer_{column}"), "patient_input_theme_answer", [column])
    op.create_table(
        "patient_input_theme_month",
        sa.Column("theme_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["theme_id"], ["core_artefact.id"], name=op.f("fk_patient_input_theme_month_theme_id_core_artefact")
        ),
        sa.PrimaryKeyConstraint("theme_id", "month", name=op.f("pk_patient_input_theme_month")),
    )
