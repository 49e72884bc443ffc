"""Entries and tags of notes, people's choices, own templates"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0002"
down_revision: str | None = "0001"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables, and an entry for each note that is there: nothing that could be said of one existed before."""
    op.create_table(
        "reflect_entry",
        sa.Column("artefact_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("participatory_minutes", sa.Integer(), nullable=False),
        sa.Column("importance", sa.Integer(), nullable=True),
        sa.Column("template", sa.String(50), nullable=False),
        sa.Column("is_copy", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["artefact_id"], ["core_artefact.id"], name=op.f("fk_reflect_entry_artefact_id_core_artefact")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["core_person.id"], name=op.f("fk_reflect_entry_author_id_core_person")),
        sa.PrimaryKeyConstraint("artefact_id", name=op.f("pk_reflect_entry")),
    )
    op.create_index("ix_reflect_entry_author", "reflect_entry", ["author_id", "happened_on"])
    op.create_table(
        "reflect_tag",
        sa.Column("artefact_id", sa.Uuid(), nullable=False),
        sa.Column("scheme", sa.String(20), nullable=False),
        sa.Column("code", sa.String(60), nullable=False),
        sa.ForeignKeyConstraint(
            ["artefact_id"], ["core_artefact.id"], name=op.f("fk_reflect_tag_artefact_id_core_artefact")
        ),
        sa.PrimaryKeyConstraint("artefact_id", "scheme", "code", name=op.f("pk_reflect_tag")),
    )
    op.create_index("ix_reflect_tag_code", "reflect_tag", ["scheme", "code"])
    op.create_table(
        "reflect_profile",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("professions", JSON, nullable=False),
        sa.Column("appraisal_month", sa.Integer(), nullable=True),
        sa.Column("cycle_ends", sa.Date(), nullable=True),
        sa.CheckConstraint("appraisal_month BETWEEN 1 AND 12", name=op.f("ck_reflect_profile_appraisal_month")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["core_person.id"], name=op.f("fk_reflect_profile_person_id_core_person")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_reflect_profile")),
    )
    _own_templates()
    _entries_of_present_notes()


def _own_templates() -> None:
    op.create_table(
        "reflect_template",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("practice_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("retired_at", MOMENT, nullable=True),
        sa.CheckConstraint("(practice_id IS NULL) <> (person_id IS NULL)", name=op.f("ck_reflect_template_owner")),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["core_practice.id"], name=op.f("fk_reflect_template_practice_id_core_practice")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["core_person.id"], name=op.f("fk_reflect_template_person_id_core_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reflect_template")),
    )
    op.create_index(op.f("ix_reflect_template_practice_id"), "reflect_template", ["practice_id"])
    op.create_index(op.f("ix_reflect_template_person_id"), "reflect_template", ["person_id"])
    op.create_table(
        "reflect_template_version",
        sa.Column("template_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(80), nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["template_id"],
            ["reflect_template.id"],
            name=op.f("fk_reflect_template_version_template_id_reflect_template"),
        ),
        sa.PrimaryKeyConstraint("template_id", "version", name=op.f("pk_reflect_template_version")),
    )


def _entries_of_present_notes() -> None:
    op.execute(
        """
        INSERT INTO reflect_entry
            (artefact_id, author_id, happened_on, minutes, participatory_minutes, importance, template, is_copy)
        SELECT note.id, note.author_id, date(note.created_at), 0, 0, NULL,
               COALESCE(note.body ->> 'template', 'quick_note'),
               EXISTS (SELECT 1 FROM core_link WHERE core_link.from_id = note.id AND core_link.type = 'copy_of')
        FROM core_artefact AS note
        WHERE note.kind = 'reflect.note' AND note.author_id IS NOT NULL
        """
    )
