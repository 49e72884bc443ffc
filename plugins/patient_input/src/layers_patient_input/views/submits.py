"""What a public form's submit carries besides the answers, by its way in: its key, its day, and how many may come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from layers_core.artefacts.followup import today_in
from layers_core.contract import PracticeView
from layers_core.db.base import now
from layers_core.forms.fields import field_name
from layers_core.practices.models import PublicLink
from layers_core.web import Submitted, client_address, nonce_key, public_nonce, read_nonce, within_limit
from layers_patient_input.catalogue import Form
from layers_patient_input.submits import day_given
from layers_patient_input.views.blueprints import public

KIOSK = "kiosk"
"""The collection method of a tablet in the waiting room, whose page stays open for patient after patient."""
KIOSK_HOURS = 400 * 24
"""How long a kiosk's page may be without a connection."""

# A waiting room of 30 people an hour behind one address stays far below these.
FROM_ONE_CLIENT = "120 per hour"
THROUGH_ONE_LINK = "1000 per hour"
# A tablet sends what it kept for days at once, and the waiting room it stands in has the same address.
FROM_ONE_KIOSK = "600 per hour"
LATER = {"Retry-After": "3600"}
"""What an answer about too many of them says to programs: by then each of these limits has room again."""


@dataclass(frozen=True)
class Submit:
    """The key that makes a submit count once, and the day on which its answers were given."""

    key: str
    day: date


@public.app_template_global("patient_input_required")
def required_inputs(form: Form) -> str:
    """The names of the inputs that have to be filled in, for a page that nobody but itself can check."""
    return " ".join(field_name(item) for item in form.questionnaire.walk() if item.required and item.answered)


def is_kiosk(link: PublicLink) -> bool:
    """Whether a way in is a tablet's."""
    return link.method == KIOSK


def new_nonce(link: PublicLink) -> str:
    """The hidden field `nonce` of a page that is shown."""
    return public_nonce(_scope(link))


def submit_of(link: PublicLink, practice: PracticeView, form: Submitted) -> Submit | None:
    """What came with a form; None where its nonce is none of ours, or too old.

    A kiosk's page makes a key of its own for each patient (`own`), and says how many seconds an answer `waited`. It is
    a key within the practice, so that nobody's keys are in the way of another practice's.
    """
    if not is_kiosk(link):
        key = nonce_key(form.get("nonce"), _scope(link))
        return Submit(key, today_in(practice.time_zone)) if key else None
    nonce = read_nonce(form.get("nonce"), _scope(link), hours=KIOSK_HOURS, own=form.get("own"))
    if nonce is None:
        return None
    day = day_given(form.whole("waited") or 0, nonce.made_at, now(), practice.time_zone)
    return Submit(f"{nonce.key}.{practice.id}", day)


def within_limits(link: PublicLink) -> bool:
    """Count a submit, and say whether there are not too many of them.

    A kiosk is counted apart: neither does it use up what the waiting room's telephones may send from the same address,
    nor they what the kiosk may.
    """
    scope, most = ("kiosk", FROM_ONE_KIOSK) if is_kiosk(link) else ("client", FROM_ONE_CLIENT)
    return within_limit(f"patient_input.{scope}", client_address(), most) and within_limit(
        "patient_input.link", link.token, THROUGH_ONE_LINK
    )


def _scope(link: PublicLink) -> str:
    # What a tablet kept is taken through the link that took the place of the one it was kept for.
    return f"kiosk.{link.practice_id}.{link.form}" if is_kiosk(link) else link.token
