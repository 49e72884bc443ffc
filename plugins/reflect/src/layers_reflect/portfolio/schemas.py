"""The shape of an entry in a file that somebody brings: everything in it is checked before it is believed."""

from __future__ import annotations

from datetime import UTC

from marshmallow import EXCLUDE, Schema, fields, validate

from layers_core.vocabulary import vocabulary

MANY = validate.Length(max=1000)


class _Schema(Schema):
    class Meta:
        """A newer version may say more; what this one does not know is no reason to refuse the rest."""

        unknown = EXCLUDE


def _moment(**options: object) -> fields.AwareDateTime:
    return fields.AwareDateTime(format="iso", default_timezone=UTC, **options)  # type: ignore[arg-type]


class LinkSchema(_Schema):
    """A link to another thing."""

    type = fields.String(required=True, validate=validate.Length(max=20))
    to = fields.UUID(required=True)
    reverse = fields.Boolean(load_default=False)


class ActionSchema(_Schema):
    """A promise and what came of it."""

    expectation = fields.String(required=True, validate=validate.Length(max=10_000))
    due_on = fields.Date(allow_none=True, load_default=None)
    outcome = fields.String(
        allow_none=True, load_default=None, validate=validate.OneOf([*vocabulary("outcomes")], error="Unknown")
    )
    what_happened = fields.String(load_default="", validate=validate.Length(max=10_000))
    created_at = _moment(required=True)
    closed_at = _moment(allow_none=True, load_default=None)


class FileSchema(_Schema):
    """A file, whose content stands elsewhere under its digest."""

    name = fields.String(required=True, validate=validate.Length(max=500))
    media_type = fields.String(required=True, validate=validate.Length(max=200))
    size = fields.Integer(required=True, strict=True, validate=validate.Range(min=0))
    digest = fields.String(required=True, validate=validate.Regexp(r"\A[0-9a-f]{64}\Z"))
    description = fields.String(load_default="", validate=validate.Length(max=10_000))


class EntrySchema(_Schema):
    """An entry; the values that the kind's own schema checks later are taken as they are."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True, validate=validate.Length(min=1, max=80))
    title = fields.String(required=True)
    template = fields.String(load_default="", validate=validate.Length(max=200))
    template_version = fields.Integer(load_default=0, strict=True)
    answers = fields.Dict(keys=fields.String(), values=fields.Raw(allow_none=True), load_default=dict)
    asked = fields.List(fields.Dict(keys=fields.String()), load_default=list, validate=MANY)
    about = fields.Dict(keys=fields.String(), values=fields.Raw(allow_none=True), load_default=dict)
    language = fields.String(load_default="en", validate=validate.Length(min=1, max=12))
    created_at = _moment(required=True)
    updated_at = _moment(required=True)
    links = fields.List(fields.Nested(LinkSchema), load_default=list, validate=MANY)
    actions = fields.List(fields.Nested(ActionSchema), load_default=list, validate=MANY)
    files = fields.List(fields.Nested(FileSchema), load_default=list, validate=MANY)
    other = fields.Dict(keys=fields.String(), values=fields.Raw(allow_none=True), load_default=dict)
