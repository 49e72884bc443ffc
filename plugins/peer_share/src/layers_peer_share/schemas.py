"""The shape of what is kept."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

TEXT_LIMIT = 10_000


class QuestionSchema(Schema):
    """The body of a question: what somebody needs to know, and what they tried."""

    need = fields.String(required=True, validate=validate.Length(min=1, max=TEXT_LIMIT))
    tried = fields.String(load_default="", validate=validate.Length(max=TEXT_LIMIT))
