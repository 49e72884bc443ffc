"""The shape of what is kept."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

TEXT_LIMIT = 2_000


class EntrySchema(Schema):
    """The body of an entry, version 1."""

    text = fields.String(required=True, validate=validate.Length(min=1, max=TEXT_LIMIT))
