"""Monthly returns of the Friends and Family Test that were sent, and whose a CARE link is"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0004"
down_revision: str | None = "0003"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Make the table of what was sent for a month, and the one of practitioners' rounds of CARE forms."""
    op.create_table(
        "patient_input_return",
        sa.Column("practice_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("answers", JSON, nullable=False),
        sa.Column("methods", JSON, nullable=False),
        sa.Column("sent_by", sa.Uuid(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["core_practice.id"], name=op.f("fk_patient_input_return_practice_id_core_practice")
        ),
        sa.ForeignKeyConstraint(
            ["sent_by"], ["core_person.id"], name=op.f("fk_patient_input_return_sent_by_core_person")
        ),
        sa.PrimaryKeyConstraint("practice_id", "month", name=op.f("pk_patient_input_return")),
    )
    op.create_table(
        "patient_input_care_round",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("practice_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["core_person.id"], name=op.f("fk_patient_input_care_round_person_id_core_person")
        ),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["core_practice.id"], name=op.f("fk_patient_input_care_round_practice_id_core_practice")
        ),
        sa.ForeignKeyConstraint(
            ["token"], ["core_public_link.token"], name=op.f("fk_patient_input_care_round_token_core_public_link")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patient_input_care_round")),
        sa.UniqueConstraint("token", name=op.f("uq_patient_input_care_round_token")),
    )
    op.create_index("ix_patient_input_care_round_person", "patient_input_care_round", ["person_id", "practice_id"])
