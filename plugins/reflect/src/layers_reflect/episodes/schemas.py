"""The shape of an episode's body."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from layers_core.i18n import gettext as _

SUMMARY_LIMIT = 5_000
NAME_LIMIT = 120
MOST_GROUPS = 20
MOST_THINGS = 100
"""As many as one reflection may be written over."""


class GroupSchema(Schema):
    """A named group and its things in their order."""

    id = fields.String(required=True, validate=validate.Regexp(r"^g[0-9]{1,6}\Z"))
    name = fields.String(required=True, validate=validate.Length(1, NAME_LIMIT))
    things = fields.List(fields.UUID(), required=True, validate=validate.Length(max=MOST_THINGS))


class EpisodeSchema(Schema):
    """The body of an episode, version 1.

    `groups` in their order; `loose` are the things that are in no group yet; `made` counts the groups that were ever
    made, so that no number comes twice. Things are known by their keys alone: what they say stays with them, and
    whoever may not read one learns nothing of it here.
    """

    summary = fields.String(load_default="", validate=validate.Length(max=SUMMARY_LIMIT))
    groups = fields.List(fields.Nested(GroupSchema), load_default=list)
    loose = fields.List(fields.UUID(), load_default=list)
    made = fields.Integer(strict=True, load_default=0, validate=validate.Range(min=0, max=999_999))

    @validates_schema(skip_on_field_errors=True)
    def fits_together(self, data: dict[str, Any], **_options: Any) -> None:
        """A thing stands in one place; no group's number comes twice; there are not too many of either."""
        things = [*data["loose"], *(thing for group in data["groups"] for thing in group["things"])]
        if len(things) > MOST_THINGS:
            raise ValidationError(_("An episode holds up to 100 entries. Make a second one"), "things")
        if len(data["groups"]) > MOST_GROUPS:
            raise ValidationError(_("An episode has up to 20 groups. Remove one first"), "name")
        if len(set(things)) < len(things) or len({group["id"] for group in data["groups"]}) < len(data["groups"]):
            raise ValidationError(_("Something stands in this episode twice"), "things")
