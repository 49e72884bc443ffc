"""Answers are responses to any form, forms of a practice's own, and totals"""

from __future__ import annotations

from collections import Counter
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0002"
down_revision: str | None = "0001"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)
NO_ITEMS: list[Any] = []
# What the answers of version 1 were given to.
SYSTEM = "urn:layers:fft:2020"


def upgrade() -> None:
    """Make the tables, and turn each answer to the Friends and Family Test into a response."""
    op.create_table(
        "patient_input_form",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("practice_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.CheckConstraint("state IN ('draft', 'open', 'closed')", name=op.f("ck_patient_input_form_state")),
        sa.ForeignKeyConstraint(
            ["made_by"], ["core_person.id"], name=op.f("fk_patient_input_form_made_by_core_person")
        ),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["core_practice.id"], name=op.f("fk_patient_input_form_practice_id_core_practice")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patient_input_form")),
    )
    op.create_index(op.f("ix_patient_input_form_practice_id"), "patient_input_form", ["practice_id"])
    op.create_table(
        "patient_input_form_version",
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("questionnaire", JSON, nullable=False),
        sa.Column("reported", JSON, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["form_id"],
            ["patient_input_form.id"],
            name=op.f("fk_patient_input_form_version_form_id_patient_input_form"),
        ),
        sa.PrimaryKeyConstraint("form_id", "number", name=op.f("pk_patient_input_form_version")),
    )
    op.create_table(
        "patient_input_batch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("practice_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(10), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["made_by"], ["core_person.id"], name=op.f("fk_patient_input_batch_made_by_core_person")
        ),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["core_practice.id"], name=op.f("fk_patient_input_batch_practice_id_core_practice")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patient_input_batch")),
    )
    op.create_index(op.f("ix_patient_input_batch_practice_id"), "patient_input_batch", ["practice_id"])
    op.create_table(
        "patient_input_tally",
        sa.Column("practice_id", sa.Uuid(), nullable=False),
        sa.Column("form", sa.String(40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("version", sa.String(20), nullable=False),
        sa.Column("question", sa.String(255), nullable=False),
        sa.Column("code", sa.String(255), nullable=False),
        sa.Column("method", sa.String(20), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["core_practice.id"], name=op.f("fk_patient_input_tally_practice_id_core_practice")
        ),
        sa.PrimaryKeyConstraint(
            "practice_id", "form", "day", "version", "question", "code", "method", name=op.f("pk_patient_input_tally")
        ),
    )
    _new_columns()
    _turn_answers_into_responses()
    _without_old_columns()


def _new_columns() -> None:
    with op.batch_alter_table("patient_input_answer") as answer:
        answer.add_column(sa.Column("items", JSON, nullable=True))
        answer.add_column(sa.Column("has_words", sa.Boolean(), nullable=True))
        answer.add_column(sa.Column("for_manager", sa.Boolean(), nullable=False, server_default=sa.false()))
        answer.add_column(sa.Column("entered_by", sa.Uuid(), nullable=True))
        answer.add_column(sa.Column("batch_id", sa.Uuid(), nullable=True))
        answer.add_column(sa.Column("about_person_id", sa.Uuid(), nullable=True))


def _without_old_columns() -> None:
    op.drop_index("ix_patient_input_answer_queue", table_name="patient_input_answer")
    op.drop_index("ix_patient_input_answer_month", table_name="patient_input_answer")
    with op.batch_alter_table("patient_input_answer") as answer:
        answer.drop_column("question")
        answer.drop_column("text")
        answer.alter_column("items", existing_type=JSON, nullable=False)
        answer.alter_column("has_words", existing_type=sa.Boolean(), nullable=False)
        answer.alter_column("for_manager", existing_type=sa.Boolean(), server_default=None, existing_nullable=False)
        answer.alter_column("score", existing_type=sa.String(20), nullable=True)
        answer.alter_column("receipt_hash", existing_type=sa.String(64), nullable=True)
        for column in ("entered_by", "about_person_id"):
            answer.create_foreign_key(
                op.f(f"fk_patient_input_answer_{column}_core_person"), "core_person", [column], ["id"]
            )
        answer.create_foreign_key(
            op.f("fk_patient_input_answer_batch_id_patient_input_batch"), "patient_input_batch", ["batch_id"], ["id"]
        )
    for name, columns in (
        ("queue", ["practice_id", "state", "id", "for_manager"]),
        ("form", ["practice_id", "form", "received_on"]),
        ("person", ["about_person_id", "received_on"]),
        ("batch", ["batch_id"]),
    ):
        op.create_index(f"ix_patient_input_answer_{name}", "patient_input_answer", columns)
    typed = sa.text("entered_by IS NOT NULL")
    op.create_index(
        "ix_patient_input_answer_typed",
        "patient_input_answer",
        ["practice_id", "id"],
        sqlite_where=typed,
        postgresql_where=typed,
    )


def _turn_answers_into_responses() -> None:
    """Keep what each answer said as a response, and count it. One that was taken back has kept its score alone."""
    connection = op.get_bind()
    answer = sa.table(
        "patient_input_answer",
        *(
            sa.column(name, sa.String())
            for name in ("form", "scale_version", "score", "question", "text", "method", "state")
        ),
        sa.column("id", sa.Uuid()),
        sa.column("practice_id", sa.Uuid()),
        sa.column("received_on", sa.Date()),
        sa.column("items", JSON),
        sa.column("has_words", sa.Boolean()),
    )
    tally = sa.table(
        "patient_input_tally",
        sa.column("practice_id", sa.Uuid()),
        sa.column("day", sa.Date()),
        *(sa.column(name, sa.String()) for name in ("form", "version", "question", "code", "method")),
        sa.column("count", sa.Integer()),
    )
    counted: Counter[tuple[Any, ...]] = Counter()
    for row in connection.execute(sa.select(answer)).all():
        withdrawn = row.state == "withdrawn"
        connection.execute(
            sa.update(answer)
            .where(answer.c.id == row.id)
            .values(items=NO_ITEMS if withdrawn else _items(row), has_words=bool(row.text) and not withdrawn)
        )
        counted[(row.practice_id, row.form, row.received_on, row.scale_version, row.score, row.method)] += 1
    for (practice, form, day, version, code, method), count in counted.items():
        values = {"practice_id": practice, "form": form, "day": day, "version": version, "method": method}
        connection.execute(sa.insert(tally).values(**values, question="score", code=code, count=count))


def _items(row: Any) -> list[Any]:
    coding = {"system": SYSTEM, "code": row.score}
    items: list[Any] = [{"linkId": "score", "answer": [{"valueCoding": coding}]}]
    if row.text:
        items.append({"linkId": "text", "text": row.question, "answer": [{"valueString": row.text}]})
    return items
