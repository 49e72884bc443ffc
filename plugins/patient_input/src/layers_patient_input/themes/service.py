"""What people do with themes: make one, change it, put answers into it and take them out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from layers_core.artefacts import reading as core_reading
from layers_core.artefacts.errors import DraftRefused, NotAllowed, NotFound
from layers_core.artefacts.models import Artefact, Audience
from layers_core.artefacts.service import ArtefactService
from layers_core.artefacts.unit import Unit
from layers_core.contract import Actor, Change, Draft, GuardAnswer, Problem, Thing
from layers_core.db.base import put_once, put_sums
from layers_core.host.loader import Host
from layers_core.i18n import gettext as _
from layers_core.vocabulary import vocabulary
from layers_patient_input.events import AnswersGathered
from layers_patient_input.kinds import ANSWER, THEME, THEMES
from layers_patient_input.themes import reading
from layers_patient_input.themes.models import Theme, ThemeAnswer, ThemeMonth
from layers_patient_input.themes.reading import TOPIC
from layers_patient_input.themes.schemas import MOST_WORDS, TITLE_LIMIT, WORD_LIMIT
from layers_patient_input.wording import PACKAGE

_MOST_WHY = 200


def make(
    artefacts: ArtefactService,
    actor: Actor,
    title: str,
    about: str,
    words: Sequence[str],
    guard: GuardAnswer,
    client_key: str = "",
) -> UUID:
    """Make a theme of the practice; gives its key. Raises NotAllowed, DraftRefused, GuardStop."""
    if problems := _problems(title, words):
        raise DraftRefused(problems)
    return artefacts.save(actor, _draft(title, about, words, guard=guard), client_key).id


def change(
    artefacts: ArtefactService,
    actor: Actor,
    thing: Thing,
    title: str,
    about: str,
    words: Sequence[str],
    guard: GuardAnswer,
    base_revision: int,
) -> None:
    """Change a theme's name and words; its answers stay. Raises what `ArtefactService.revise` does."""
    if problems := _problems(title, words):
        raise DraftRefused(problems)
    artefacts.revise(actor, thing.id, _draft(title, about, words, guard=guard), base_revision)


def gather(artefacts: ArtefactService, actor: Actor, theme_id: UUID, answers: Mapping[UUID, str]) -> int:
    """Put released answers into a theme, each with the words for which it was suggested; gives how many were put in.

    Raises NotAllowed, NotFound for a theme or an answer that the actor does not see.
    """
    if not actor.can(THEMES):
        raise NotAllowed(THEMES)
    with artefacts.unit(actor) as unit:
        found = core_reading.get_many(unit.session, artefacts.host, actor, [theme_id, *answers])
        things = [found.get(key) for key in answers]
        theme = found.get(theme_id)
        if theme is None or theme.kind != THEME or any(thing is None or thing.kind != ANSWER for thing in things):
            raise NotFound(str(theme_id))
        return _put(unit, theme, [(thing, answers[thing.id]) for thing in things if thing])


def sort_in(unit: Unit, host: Host, thing: Thing, keys: Iterable[str], why: Mapping[str, str]) -> None:
    """Put an answer that is just being released into themes by their keys, making those of curated topics.

    A key that is none of the practice's is passed over: somebody deleted that theme meanwhile.
    """
    known = {str(theme.id): theme for theme in reading.themes(unit.session, unit.actor)}
    topics = vocabulary("topics", PACKAGE)
    for key in dict.fromkeys(keys):
        code = key.removeprefix(TOPIC)
        theme = core_reading.get(unit.session, host, unit.actor, UUID(key)) if key in known else None
        if theme is None and key.startswith(TOPIC) and code in topics:
            theme = unit.add(_draft(_(topics[code]["label"]), "", (), topic=code))
        if theme is not None:
            _put(unit, theme, [(thing, why.get(key, ""))])


def take_out(artefacts: ArtefactService, actor: Actor, theme_id: UUID, artefact_id: UUID) -> None:
    """Take an answer out of a theme; twice is as good as once. Raises NotAllowed, NotFound."""
    if not actor.can(THEMES):
        raise NotAllowed(THEMES)
    with artefacts.unit(actor) as unit:
        theme = core_reading.get(unit.session, artefacts.host, actor, theme_id)
        if theme is None or theme.kind != THEME or theme.practice_id != actor.practice.id:
            raise NotFound(str(theme_id))
        _take(unit.session, ThemeAnswer.theme_id == theme_id, artefact_id)


def follow(unit: Unit, thing: Thing, change: Change) -> None:
    """Keep the tables as the things are: a new theme has its row, an answer that was taken back leaves its themes."""
    if thing.kind == THEME and change.type == "created":
        unit.session.add(
            Theme(artefact_id=thing.id, practice_id=thing.practice_id, topic=change.extras.get("topic", ""))
        )
        unit.session.flush()
    elif thing.kind == ANSWER and change.type in {"withdrawn", "narrowed"}:
        _take(unit.session, ThemeAnswer.artefact_id == thing.id, thing.id)


def forget_person(session: Session, person_id: UUID) -> None:
    """Leave out who put answers into themes."""
    session.execute(update(ThemeAnswer).where(ThemeAnswer.added_by == person_id).values(added_by=None))


def _put(unit: Unit, theme: Thing, things: Iterable[tuple[Thing, str]]) -> int:
    put = 0
    for thing, why in things:
        month = date.fromisoformat(f"{thing.body['received_month']}-01")
        new = put_once(
            unit.session,
            ThemeAnswer,
            theme_id=theme.id,
            artefact_id=thing.id,
            number=thing.number,
            month=month,
            why=why[:_MOST_WHY],
            added_by=unit.actor.person_id,
            added_at=unit.moment,
        )
        if new and thing.audience.type == "practice":
            put_sums(unit.session, ThemeMonth, "count", [{"theme_id": theme.id, "month": month, "count": 1}])
        put += new
    if put:
        unit.event(AnswersGathered(answers=put), theme)
    return put


def _take(session: Session, which: ColumnElement[bool], artefact_id: UUID) -> None:
    """Take an answer out of the themes of a condition, and out of their counts where it was counted."""
    counted = session.scalar(
        select(Audience.type == "practice")
        .join(Artefact, Artefact.audience_id == Audience.id)
        .where(Artefact.id == artefact_id)
    )
    gone = session.execute(
        delete(ThemeAnswer)
        .where(which, ThemeAnswer.artefact_id == artefact_id)
        .returning(ThemeAnswer.theme_id, ThemeAnswer.month)
    ).all()
    if counted:
        fewer = [{"theme_id": row.theme_id, "month": row.month, "count": -1} for row in gone]
        put_sums(session, ThemeMonth, "count", fewer)


def _draft(title: str, about: str, words: Sequence[str], topic: str = "", guard: GuardAnswer | None = None) -> Draft:
    return Draft(
        kind=THEME,
        title=title,
        body={"about": about, "words": list(words)},
        audience="practice",
        extras={"topic": topic},
        guard=guard or GuardAnswer(),
    )


def _problems(title: str, words: Sequence[str]) -> list[Problem]:
    problems = []
    if not title:
        problems.append(Problem(_("Enter a name for the theme"), "title"))
    elif len(title) > TITLE_LIMIT:
        problems.append(Problem(_("The name must be 120 characters or fewer"), "title"))
    if len(words) > MOST_WORDS or any(len(word) > WORD_LIMIT for word in words):
        problems.append(Problem(_("Enter 100 words or fewer, each of 60 characters or fewer"), "words"))
    return problems
