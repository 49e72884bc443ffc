"""Reading this plugin's forms: what was typed becomes what the service takes, or problems in words."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from layers_core.contract import Problem
from layers_core.i18n import gettext as _
from layers_core.web import Submitted
from layers_guidelines import pasting
from layers_guidelines.importing import Given
from layers_guidelines.schemas import LINE_LIMIT, NOTE_LIMIT, TEXT_LIMIT, URL_LIMIT
from layers_guidelines.service import Choice, Source, Typed
from layers_guidelines.words import CERTAINTIES, CRITERIA, OFFERED, STRENGTHS, WITH_OWN_WORDING

SOURCE_FIELDS = {
    "guideline": LINE_LIMIT,
    "source_name": LINE_LIMIT,
    "source_url": URL_LIMIT,
    "licence": NOTE_LIMIT,
    "version_label": LINE_LIMIT,
}
"""The fields about a source, and how many characters each may have."""


def source(form: Submitted, today: date) -> Source | None:
    """Where typed recommendations come from; None with problems noted where that is not said in full."""
    guideline = form.required("guideline", _("Enter the title of the guideline"))
    name = form.required("source_name", _("Enter who published it"))
    licence = form.required("licence", _("Enter its licence, or what its publisher lets you do with it"))
    url = form.get("source_url")
    if url and not url.startswith(("https://", "http://")):
        form.problems.append(Problem(_("Enter a web address that starts with https:// or http://"), "source_url"))
    dated = _required_date(form, "dated", _("Enter the date of this edition"))
    if dated and dated > today:
        form.problems.append(Problem(_("The date of this edition must be today or in the past"), "dated-day"))
    for field, limit in SOURCE_FIELDS.items():
        _short_enough(form, field, limit)
    if form.problems or dated is None:
        return None
    return Source(guideline, name, url, licence, form.get("version_label"), dated)


def _required_date(form: Submitted, name: str, message: str) -> date | None:
    before = len(form.problems)
    found = form.date(name)
    if found is None and len(form.problems) == before:
        form.problems.append(Problem(message, f"{name}-day"))
    return found


def _short_enough(form: Submitted, field: str, limit: int) -> None:
    if len(form.get(field)) > limit:
        form.problems.append(Problem(_("This must be %(limit)s characters or fewer", limit=f"{limit:,}"), field))


def pasted(form: Submitted) -> list[pasting.Pasted]:
    """The recommendations in the text field; problems are noted where there are none, too many or too long ones."""
    found = pasting.split(form.required("text", _("Enter or paste the recommendation")))
    if len(found) > pasting.MOST:
        message = _(
            "Paste at most %(most)s recommendations at once. There are %(count)s", most=pasting.MOST, count=len(found)
        )
        form.problems.append(Problem(message, "text"))
    if any(len(item.text) > TEXT_LIMIT for item in found):
        form.problems.append(
            Problem(
                _("Each recommendation must be 20,000 characters or fewer. Leave an empty line between two"), "text"
            )
        )
    return found


def typed(form: Submitted, item: pasting.Pasted, number: int) -> Typed:
    """One recommendation with the rating that was chosen for it; none where nothing, or nothing known, was chosen."""
    strength, certainty = form.get(f"strength-{number}"), form.get(f"certainty-{number}")
    return Typed(
        item,
        strength if strength in STRENGTHS else None,
        certainty if certainty in CERTAINTIES else None,
    )


def given(form: Submitted) -> Given:
    """What a person says about files that do not say it themselves."""
    return Given(form.get("source_name"), form.get("licence"), form.date("dated"))


def choice(form: Submitted, today: date) -> Choice:
    """What was decided and why; problems are noted for what is missing."""
    decision = form.one_of("decision", dict.fromkeys(OFFERED), _("Choose what you decided"))
    reason = form.required("reason", _("Say why. A few words are enough"))
    _short_enough(form, "reason", NOTE_LIMIT)
    wording = form.get("local_wording")
    if decision in WITH_OWN_WORDING and not wording:
        form.problems.append(Problem(_("Write down how you do it in your practice"), "local_wording"))
    if wording and decision in OFFERED and decision not in WITH_OWN_WORDING:
        message = _("You wrote a wording of your own. Choose “Adapt”, or remove your wording")
        form.problems.append(Problem(message, "local_wording"))
    _short_enough(form, "local_wording", TEXT_LIMIT)
    review_on = form.date("review")
    if review_on and review_on <= today:
        form.problems.append(Problem(_("Choose a day after today to look at it again"), "review-day"))
    criteria = tuple(code for code in form.getlist("criteria") if code in CRITERIA)
    return Choice(decision, reason, wording, criteria, review_on)


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last day of that month where it is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
