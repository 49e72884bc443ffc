"""A person's own time of the week, what was sent to them, and changes of the day that a promise is due"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"


def upgrade() -> None:
    """Make the tables of slots, mails and changed dates, and an index for a practice's promises."""
    op.create_table(
        "core_slot",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=True),
        sa.Column("starts", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.Boolean(), nullable=False),
        sa.Column("reminders", sa.Boolean(), nullable=False),
        sa.Column("mail_titles", sa.Boolean(), nullable=False),
        sa.Column("feed_hash", sa.String(length=64), nullable=True),
        sa.Column("feed_titles", sa.Boolean(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_core_slot_weekday")),
        sa.ForeignKeyConstraint(["person_id"], ["core_person.id"], name=op.f("fk_core_slot_person_id_core_person")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_core_slot")),
        sa.UniqueConstraint("feed_hash", name=op.f("uq_core_slot_feed_hash")),
    )
    op.create_table(
        "core_sending",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('begun', 'sent', 'failed')", name=op.f("ck_core_sending_state")),
        sa.ForeignKeyConstraint(["person_id"], ["core_person.id"], name=op.f("fk_core_sending_person_id_core_person")),
        sa.PrimaryKeyConstraint("person_id", "kind", "key", name=op.f("pk_core_sending")),
    )
    op.create_table(
        "core_action_date",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["action_id"], ["core_action.id"], name=op.f("fk_core_action_date_action_id_core_action")
        ),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["core_person.id"], name=op.f("fk_core_action_date_changed_by_core_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_action_date")),
    )
    op.create_index(op.f("ix_core_action_date_action_id"), "core_action_date", ["action_id"])
    op.create_index("ix_core_action_practice", "core_action", ["practice_id", "closed_at", "due_on"])
