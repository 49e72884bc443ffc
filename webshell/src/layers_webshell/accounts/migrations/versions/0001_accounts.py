"""Accounts, sign-ins, invitations, new passwords, personal tokens, and forms kept over a lock."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0001"
down_revision: str | None = None


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    op.create_table(
        "webshell_account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("password", sa.String(length=255), nullable=True),
        sa.Column("fs_uniquifier", sa.String(length=64), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_sign_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["core_person.id"], name=op.f("fk_webshell_account_person_id_core_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webshell_account")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_webshell_account_fs_uniquifier")),
        sa.UniqueConstraint("person_id", name=op.f("uq_webshell_account_person_id")),
    )
    op.create_table(
        "webshell_api_token",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("prefix", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["core_person.id"], name=op.f("fk_webshell_api_token_person_id_core_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webshell_api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_webshell_api_token_token_hash")),
    )
    with op.batch_alter_table("webshell_api_token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_webshell_api_token_person_id"), ["person_id"], unique=False)

    op.create_table(
        "webshell_invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("practice_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("roles", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("profession", sa.String(length=20), nullable=False),
        sa.Column("invited_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["invited_by"], ["core_person.id"], name=op.f("fk_webshell_invitation_invited_by_core_person")
        ),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["core_practice.id"], name=op.f("fk_webshell_invitation_practice_id_core_practice")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webshell_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_webshell_invitation_token_hash")),
    )
    with op.batch_alter_table("webshell_invitation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_webshell_invitation_practice_id"), ["practice_id"], unique=False)

    op.create_table(
        "webshell_kept_form",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.String(length=500), nullable=False),
        sa.Column("fields", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["webshell_account.id"], name=op.f("fk_webshell_kept_form_account_id_webshell_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webshell_kept_form")),
    )
    with op.batch_alter_table("webshell_kept_form", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_webshell_kept_form_account_id"), ["account_id"], unique=False)

    op.create_table(
        "webshell_password_reset",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["webshell_account.id"], name=op.f("fk_webshell_password_reset_account_id_webshell_account")
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["core_person.id"], name=op.f("fk_webshell_password_reset_made_by_core_person")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_webshell_password_reset")),
    )
    with op.batch_alter_table("webshell_password_reset", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_webshell_password_reset_account_id"), ["account_id"], unique=False)

    op.create_table(
        "webshell_sign_in",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("own_device", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["webshell_account.id"], name=op.f("fk_webshell_sign_in_account_id_webshell_account")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_webshell_sign_in")),
    )
    with op.batch_alter_table("webshell_sign_in", schema=None) as batch_op:
        batch_op.create_index("ix_webshell_sign_in_account", ["account_id", "ended_at"], unique=False)
