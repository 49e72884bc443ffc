"""Other addresses from which somebody sends themselves notes"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "reflect_mail_sender",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(320), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["core_person.id"], name=op.f("fk_reflect_mail_sender_person_id_core_person")
        ),
        sa.PrimaryKeyConstraint("person_id", "email", name=op.f("pk_reflect_mail_sender")),
    )
