"""Peer share's tables of responses and questions"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None


def upgrade() -> None:
    """Make the tables of what readers said and of which questions are open."""
    op.create_table(
        "peer_share_question",
        sa.Column("artefact_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_peer_share_question_state")),
        sa.ForeignKeyConstraint(
            ["artefact_id"], ["core_artefact.id"], name=op.f("fk_peer_share_question_artefact_id_core_artefact")
        ),
        sa.PrimaryKeyConstraint("artefact_id", name=op.f("pk_peer_share_question")),
    )
    op.create_index(op.f("ix_peer_share_question_state"), "peer_share_question", ["state"])
    op.create_table(
        "peer_share_response",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("artefact_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("practice_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("type", sa.String(length=10), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("type IN ('used', 'useful')", name=op.f("ck_peer_share_response_type")),
        sa.ForeignKeyConstraint(
            ["artefact_id"], ["core_artefact.id"], name=op.f("fk_peer_share_response_artefact_id_core_artefact")
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["core_person.id"], name=op.f("fk_peer_share_response_author_id_core_person")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["core_person.id"], name=op.f("fk_peer_share_response_person_id_core_person")
        ),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["core_practice.id"], name=op.f("fk_peer_share_response_practice_id_core_practice")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_peer_share_response")),
        sa.UniqueConstraint("artefact_id", "person_id", "type", name=op.f("uq_peer_share_response_artefact_id")),
    )
    op.create_index("ix_peer_share_response_author", "peer_share_response", ["author_id", "seen_at"])
    op.create_index(op.f("ix_peer_share_response_person_id"), "peer_share_response", ["person_id"])
