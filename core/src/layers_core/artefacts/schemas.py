"""Bodies of the core's own kinds."""

from __future__ import annotations

from marshmallow import Schema, fields, validate


class NoteBody(Schema):
    """A plain note, for a practice whose mix has no record form of its own."""

    text = fields.String(required=True, validate=validate.Length(min=1, max=20_000))


class TrialAnswerBody(Schema):
    """What a practice found out by trying something: the question of the trial and the answer."""

    plugin = fields.String(required=True)
    plugin_name = fields.String(required=True)
    question = fields.String(required=True)
    answer = fields.String(required=True, validate=validate.Length(min=1, max=10_000))
