"""The shapes of what is kept and of what a practice may set."""

from __future__ import annotations

from typing import Any, cast

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from layers_core.i18n import gettext as _
from layers_core.i18n import lazy_gettext as _l
from layers_core.vocabulary import vocabulary
from layers_reflect.prompts import DEFAULT, PACKAGE, templates

ANSWER_LIMIT = 20_000
TEMPLATES = vocabulary("templates", PACKAGE)
LABELS = [cast("str", _l(entry["label"])) for entry in TEMPLATES.values()]


class NoteSchema(Schema):
    """The body of a note, version 2: which questions were asked, and the answers by the question's id."""

    template = fields.String(load_default=DEFAULT)
    template_version = fields.Integer(load_default=1, strict=True)
    answers = fields.Dict(
        keys=fields.String(),
        values=fields.String(validate=validate.Length(max=ANSWER_LIMIT)),
        required=True,
    )

    @validates_schema(skip_on_field_errors=True)
    def fits_template(self, data: dict[str, Any], **_options: Any) -> None:
        """Answers belong to questions of the template, and those that must be answered are."""
        template = templates().get((data["template"], data["template_version"]))
        if template is None:
            raise ValidationError(_("These questions are not known here. Choose others"), "template")
        unknown = data["answers"].keys() - {question.id for question in template.questions}
        if unknown:
            raise ValidationError(_("There are answers to questions that were not asked"), "answers")
        for question in template.questions:
            if question.required and not data["answers"].get(question.id, "").strip():
                raise ValidationError(_("Say what you learnt"), question.id)


class AsideSchema(Schema):
    """The body of what somebody keeps for themselves beside a note."""

    text = fields.String(required=True, validate=validate.Length(min=1, max=ANSWER_LIMIT))


class SettingsSchema(Schema):
    """What a practice chooses for Reflect."""

    template = fields.String(
        load_default=DEFAULT,
        validate=validate.OneOf(list(TEMPLATES), LABELS),
        metadata={
            "label": _l("Questions to ask"),
            "description": _l("Notes that are there already keep the questions they were written with."),
        },
    )
