"""The tables of patient input"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None


def upgrade() -> None:
    """Make the tables of patients' answers and of what is shown to patients."""
    op.create_table(
        "patient_input_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("practice_id", sa.Uuid(), nullable=False),
        sa.Column("link_token", sa.String(length=64), nullable=True),
        sa.Column("form", sa.String(length=40), nullable=False),
        sa.Column("form_version", sa.Integer(), nullable=False),
        sa.Column("scale_version", sa.String(length=10), nullable=False),
        sa.Column("score", sa.String(length=20), nullable=False),
        sa.Column("question", sa.String(length=400), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("criticality", sa.String(length=10), nullable=True),
        sa.Column("keep_back_reason", sa.String(length=20), nullable=True),
        sa.Column("released_artefact_id", sa.Uuid(), nullable=True),
        sa.Column("moderated_by", sa.Uuid(), nullable=True),
        sa.Column("moderated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("receipt_hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'released', 'kept_back', 'withdrawn')", name=op.f("ck_patient_input_answer_state")
        ),
        sa.ForeignKeyConstraint(
            ["link_token"], ["core_public_link.token"], name=op.f("fk_patient_input_answer_link_token_core_public_link")
        ),
        sa.ForeignKeyConstraint(
            ["moderated_by"], ["core_person.id"], name=op.f("fk_patient_input_answer_moderated_by_core_person")
        ),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["core_practice.id"], name=op.f("fk_patient_input_answer_practice_id_core_practice")
        ),
        sa.ForeignKeyConstraint(
            ["released_artefact_id"],
            ["core_artefact.id"],
            name=op.f("fk_patient_input_answer_released_artefact_id_core_artefact"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patient_input_answer")),
        sa.UniqueConstraint("receipt_hash", name=op.f("uq_patient_input_answer_receipt_hash")),
        sa.UniqueConstraint("released_artefact_id", name=op.f("uq_patient_input_answer_released_artefact_id")),
    )
    op.create_index("ix_patient_input_answer_month", "patient_input_answer", ["practice_id", "received_on"])
    op.create_index("ix_patient_input_answer_queue", "patient_input_answer", ["practice_id", "state", "id"])
    op.create_table(
        "patient_input_publication",
        sa.Column("artefact_id", sa.Uuid(), nullable=False),
        sa.Column("practice_id", sa.Uuid(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unpublished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["artefact_id"], ["core_artefact.id"], name=op.f("fk_patient_input_publication_artefact_id_core_artefact")
        ),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["core_practice.id"], name=op.f("fk_patient_input_publication_practice_id_core_practice")
        ),
        sa.PrimaryKeyConstraint("artefact_id", name=op.f("pk_patient_input_publication")),
    )
    op.create_index(op.f("ix_patient_input_publication_practice_id"), "patient_input_publication", ["practice_id"])
