"""What an entry of "You said, we learned, we did" looks like."""

from __future__ import annotations

from collections.abc import Callable, Container
from datetime import date

from marshmallow import Schema, ValidationError, fields, validate

from layers_core.contract import Body
from layers_core.i18n import LazyString
from layers_core.i18n import gettext as _
from layers_core.i18n import lazy_gettext as _l
from layers_core.vocabulary import vocabulary
from layers_patient_input.loop.statements import CODES
from layers_patient_input.wording import PACKAGE

THEME_LIMIT = 120
PART_LIMIT = 2_000
CHANGES = tuple(vocabulary("changes", PACKAGE))
PARTS = ("theme", "you_said", "we_learned", "we_did")
"""What patients read of an entry, in their order; the last says what was done, will be, or why nothing changes."""
MADE = "made"
"""What an entry says that was written before entries said whether anything changes: it stood under "We did"."""


def _filled(most: int, empty: LazyString) -> Callable[[str], None]:
    def check(value: str) -> None:
        if not value.strip():
            raise ValidationError(str(empty))
        if len(value) > most:
            raise ValidationError(_("This must be %(most)s characters or fewer", most=f"{most:,}"))

    return check


def _one_of(codes: Container[str], otherwise: LazyString) -> Callable[[str], None]:
    def check(value: str) -> None:
        if value not in codes:
            raise ValidationError(str(otherwise))

    return check


def _a_day(value: str) -> None:
    try:
        if value and str(date.fromisoformat(value)) != value:
            raise ValueError(value)
    except ValueError:
        raise ValidationError(_("Enter a real date, for example 4 12 2026")) from None


class YouSaidBody(Schema):
    """An entry. `on` is the day on which the change was made, or by which it will be; `statements` are for staff."""

    theme = fields.String(required=True, validate=_filled(THEME_LIMIT, _l("Say in a few words what it is about")))
    you_said = fields.String(required=True, validate=_filled(PART_LIMIT, _l("Say what patients told you")))
    we_learned = fields.String(required=True, validate=_filled(PART_LIMIT, _l("Say what you learned from it")))
    we_did = fields.String(
        required=True, validate=_filled(PART_LIMIT, _l("Say what you did or will do, or why nothing changes"))
    )
    change = fields.String(load_default=MADE, validate=_one_of(CHANGES, _l("Say whether anything changes")))
    on = fields.String(load_default="", validate=_a_day)
    statements = fields.List(
        fields.String(validate=_one_of(CODES, _l("Choose the quality statements from the list"))),
        load_default=list,
        validate=validate.Length(max=len(CODES)),
    )


def upgrade_entry(body: Body, from_version: int) -> Body:
    """An entry's body in version 2: version 1 did not say whether anything changed, or when. An empty one stays so."""
    if from_version > 1 or not body:
        return body
    return {**body, "change": MADE, "on": "", "statements": []}
