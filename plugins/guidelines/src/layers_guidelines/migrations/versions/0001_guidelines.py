"""The tables of guidelines"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None


def upgrade() -> None:
    """Make the tables of editions, recommendations, decisions and files that wait."""
    op.create_table(
        "guidelines_edition",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("practice_id", sa.Uuid(), nullable=False),
        sa.Column("edition_key", sa.String(length=64), nullable=False),
        sa.Column("source_key", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("publisher", sa.String(length=300), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=False),
        sa.Column("licence", sa.Text(), nullable=False),
        sa.Column("version_label", sa.String(length=300), nullable=False),
        sa.Column("dated", sa.Date(), nullable=True),
        sa.Column("dated_as_written", sa.String(length=300), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("imported_by", sa.Uuid(), nullable=True),
        sa.Column("superseded_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["imported_by"], ["core_person.id"], name=op.f("fk_guidelines_edition_imported_by_core_person")
        ),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["core_practice.id"], name=op.f("fk_guidelines_edition_practice_id_core_practice")
        ),
        sa.ForeignKeyConstraint(
            ["superseded_by"],
            ["guidelines_edition.id"],
            name=op.f("fk_guidelines_edition_superseded_by_guidelines_edition"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guidelines_edition")),
        sa.UniqueConstraint("practice_id", "edition_key", name=op.f("uq_guidelines_edition_practice_id")),
    )
    op.create_index("ix_guidelines_edition_source", "guidelines_edition", ["practice_id", "source_key"])
    op.create_table(
        "guidelines_recommendation",
        sa.Column("artefact_id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.String(length=300), nullable=False),
        sa.Column("strength", sa.String(length=20), nullable=True),
        sa.Column("certainty", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(
            ["artefact_id"], ["core_artefact.id"], name=op.f("fk_guidelines_recommendation_artefact_id_core_artefact")
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["guidelines_edition.id"],
            name=op.f("fk_guidelines_recommendation_edition_id_guidelines_edition"),
        ),
        sa.PrimaryKeyConstraint("artefact_id", name=op.f("pk_guidelines_recommendation")),
    )
    op.create_index("ix_guidelines_recommendation_place", "guidelines_recommendation", ["edition_id", "path"])
    op.create_table(
        "guidelines_decision",
        sa.Column("artefact_id", sa.Uuid(), nullable=False),
        sa.Column("recommendation_id", sa.Uuid(), nullable=False),
        sa.Column("practice_id", sa.Uuid(), nullable=False),
        sa.Column("decision", sa.String(length=20), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["artefact_id"], ["core_artefact.id"], name=op.f("fk_guidelines_decision_artefact_id_core_artefact")
        ),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["core_practice.id"], name=op.f("fk_guidelines_decision_practice_id_core_practice")
        ),
        sa.ForeignKeyConstraint(
            ["recommendation_id"],
            ["core_artefact.id"],
            name=op.f("fk_guidelines_decision_recommendation_id_core_artefact"),
        ),
        sa.PrimaryKeyConstraint("artefact_id", name=op.f("pk_guidelines_decision")),
    )
    op.create_index(op.f("ix_guidelines_decision_recommendation_id"), "guidelines_decision", ["recommendation_id"])
    op.create_index(
        "ix_guidelines_decision_practice", "guidelines_decision", ["practice_id", "recommendation_id", "decided_at"]
    )
    op.create_table(
        "guidelines_upload",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("practice_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["core_person.id"], name=op.f("fk_guidelines_upload_person_id_core_person")
        ),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["core_practice.id"], name=op.f("fk_guidelines_upload_practice_id_core_practice")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guidelines_upload")),
    )
    op.create_index("ix_guidelines_upload_person", "guidelines_upload", ["practice_id", "person_id", "id"])
    op.create_index(op.f("ix_guidelines_upload_person_id"), "guidelines_upload", ["person_id"])
