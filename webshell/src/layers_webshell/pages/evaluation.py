"""What an evaluator sees of their studies: figures with small numbers hidden, one button for the data, no content."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Blueprint, Response, abort, render_template
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from layers_core.charts import Bar, Svg, bar_chart
from layers_core.db.base import now
from layers_core.host.loader import Host
from layers_core.i18n import LazyString, format_date, format_parts
from layers_core.i18n import gettext as _
from layers_core.i18n import lazy_gettext as _l
from layers_core.practices.models import Membership
from layers_core.usage import export, studies
from layers_core.usage.evaluation import Week, people_by_tier
from layers_core.usage.events import TIERS
from layers_core.usage.models import Consent, StudyPractice
from layers_core.usage.studies import StudyView
from layers_core.usage.suppression import suppress
from layers_core.vocabulary import label, vocabulary
from layers_core.web import current, policy
from layers_webshell.pages.study_data import as_zip
from layers_webshell.pages.weeks import growth, monday_of, whole_weeks

pages = Blueprint("evaluation", __name__)
log = logging.getLogger("layers.evaluation")

MEANINGS: Mapping[str, tuple[LazyString, LazyString]] = {
    "aware": (
        _l("Aware"),
        _l("People who met what others shared: they opened something in that week, or did more than that."),
    ),
    "using": (
        _l("Using"),
        _l("People who did something with it: commented, connected, answered what came back, or made something."),
    ),
    "producing": (
        _l("Producing"),
        _l("People who added something of their own: recorded, shared, promised, or said what came of a promise."),
    ),
}
"""Name and definition of each tier (ImproveCareNow: one or more qualifying behaviours put a person in a tier)."""


@dataclass(frozen=True)
class Tier:
    """One tier of a study as the page shows it: what counts, its chart, and its whole number."""

    code: str
    name: str
    meaning: str
    events: list[str]
    whole: str
    growth: str
    chart: Svg


@dataclass(frozen=True)
class Report:
    """One study as the page shows it. `members` and `taking_part` are hidden like every other number."""

    study: StudyView
    practices: int
    members: str
    taking_part: str
    tiers: list[Tier]
    weeks: list[Week]
    rule: str
    hidden: str


@pages.get("/evaluation")
@policy("evaluator")
def index() -> str:
    """The figures of every study that the person evaluates."""
    found = studies.evaluated_by(current.session, current.person.id)
    return render_template(
        "layers/pages/evaluation.html",
        reports=[_report(current.session, current.host, study) for study in found],
        columns=export.COLUMNS,
        this_week=monday_of(now().date()),
    )


@pages.get("/evaluation/<study>/data")
@policy("evaluator")
def data(study: str) -> Response:
    """The study's events and codebook as one ZIP file."""
    found = next((one for one in studies.evaluated_by(current.session, current.person.id) if one.slug == study), None)
    if found is None:
        abort(404)
    # The codebook is made here: its words are in the reader's language.
    parts = as_zip(current.artefacts.database, found, export.codebook(current.host, found))
    log.info("Study %s was exported by person %s", found.slug, current.person.id)
    name = f"{found.slug}-{now():%Y-%m-%d}.zip"
    return Response(
        parts, mimetype="application/zip", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _report(session: Session, host: Host, study: StudyView) -> Report:
    counted = people_by_tier(session, study)
    weeks = whole_weeks(counted)
    profile = vocabulary("suppression")[study.suppression]
    shown = partial(_shown, _hidden_words(profile))
    tiers = [
        Tier(
            code=tier,
            name=str(MEANINGS[tier][0]),
            meaning=str(MEANINGS[tier][1]),
            events=_events(host, tier),
            whole=shown(counted.whole[tier]),
            growth=_growth(growth(weeks, tier, study.baseline_on, now().date())),
            chart=_chart(study, weeks, tier, profile),
        )
        for tier in TIERS
    ]
    practices, members, taking_part = _reach(session, study)
    return Report(
        study=study,
        practices=practices,
        members=shown(members),
        taking_part=shown(taking_part),
        tiers=tiers,
        weeks=weeks,
        rule=label("suppression", study.suppression),
        hidden=_hidden_words(profile),
    )


def _chart(study: StudyView, weeks: Sequence[Week], tier: str, profile: Mapping[str, Any]) -> Svg:
    """A bar for each week, with the day that it begins on; nothing where there is no week."""
    if not weeks:
        return Svg()
    bars = [Bar(week.people[tier], format_parts(week.monday, "MMMd")) for week in weeks]
    title = _("People %(tier)s in %(study)s", tier=str(MEANINGS[tier][0]).lower(), study=study.title)
    told = _(
        "One bar for each week from %(first)s to %(last)s. The table below the charts has the same numbers.",
        first=format_date(weeks[0].monday),
        last=format_date(weeks[-1].monday),
    )
    return bar_chart(bars, f"{study.slug}-{tier}", title, told, profile["hide"][1], _hidden_words(profile, short=True))


def _hidden_words(profile: Mapping[str, Any], *, short: bool = False) -> str:
    """What stands for a hidden number: its range, where hiding a number beside it can't make it larger than that."""
    low, high = profile["hide"]
    if profile["second"]:
        return "–" if short else _("hidden")
    return f"{low}–{high}" if short else _("%(low)s to %(high)s", low=low, high=high)


def _shown(hidden: str, count: int | None) -> str:
    return hidden if count is None else str(count)


def _growth(factor: float | None) -> str:
    return "" if factor is None else f"×{factor:.1f}"


def _events(host: Host, tier: str) -> list[str]:
    """What counts for a tier by itself, in the words of the events' own declarations."""
    found = (event for event in host.registry.event_types.values() if event.tier == tier)
    return sorted(_((inspect.getdoc(event) or event.name).partition("\n")[0]) for event in found)


def _reach(session: Session, study: StudyView) -> tuple[int, int | None, int | None]:
    """Practices of the study, their members and those who take part; the people hidden like the figures."""
    of_study = select(StudyPractice.practice_id).where(StudyPractice.study_id == study.id)
    members = select(func.count(func.distinct(Membership.person_id))).where(
        Membership.practice_id.in_(of_study), Membership.left_at.is_(None)
    )
    taking_part = members.join(Consent, Consent.person_id == Membership.person_id).where(Consent.withdrawn_at.is_(None))
    practices = session.scalar(select(func.count()).select_from(of_study.subquery())) or 0
    shown = suppress([session.scalar(members) or 0, session.scalar(taking_part) or 0], study.suppression)
    return practices, shown[0], shown[1]
