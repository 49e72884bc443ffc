"""The shapes of what is kept and of what a practice may set."""

from __future__ import annotations

from datetime import date
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from layers_core.db.base import now
from layers_core.i18n import gettext as _
from layers_core.i18n import lazy_gettext as _l
from layers_guidelines import editions, pasting
from layers_guidelines.words import CERTAINTIES, CRITERIA, DECISIONS, STRENGTHS, WITH_OWN_WORDING

TEXT_LIMIT = 20_000
LINE_LIMIT = 300
URL_LIMIT = 2_000
NOTE_LIMIT = 10_000

_SHORT = validate.Length(max=LINE_LIMIT)


def _filled(value: str) -> None:
    if not value.strip():
        raise ValidationError(_("Fill this in"))


def _web(value: str) -> None:
    if value and not value.startswith(("http://", "https://")):
        raise ValidationError(_("Enter a web address that starts with https:// or http://"))


def _today() -> date:
    return now().date()


class CodeSchema(Schema):
    """A code of the file, word for word; `rating` is strength, direction or certainty."""

    rating = fields.String(required=True)
    system = fields.String(load_default="")
    code = fields.String(required=True)
    display = fields.String(load_default="")
    path = fields.String(load_default="")


class PassageSchema(Schema):
    """A further text of the file, with the name of its element."""

    element = fields.String(required=True)
    text = fields.String(required=True)
    path = fields.String(load_default="")


class DocumentSchema(Schema):
    """A document that the file names as its source."""

    title = fields.String(load_default="")
    url = fields.String(load_default="", validate=_web)


class ReportedSchema(Schema):
    """Something in the file that was not understood."""

    path = fields.String(load_default="")
    what = fields.String(required=True)
    why = fields.String(required=True)
    code = fields.String(required=True)


class RecommendationSchema(Schema):
    """The body of a recommendation, version 1. Without its words, source, licence and date none is kept.

    `dated` is the edition's day; a file may say less than a day ("2023"), which is kept as `dated_as_written`.
    `edition` and `path` tell it apart from every other one; they are worked out for what is typed by hand.
    """

    text = fields.String(required=True, validate=[validate.Length(max=TEXT_LIMIT), _filled])
    guideline = fields.String(required=True, validate=[_SHORT, _filled])
    source_name = fields.String(required=True, validate=[_SHORT, _filled])
    source_url = fields.String(load_default="", validate=[validate.Length(max=URL_LIMIT), _web])
    licence = fields.String(required=True, validate=[validate.Length(max=NOTE_LIMIT), _filled])
    version_label = fields.String(load_default="", validate=_SHORT)
    dated = fields.Date(load_default=None, allow_none=True)
    dated_as_written = fields.String(load_default="", validate=_SHORT)
    strength = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(list(STRENGTHS)))
    certainty = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(list(CERTAINTIES)))
    status = fields.String(load_default="", validate=_SHORT)
    codes = fields.List(fields.Nested(CodeSchema), load_default=list)
    passages = fields.List(fields.Nested(PassageSchema), load_default=list)
    documents = fields.List(fields.Nested(DocumentSchema), load_default=list)
    reported = fields.List(fields.Nested(ReportedSchema), load_default=list)
    example = fields.Boolean(load_default=False)
    origin = fields.String(load_default=editions.BY_HAND, validate=validate.OneOf([editions.BY_HAND, editions.FILE]))
    edition = fields.String(load_default="", validate=_SHORT)
    content_hash = fields.String(load_default="", validate=_SHORT)
    path = fields.String(load_default=None, allow_none=True, validate=_SHORT)
    imported_on = fields.Date(load_default=_today)

    @validates_schema(skip_on_field_errors=True)
    def says_when(self, data: dict[str, Any], **_options: Any) -> None:
        """An edition says when it was made, and one from a file brings its own key."""
        if data["dated"] is None and not data["dated_as_written"].strip():
            raise ValidationError(_("Enter the date of this edition"), "dated")
        if data["origin"] == editions.FILE and not data["edition"]:
            raise ValidationError(_("A recommendation from a file needs its edition"), "edition")

    @post_load
    def tell_apart(self, data: dict[str, Any], **_options: Any) -> dict[str, Any]:
        """Work out which edition a typed recommendation belongs to, and its place in it."""
        if not data["edition"]:
            source = editions.source_key(data["origin"], data["source_name"], data["guideline"], data["source_url"])
            when = data["dated"].isoformat() if data["dated"] else data["dated_as_written"]
            data["edition"] = editions.edition_key(source, data["version_label"], when)
        if data["path"] is None:
            data["path"] = pasting.path_of(data["text"])
        return data


class DecisionSchema(Schema):
    """The body of a decision on a recommendation, version 1."""

    recommendation = fields.UUID(required=True)
    decision = fields.String(required=True, validate=validate.OneOf(list(DECISIONS)))
    reason = fields.String(required=True, validate=[validate.Length(max=NOTE_LIMIT), _filled])
    local_wording = fields.String(load_default="", validate=validate.Length(max=TEXT_LIMIT))
    criteria = fields.List(fields.String(validate=validate.OneOf(list(CRITERIA))), load_default=list)
    review_on = fields.Date(load_default=None, allow_none=True)

    @validates_schema(skip_on_field_errors=True)
    def fits_decision(self, data: dict[str, Any], **_options: Any) -> None:
        """Whoever adapts says how; whoever takes it as it is has no wording of their own."""
        has_wording = bool(data["local_wording"].strip())
        if data["decision"] in WITH_OWN_WORDING and not has_wording:
            raise ValidationError(_("Write down how you do it in your practice"), "local_wording")
        if data["decision"] not in WITH_OWN_WORDING and has_wording:
            raise ValidationError(
                _("You wrote a wording of your own. Choose “Adapt”, or remove your wording"), "local_wording"
            )


class SettingsSchema(Schema):
    """What a practice chooses for guidelines."""

    review_months = fields.Integer(
        load_default=12,
        strict=False,
        validate=validate.Range(min=1, max=60),
        metadata={
            "label": _l("Months until a decision is looked at again"),
            "description": _l("The form for a decision suggests this. Whoever decides can change it."),
        },
    )
    undecided_card = fields.Boolean(
        load_default=True,
        metadata={
            "label": _l("Remind leads and managers of recommendations to decide"),
            "description": _l("A card on their home page while there are some."),
        },
    )
