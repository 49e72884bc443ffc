"""What pages ask about themes. Nothing here writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from layers_core.artefacts import audience
from layers_core.artefacts import reading as core_reading
from layers_core.artefacts.followup import today_in
from layers_core.artefacts.models import Artefact
from layers_core.contract import Actor, Thing
from layers_core.host.loader import Host
from layers_core.i18n import gettext as _
from layers_core.vocabulary import vocabulary
from layers_patient_input.kinds import ANSWER
from layers_patient_input.themes.matching import Finder
from layers_patient_input.themes.models import Theme, ThemeAnswer, ThemeMonth
from layers_patient_input.wording import PACKAGE

PAGE = 20
MOST_THEMES = 200
"""More themes than this are no help to anybody."""
MOST_SOUGHT = 12
"""Words that suggestions are searched by, of a theme that has more."""
_LATELY = 3
TOPIC = "topic:"
"""Before the code of a curated topic that a practice has no theme of yet."""


@dataclass(frozen=True)
class ThemeView:
    """A theme in a list. `lately` counts the answers of the last three months."""

    id: UUID
    title: str
    topic: str
    words: Sequence[str]
    answers: int
    lately: int


def one(session: Session, actor: Actor, theme_id: UUID) -> ThemeView | None:
    """A theme of the practice; None for one that the reader does not see."""
    return next(iter(themes(session, actor, theme_id)), None)


def themes(session: Session, actor: Actor, theme_id: UUID | None = None) -> list[ThemeView]:
    """A practice's themes by name, or one of them, with how many answers each has: one query, however many."""
    counted = (
        select(
            ThemeMonth.theme_id,
            func.sum(ThemeMonth.count).label("answers"),
            func.sum(case((ThemeMonth.month >= _since(actor), ThemeMonth.count), else_=0)).label("lately"),
        )
        .join(Theme, Theme.artefact_id == ThemeMonth.theme_id)
        .where(Theme.practice_id == actor.practice.id)
        .group_by(ThemeMonth.theme_id)
        .subquery()
    )
    query = (
        select(Artefact.id, Artefact.title, Artefact.body, Theme.topic, counted.c.answers, counted.c.lately)
        .join(Theme, Theme.artefact_id == Artefact.id)
        .outerjoin(counted, counted.c.theme_id == Artefact.id)
        .where(Theme.practice_id == actor.practice.id, audience.visible(actor))
        .order_by(Artefact.title, Artefact.id)
        .limit(MOST_THEMES)
    )
    rows = session.execute(query.where(Artefact.id == theme_id) if theme_id else query)
    return [
        ThemeView(row.id, row.title, row.topic, row.body["words"], int(row.answers or 0), int(row.lately or 0))
        for row in rows
    ]


def _since(actor: Actor) -> date:
    today = today_in(actor.practice.time_zone)
    months = today.year * 12 + today.month - 1 - (_LATELY - 1)
    return date(months // 12, months % 12 + 1, 1)


@dataclass(frozen=True)
class Suggested:
    """A theme that an answer may belong to. `key` is the theme's, or a topic's that there is no theme of yet."""

    key: str
    title: str
    why: str


def suggested(found: Sequence[ThemeView], texts: Iterable[str]) -> list[Suggested]:
    """The themes and curated topics that texts may be about, with the words that say so; their own themes first."""
    topics: Mapping[str, Any] = vocabulary("topics", PACKAGE)
    taken = {theme.topic for theme in found}
    names = {str(theme.id): theme.title for theme in found}
    names |= {TOPIC + code: _(entry["label"]) for code, entry in topics.items() if code not in taken}
    words: dict[str, Sequence[str]] = {str(theme.id): _words(theme) for theme in found}
    words |= {TOPIC + code: entry["words"] for code, entry in topics.items() if code not in taken}
    matches = Finder(words).find(texts)
    best = sorted(matches, key=lambda key: (key.startswith(TOPIC), -len(matches[key]), names[key]))
    return [Suggested(key, names[key], ", ".join(matches[key])) for key in best]


@dataclass(frozen=True)
class Gathered:
    """An answer in a theme, and the words for which it was suggested."""

    thing: Thing
    why: str


def answers(
    session: Session, host: Host, actor: Actor, theme_id: UUID, before: int | None = None
) -> tuple[list[Gathered], int | None]:
    """The answers of a theme that the reader may see, newest first, a page of them; and where the next page begins."""
    query = (
        select(ThemeAnswer.artefact_id, ThemeAnswer.number, ThemeAnswer.why)
        .join(Artefact, Artefact.id == ThemeAnswer.artefact_id)
        .where(ThemeAnswer.theme_id == theme_id, audience.visible(actor))
        .order_by(ThemeAnswer.number.desc())
        .limit(PAGE + 1)
    )
    rows = session.execute(query.where(ThemeAnswer.number < before) if before is not None else query).all()
    things = core_reading.get_many(session, host, actor, [row.artefact_id for row in rows[:PAGE]])
    found = [Gathered(things[row.artefact_id], row.why) for row in rows[:PAGE] if row.artefact_id in things]
    return found, rows[PAGE - 1].number if len(rows) > PAGE else None


def members(session: Session, theme_id: UUID, ids: Iterable[UUID]) -> set[UUID]:
    """Which of these answers are in a theme."""
    return set(
        session.scalars(
            select(ThemeAnswer.artefact_id).where(
                ThemeAnswer.theme_id == theme_id, ThemeAnswer.artefact_id.in_(list(ids))
            )
        )
    )


def themes_of(session: Session, actor: Actor, artefact_id: UUID) -> list[tuple[UUID, str]]:
    """The themes that an answer is in, by name."""
    rows = session.execute(
        select(Artefact.id, Artefact.title)
        .join(ThemeAnswer, ThemeAnswer.theme_id == Artefact.id)
        .where(ThemeAnswer.artefact_id == artefact_id, audience.visible(actor))
        .order_by(Artefact.title)
    )
    return [(row.id, row.title) for row in rows]


def reasons(session: Session, host: Host, actor: Actor, theme: ThemeView, ids: Sequence[UUID]) -> dict[UUID, str]:
    """The words for which each of these answers is suggested for a theme: those that the reader sees."""
    found = core_reading.get_many(session, host, actor, ids[: 3 * PAGE])
    finder = _finder(theme)
    return {key: _why(finder, thing) for key, thing in found.items() if thing.kind == ANSWER and thing.available}


def for_theme(
    session: Session, host: Host, actor: Actor, theme: ThemeView, before: int | None = None
) -> tuple[list[Gathered], int | None]:
    """Released answers that may belong to a theme and are not in it, newest first, and where to look on.

    A page of search results is gone through each time, so that a page may hold few or none although there are more.
    """
    asked = " ".join(_words(theme)[:MOST_SOUGHT])
    hits = core_reading.find(session, host, actor, asked, before=before, limit=3 * PAGE, any_word=True)
    possible = [hit.thing for hit in hits if hit.thing.kind == ANSWER and hit.thing.available]
    taken = members(session, theme.id, [thing.id for thing in possible])
    finder = _finder(theme)
    why = {thing.id: _why(finder, thing) for thing in possible if thing.id not in taken}
    found = [Gathered(thing, why[thing.id]) for thing in possible if why.get(thing.id)]
    return found, hits[-1].thing.number if len(hits) == 3 * PAGE else None


def _words(theme: ThemeView) -> list[str]:
    return [theme.title, *theme.words, *vocabulary("topics", PACKAGE).get(theme.topic, {}).get("words", ())]


def _finder(theme: ThemeView) -> Finder:
    return Finder({str(theme.id): _words(theme)})


def _why(finder: Finder, thing: Thing) -> str:
    texts = (text for part in thing.body["parts"] for text in (part["text"], part["translation"]))
    return ", ".join(next(iter(finder.find(texts).values()), ()))
