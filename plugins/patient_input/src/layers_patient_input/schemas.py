"""What an answer, an entry for patients and the plugin's settings look like."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate, validates_schema

from layers_core.contract import PracticeView
from layers_core.i18n import LazyString
from layers_core.i18n import gettext as _
from layers_core.i18n import lazy_gettext as _l
from layers_core.vocabulary import vocabulary
from layers_patient_input.wording import (
    BASES,
    DEFAULT_LANGUAGE,
    LANGUAGES,
    PACKAGE,
    SLUG,
    field_of,
    in_english,
    language,
)

TEXT_LIMIT = 5_000
"""Characters of a patient's free text."""

_PROFESSIONS = vocabulary("professions")
_PROFESSION_NAMES: list[Any] = [_l(name) for name in _PROFESSIONS.values()]


class PartBody(Schema):
    """One answer of a released response. `words` says that the patient wrote it; then it may have a translation."""

    link_id = fields.String(required=True)
    question = fields.String(load_default="")
    text = fields.String(required=True)
    translation = fields.String(load_default="")
    words = fields.Boolean(required=True)


class AnswerBody(Schema):
    """What the practice sees of an answer, after somebody looked at it. `form_title` is empty for a built-in form."""

    form = fields.String(required=True)
    form_version = fields.Integer(required=True)
    form_title = fields.String(load_default="")
    scale_version = fields.String(load_default="")
    score = fields.String(load_default="")
    parts = fields.List(fields.Nested(PartBody), required=True)
    language = fields.String(required=True)
    method = fields.String(required=True, validate=validate.OneOf(list(vocabulary("methods", PACKAGE))))
    received_month = fields.String(required=True, validate=validate.Regexp(r"\d{4}-\d{2}"))


_OWN_WORDS: tuple[tuple[str, LazyString, LazyString, int], ...] = (
    (
        "question_prefix",
        _l("Words before the question"),
        _l("For example: Thinking about your GP practice… NHS England fixes the question itself."),
        200,
    ),
    ("free_text_question", _l("Free-text question"), _l("Empty means: What could we have done better?"), 200),
    (
        "urgent_help",
        _l("Urgent-help line"),
        _l("It comes first on the form. Empty means: call 999 in an emergency, or 111."),
        500,
    ),
    (
        "other_ways",
        _l("How else to reach the practice"),
        _l("Shown after an answer is sent. Empty means: your telephone number."),
        500,
    ),
)
"""A practice's own words, which stand in place of the toolkit's: setting, label, description, characters at most."""


def _own_words() -> dict[str, fields.Field[Any]]:
    """A setting for each of a practice's own words in each language; empty means the toolkit's."""
    return {
        field_of(name, code): fields.String(
            load_default="",
            validate=validate.Length(max=most),
            metadata={"label": label, "description": description}
            if code == DEFAULT_LANGUAGE
            else _foreign(label, code),
        )
        for code in BASES
        for name, label, description, most in _OWN_WORDS
    }


def _foreign(label: LazyString, code: str) -> dict[str, LazyString]:
    name = _l(in_english(code))
    return {
        "label": _l("%(words)s (%(language)s)", words=label, language=name),
        "group": _l("Your own words: %(language)s", language=name),
    }


def _a_day(value: str) -> None:
    try:
        if value and str(date.fromisoformat(value)) != value:
            raise ValueError(value)
    except ValueError:
        raise ValidationError(_("Enter a real date, for example 2026-11-23")) from None


class _Settings(Schema):
    """How a practice uses its form."""

    languages = fields.List(
        fields.String(validate=validate.OneOf(LANGUAGES, [language(code).name for code in LANGUAGES])),
        load_default=lambda: list(LANGUAGES),
        validate=validate.Length(min=1),
        metadata={"label": _l("Languages of the form")},
    )
    moderators = fields.List(
        fields.String(validate=validate.OneOf(list(_PROFESSIONS), _PROFESSION_NAMES)),
        load_default=lambda: ["receptionist", "manager"],
        validate=validate.Length(min=1),
        metadata={
            "label": _l("Who looks at new answers"),
            "description": _l(
                "Nobody else sees an answer before they have released it. "
                "Managers alone see one that names staff, until they pass it on."
            ),
        },
    )
    complaint_route = fields.String(
        load_default="",
        validate=validate.Length(max=500),
        metadata={
            "label": _l("Who deals with complaints, and how to reach them"),
            "description": _l("Staff who look at answers see this. An answer that is a complaint goes to managers."),
        },
    )
    safeguarding_route = fields.String(
        load_default="",
        validate=validate.Length(max=500),
        metadata={
            "label": _l("Who leads on safeguarding, and how to reach them"),
            "description": _l("Staff who look at answers see this."),
        },
    )
    fft_public = fields.Boolean(
        load_default=False,
        metadata={
            "label": _l("Show the results of the Friends and Family Test to the public"),
            "description": _l(
                "NHS England asks practices to publish them locally. Everybody sees the months that were sent, beside "
                "“You said, we learned, we did”. Where fewer than 8 people gave an answer it shows a range."
            ),
        },
    )
    care_permission = fields.String(
        load_default="",
        validate=validate.Length(max=2_000),
        metadata={
            "label": _l("Permission to use the CARE measure"),
            "description": _l(
                "Who gave it, and what it says. Empty means that nobody at your practice can use CARE. Those who use "
                "it see these words."
            ),
        },
    )
    care_permission_on = fields.String(
        load_default="",
        validate=_a_day,
        metadata={
            "label": _l("Date of that permission"),
            "description": _l("Year, month and day, for example 2026-11-23"),
        },
    )

    @validates_schema
    def permission_is_whole(self, data: dict[str, Any], **_more: object) -> None:
        """A permission has words and a date, or there is none."""
        words, day = data.get("care_permission", "").strip(), data.get("care_permission_on")
        if words and not day:
            raise ValidationError(_("Enter the date of the permission"), "care_permission_on")
        if day and not words:
            raise ValidationError(_("Say who gave the permission, and what it says"), "care_permission")


SettingsSchema = _Settings.from_dict(_own_words(), name="SettingsSchema")
"""How a practice uses its forms, with its own words in every language."""


@cache
def _reading_schema() -> Schema:
    # Every home page asks for the settings, and making a schema took three times as long as loading with it.
    return SettingsSchema(unknown=EXCLUDE)


def settings_of(practice: PracticeView) -> dict[str, Any]:
    """A practice's settings, complete; a value that this version can't read gives way to the default."""
    kept = dict(practice.mix.settings(SLUG))
    schema = _reading_schema()
    settings: dict[str, Any]
    try:
        settings = schema.load(kept)
    except ValidationError as error:
        settings = schema.load({name: value for name, value in kept.items() if name not in error.messages_dict})
    return settings
