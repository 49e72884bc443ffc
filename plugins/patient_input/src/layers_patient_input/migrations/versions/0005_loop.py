"""What an entry changes, the answers behind it, replies to patients, and tips shown to others"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"

MOMENT = sa.DateTime(timezone=True)

# As `loop.service.entries.trace` does for an entry that is saved from now on: four steps back in the trail.
TRACE = """
INSERT INTO patient_input_entry_answer (entry_id, answer_id)
WITH RECURSIVE before (entry_id, thing_id, step) AS (
    SELECT artefact_id, artefact_id, 0 FROM patient_input_publication
    UNION
    SELECT before.entry_id, CASE WHEN link.to_id = before.thing_id THEN link.from_id ELSE link.to_id END, step + 1
    FROM before
    JOIN core_link AS link
        ON (link.to_id = before.thing_id AND link.type IN ('evidence_for', 'leads_to'))
        OR (link.from_id = before.thing_id
            AND link.type IN ('prompted_by', 'answers', 'adapts', 'supersedes', 'copy_of'))
    WHERE step < 4
)
SELECT DISTINCT before.entry_id, answer.id
FROM before JOIN patient_input_answer AS answer ON answer.released_artefact_id = before.thing_id
"""


def upgrade() -> None:
    """Note for each entry what it changes, and make the tables. Entries of before stood under "We did"."""
    with op.batch_alter_table("patient_input_publication") as table:
        table.add_column(sa.Column("change", sa.String(length=10), nullable=False, server_default="made"))
    with op.batch_alter_table("patient_input_publication") as table:
        table.alter_column("change", server_default=None)
    op.drop_index(op.f("ix_patient_input_publication_practice_id"), "patient_input_publication")
    op.create_index(
        "ix_patient_input_publication_shown",
        "patient_input_publication",
        ["practice_id", "published_at", "artefact_id"],
    )
    op.create_index(
        "ix_patient_input_answer_concern",
        "patient_input_answer",
        ["practice_id", "state", "criticality", "received_on"],
    )
    op.create_table(
        "patient_input_entry_answer",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("answer_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["answer_id"],
            ["patient_input_answer.id"],
            name=op.f("fk_patient_input_entry_answer_answer_id_patient_input_answer"),
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["core_artefact.id"], name=op.f("fk_patient_input_entry_answer_entry_id_core_artefact")
        ),
        sa.PrimaryKeyConstraint("entry_id", "answer_id", name=op.f("pk_patient_input_entry_answer")),
    )
    op.create_index(op.f("ix_patient_input_entry_answer_answer_id"), "patient_input_entry_answer", ["answer_id"])
    op.execute(TRACE)
    op.create_table(
        "patient_input_reply",
        sa.Column("answer_id", sa.Uuid(), nullable=False),
        sa.Column("practice_id", sa.Uuid(), nullable=False),
        sa.Column("change", sa.String(length=10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=True),
        sa.Column("written_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["answer_id"],
            ["patient_input_answer.id"],
            name=op.f("fk_patient_input_reply_answer_id_patient_input_answer"),
        ),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["core_practice.id"], name=op.f("fk_patient_input_reply_practice_id_core_practice")
        ),
        sa.ForeignKeyConstraint(
            ["written_by"], ["core_person.id"], name=op.f("fk_patient_input_reply_written_by_core_person")
        ),
        sa.PrimaryKeyConstraint("answer_id", name=op.f("pk_patient_input_reply")),
    )
    op.create_index(op.f("ix_patient_input_reply_practice_id"), "patient_input_reply", ["practice_id"])
    op.create_table(
        "patient_input_tip",
        sa.Column("artefact_id", sa.Uuid(), nullable=False),
        sa.Column("practice_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("shown_by", sa.Uuid(), nullable=True),
        sa.Column("shown_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["artefact_id"], ["core_artefact.id"], name=op.f("fk_patient_input_tip_artefact_id_core_artefact")
        ),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["core_practice.id"], name=op.f("fk_patient_input_tip_practice_id_core_practice")
        ),
        sa.ForeignKeyConstraint(
            ["shown_by"], ["core_person.id"], name=op.f("fk_patient_input_tip_shown_by_core_person")
        ),
        sa.PrimaryKeyConstraint("artefact_id", name=op.f("pk_patient_input_tip")),
    )
    op.create_index("ix_patient_input_tip_shown", "patient_input_tip", ["practice_id", "shown_at", "artefact_id"])
