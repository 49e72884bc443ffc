"""Guests of a group belong to it up to a day"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"


def upgrade() -> None:
    """Add the day on which somebody belongs to a group no more."""
    op.add_column("core_audience_member", sa.Column("until", sa.Date(), nullable=True))
