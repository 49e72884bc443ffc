"""Reflective discussions: who may read copies of which five accounts, and up to when"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"


def upgrade() -> None:
    """Make the tables of discussions."""
    op.create_table(
        "reflect_discussion",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("practice_id", sa.Uuid(), nullable=False),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["core_audience.id"], name=op.f("fk_reflect_discussion_audience_id_core_audience")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["core_person.id"], name=op.f("fk_reflect_discussion_partner_id_core_person")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["core_person.id"], name=op.f("fk_reflect_discussion_person_id_core_person")
        ),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["core_practice.id"], name=op.f("fk_reflect_discussion_practice_id_core_practice")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reflect_discussion")),
        sa.UniqueConstraint("audience_id", name=op.f("uq_reflect_discussion_audience_id")),
    )
    op.create_index(op.f("ix_reflect_discussion_partner_id"), "reflect_discussion", ["partner_id"])
    op.create_index(op.f("ix_reflect_discussion_person_id"), "reflect_discussion", ["person_id"])
    op.create_table(
        "reflect_discussed_account",
        sa.Column("copy_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("discussion_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["core_artefact.id"], name=op.f("fk_reflect_discussed_account_account_id_core_artefact")
        ),
        sa.ForeignKeyConstraint(
            ["copy_id"], ["core_artefact.id"], name=op.f("fk_reflect_discussed_account_copy_id_core_artefact")
        ),
        sa.ForeignKeyConstraint(
            ["discussion_id"],
            ["reflect_discussion.id"],
            name=op.f("fk_reflect_discussed_account_discussion_id_reflect_discussion"),
        ),
        sa.PrimaryKeyConstraint("copy_id", name=op.f("pk_reflect_discussed_account")),
    )
    op.create_index(op.f("ix_reflect_discussed_account_discussion_id"), "reflect_discussed_account", ["discussion_id"])


def downgrade() -> None:
    """Drop the tables of discussions."""
    op.drop_table("reflect_discussed_account")
    op.drop_table("reflect_discussion")
