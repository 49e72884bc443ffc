"""A form made from a plugin's settings schema, and the values that were submitted with it.

A field's `metadata` gives its label and, where it helps, a description, and the name of a group of fields that stay
folded until somebody wants them. A list of codes becomes checkboxes, one code
radios, a yes or no a checkbox, a number a short input and everything else a line or, beyond 200 characters, a box.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, fields, validate

from layers_core.web import Submitted

PREFIX = "setting-"
LINE_LENGTH = 200


@dataclass(frozen=True)
class SettingField:
    """One field of the form. `control` is checkboxes, radios, yes_no, number, line or box."""

    name: str
    label: str
    hint: str
    control: str
    value: Any
    choices: Sequence[tuple[str, str]] = ()
    group: str = ""


def fields_for(schema: Schema | None, values: Mapping[str, Any]) -> list[SettingField]:
    """The schema's fields with these values, or their defaults; empty where there is no schema."""
    if schema is None:
        return []
    defaults = schema.load({}, partial=True)
    return [_field(name, field, values.get(name, defaults.get(name))) for name, field in schema.load_fields.items()]


def submitted_settings(schema: Schema | None, form: Submitted) -> dict[str, Any]:
    """What the form said, as the schema loads it; a number that is none is handed on for the schema to refuse."""
    if schema is None:
        return {}
    return {name: _read(name, field, form) for name, field in schema.load_fields.items()}


def _field(name: str, field: fields.Field[Any], value: Any) -> SettingField:
    label, hint = str(field.metadata.get("label", name)), str(field.metadata.get("description", ""))
    group = str(field.metadata.get("group", ""))
    return SettingField(PREFIX + name, label, hint, _control(field), value, _choices(field), group)


def _control(field: fields.Field[Any]) -> str:
    if isinstance(field, fields.List):
        return "checkboxes"
    if isinstance(field, fields.Boolean):
        return "yes_no"
    if isinstance(field, fields.Integer):
        return "number"
    if _choices(field):
        return "radios"
    return "box" if _longest(field) > LINE_LENGTH else "line"


def _choices(field: fields.Field[Any]) -> list[tuple[str, str]]:
    inner = field.inner if isinstance(field, fields.List) else field
    for rule in inner.validators:
        if isinstance(rule, validate.OneOf):
            labels = list(rule.labels) or list(rule.choices)
            return [(str(code), str(label)) for code, label in zip(rule.choices, labels, strict=True)]
    return []


def _longest(field: fields.Field[Any]) -> int:
    return max((rule.max or 0 for rule in field.validators if isinstance(rule, validate.Length)), default=0)


def _read(name: str, field: fields.Field[Any], form: Submitted) -> Any:
    key = PREFIX + name
    control = _control(field)
    if control == "checkboxes":
        return form.getlist(key)
    if control == "yes_no":
        return form.get(key) == "yes"
    return form.get(key)
