"""The shape of a revalidation checklist. No field is asked for: it is filled in over three years."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from layers_reflect.nmc.rules import checklist_rules

LINE_LIMIT = 200
MOST_HOURS = 10_000


def _line() -> fields.String:
    return fields.String(load_default="", validate=validate.Length(max=LINE_LIMIT))


def _code(of: str) -> fields.String:
    return fields.String(load_default="", validate=validate.OneOf(["", *checklist_rules()[of]]))


def _day() -> fields.Date:
    return fields.Date(allow_none=True, load_default=None)


class HoursSchema(Schema):
    """A time in which somebody practised."""

    since = _day()
    until = _day()
    hours = fields.Float(load_default=0.0, validate=validate.Range(0, MOST_HOURS))
    setting = _code("settings")
    scope = _code("scopes")
    place = _line()


class IndemnitySchema(Schema):
    """Cover in case something goes wrong."""

    kind = _code("indemnity")
    provider = _line()
    until = _day()


class ConfirmationSchema(Schema):
    """Who confirmed that the requirements are met, and when."""

    name = _line()
    role = _code("roles")
    pin = _line()
    on = _day()


class ChecklistSchema(Schema):
    """Everything of a checklist that the portfolio does not hold."""

    both = fields.Boolean(load_default=False)
    hours = fields.List(
        fields.Nested(HoursSchema), load_default=list, validate=validate.Length(max=checklist_rules()["rows"])
    )
    health_on = _day()
    indemnity = fields.Nested(IndemnitySchema, load_default=lambda: IndemnitySchema().load({}))
    confirmation = fields.Nested(ConfirmationSchema, load_default=lambda: ConfirmationSchema().load({}))
