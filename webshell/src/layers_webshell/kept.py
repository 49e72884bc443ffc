"""What was being sent when a shared PC had locked: kept for its writer alone, offered after signing in again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, cast
from uuid import UUID

from flask import current_app, g, request, session, url_for
from flask_wtf.csrf import validate_csrf
from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from wtforms import ValidationError

from layers_core.db.base import now
from layers_core.db.session import Database
from layers_core.web import after_response, parse_uuid
from layers_webshell.accounts.models import KeptForm
from layers_webshell.accounts.security import SignedIn
from layers_webshell.sessions import WITHOUT_SESSION

FIELD = "kept_form"
NEVER_KEPT = ("csrf_token", "password", FIELD)
NOT_SHOWN = (
    *("client_key", "guard_", "audience", "revision", "kind", "next", "draft_", "kept_file", "remove_kept_file"),
    *("prompted_by", "template", "showing"),
)
NOT_SENT_BY_HAND = ("drafts.keep", "outbox.take")
"""What a page sends by itself: whoever types on a locked device need not be its owner."""
MOST_CHARACTERS = 100_000
DAYS = 7


@dataclass(frozen=True)
class Offer:
    """A kept form: where it goes, its fields, and the words in it that are worth showing."""

    id: UUID | None
    path: str
    fields: Mapping[str, list[str]]

    @property
    def words(self) -> list[str]:
        """What somebody typed, without keys and choices."""
        return [
            value
            for name, values in self.fields.items()
            if not name.startswith(NOT_SHOWN)
            for value in values
            if value.strip()
        ]


def typed_fields() -> dict[str, list[str]]:
    """The fields of the present request that may be kept and shown again."""
    return {
        name: values for name, values in request.form.lists() if not any(word in name.casefold() for word in NEVER_KEPT)
    }


def keep(owner: SignedIn) -> str | None:
    """Keep the form that a locked device sent; gives the address that offers it, None where there is nothing to keep.

    Only what really came from a page of that sign-in is kept: its token has to fit.
    """
    if request.method != "POST" or request.path.startswith(WITHOUT_SESSION) or request.endpoint in NOT_SENT_BY_HAND:
        return None
    fields = typed_fields()
    if not any(fields.values()) or sum(len(value) for values in fields.values() for value in values) > MOST_CHARACTERS:
        return None
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError:
        return None
    database = cast("Database", current_app.extensions["layers_database"])
    with database.write() as unit:
        unit.execute(delete(KeptForm).where(KeptForm.kept_at < now() - timedelta(days=DAYS)))
        path = request.full_path.rstrip("?")[:500]
        row = KeptForm(account_id=owner.account_id, path=path, fields=cast("Any", fields))
        unit.add(row)
        unit.flush()
        return url_for("accounts.kept_form", kept_id=row.id)


def find(reader: Session, kept_id: UUID, account_id: UUID) -> Offer | None:
    """An account's own kept form; None for anybody else's."""
    row = reader.scalar(select(KeptForm).where(KeptForm.id == kept_id, KeptForm.account_id == account_id))
    return Offer(row.id, row.path, row.fields) if row else None


def forget(database: Database, kept_id: UUID, account_id: UUID) -> None:
    """Drop a kept form."""
    with database.write() as unit:
        unit.execute(delete(KeptForm).where(KeptForm.id == kept_id, KeptForm.account_id == account_id))


def forget_when_sent() -> None:
    """Drop the kept form that the present request sends at last, once it went through."""
    if request.method != "POST" or not session or not g.get("layers_signed_in"):
        return
    kept_id = parse_uuid(request.form.get(FIELD, ""))
    if kept_id:
        database = cast("Database", current_app.extensions["layers_database"])
        after_response(partial(forget, database, kept_id, g.layers_signed_in.account_id))
