"""E-mail in: secret addresses, the notes that came by them, what was refused"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the three tables."""
    op.create_table(
        "reflect_mail_address",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("practice_id", sa.Uuid(), nullable=False),
        sa.Column("seed", sa.String(64), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["core_person.id"], name=op.f("fk_reflect_mail_address_person_id_core_person")
        ),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["core_practice.id"], name=op.f("fk_reflect_mail_address_practice_id_core_practice")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reflect_mail_address")),
        sa.UniqueConstraint("person_id", "practice_id", name=op.f("uq_reflect_mail_address_person_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_reflect_mail_address_token_hash")),
    )
    op.create_index(op.f("ix_reflect_mail_address_practice_id"), "reflect_mail_address", ["practice_id"])
    op.create_table(
        "reflect_mail_note",
        sa.Column("artefact_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("marks", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["artefact_id"], ["core_artefact.id"], name=op.f("fk_reflect_mail_note_artefact_id_core_artefact")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["core_person.id"], name=op.f("fk_reflect_mail_note_person_id_core_person")
        ),
        sa.PrimaryKeyConstraint("artefact_id", name=op.f("pk_reflect_mail_note")),
    )
    op.create_index("ix_reflect_mail_note_person_received", "reflect_mail_note", ["person_id", "received_at"])
    op.create_table(
        "reflect_mail_refused",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("practice_id", sa.Uuid(), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("reason", sa.String(30), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("mail_key", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["core_person.id"], name=op.f("fk_reflect_mail_refused_person_id_core_person")
        ),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["core_practice.id"], name=op.f("fk_reflect_mail_refused_practice_id_core_practice")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reflect_mail_refused")),
        sa.UniqueConstraint("person_id", "mail_key", name=op.f("uq_reflect_mail_refused_person_id")),
    )
    op.create_index(op.f("ix_reflect_mail_refused_practice_id"), "reflect_mail_refused", ["practice_id"])
