"""What an evaluator sees: people aware, using and producing by week, small numbers hidden.

The tiers are ImproveCareNow's (Keck 2021).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from layers_core.usage.events import TIERS
from layers_core.usage.models import UsageEventRow
from layers_core.usage.studies import CONSENTED, StudyView, counted
from layers_core.usage.suppression import suppress

MOST_WEEKS = 104


@dataclass(frozen=True)
class Week:
    """One week of a study, from its Monday: people in each tier, None where the number is too small to show."""

    monday: date
    people: dict[str, int | None]


@dataclass(frozen=True)
class TierReport:
    """People in each tier by week and over the whole study. A person counts in their highest tier's and all below:
    who produces also uses, and who uses is aware."""

    weeks: list[Week]
    whole: dict[str, int | None]


def people_by_tier(session: Session, study: StudyView) -> TierReport:
    """Count the people who opted in, by week and tier, and hide small numbers by the study's profile."""
    rows = session.execute(
        select(UsageEventRow.occurred_at, UsageEventRow.actor_key, UsageEventRow.tier)
        .select_from(CONSENTED)
        .where(counted(study))
        .order_by(UsageEventRow.occurred_at)
        .execution_options(yield_per=5_000)
    )
    weekly: dict[date, dict[str, set[object]]] = defaultdict(lambda: {tier: set() for tier in TIERS})
    whole: dict[str, set[object]] = {tier: set() for tier in TIERS}
    for occurred_at, actor, tier in rows:
        monday = occurred_at.date() - timedelta(days=occurred_at.weekday())
        for included in TIERS[: TIERS.index(tier) + 1]:
            weekly[monday][included].add(actor)
            whole[included].add(actor)
    weeks = [Week(monday, _shown(weekly[monday], study)) for monday in sorted(weekly)][-MOST_WEEKS:]
    return TierReport(weeks, _shown(whole, study))


def _shown(people: dict[str, set[object]], study: StudyView) -> dict[str, int | None]:
    counts = suppress([len(people[tier]) for tier in TIERS], study.suppression)
    return dict(zip(TIERS, counts, strict=True))
