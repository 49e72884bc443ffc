"""What a theme looks like."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from layers_core.i18n import lazy_gettext as _l

TITLE_LIMIT = 120
ABOUT_LIMIT = 2_000
MOST_WORDS = 100
WORD_LIMIT = 60


class ThemeBody(Schema):
    """A theme: what it is about, and the words by which answers are suggested for it."""

    about = fields.String(
        load_default="",
        validate=validate.Length(max=ABOUT_LIMIT, error=str(_l("This must be 2,000 characters or fewer"))),
    )
    words = fields.List(
        fields.String(validate=validate.Length(min=1, max=WORD_LIMIT)),
        load_default=list,
        validate=validate.Length(max=MOST_WORDS),
    )
