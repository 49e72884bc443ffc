"""What people do with guidelines: bring recommendations in, correct one, decide on one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import delete, select

from layers_core.artefacts.errors import DraftRefused, GuardStop, NotAllowed
from layers_core.artefacts.models import Artefact
from layers_core.artefacts.service import TITLE_LIMIT, ArtefactService, Saved
from layers_core.artefacts.unit import Unit
from layers_core.contract import Actor, Draft, GuardAnswer, NewLink, Problem, Promise, Thing
from layers_core.i18n import gettext as _
from layers_core.practices.models import Practice
from layers_core.privacy import identifiers
from layers_core.usage.events import IdentifierDecided
from layers_guidelines import keeping
from layers_guidelines.kinds import DECISION, RECOMMENDATION
from layers_guidelines.models import Decision, Upload
from layers_guidelines.pasting import Pasted
from layers_guidelines.schemas import RecommendationSchema
from layers_guidelines.words import decided

KEPT = timedelta(days=1)
"""How long a chosen file waits for its preview to be saved."""


@dataclass(frozen=True)
class Source:
    """Where recommendations that were typed or pasted come from."""

    guideline: str
    source_name: str
    source_url: str
    licence: str
    version_label: str
    dated: date


@dataclass(frozen=True)
class Typed:
    """One recommendation typed or pasted by hand, with its rating where its source gives one."""

    pasted: Pasted
    strength: str | None = None
    certainty: str | None = None


@dataclass(frozen=True)
class Brought:
    """What came of bringing recommendations in: the new ones' keys, and how many were here already."""

    added: tuple[UUID, ...]
    here: int


def by_hand(source: Source, typed: Typed, *, example: bool = False) -> Draft:
    """The draft of a recommendation that was typed or pasted; saved as it is, or with others by `bring_in`."""
    body = {
        "text": typed.pasted.text,
        "guideline": source.guideline,
        "source_name": source.source_name,
        "source_url": source.source_url,
        "licence": source.licence,
        "version_label": source.version_label,
        "dated": source.dated.isoformat(),
        "strength": typed.strength,
        "certainty": typed.certainty,
        "path": typed.pasted.path,
        "example": example,
    }
    return Draft(RECOMMENDATION, typed.pasted.title, body, audience="practice")


def add_by_hand(
    service: ArtefactService, actor: Actor, source: Source, typed: Typed, *, example: bool = False
) -> Saved:
    """Save one recommendation typed by hand. Raises what `ArtefactService.save` does."""
    return service.save(actor, by_hand(source, typed, example=example))


def bring_in(service: ArtefactService, actor: Actor, drafts: Sequence[Draft], guard: GuardAnswer) -> Brought:
    """Save recommendations in one transaction. Those that are here already, by edition and place in it, are left alone.

    The guard's marks in all of them are looked at together. Raises NotAllowed, DraftRefused (naming the title),
    GuardStop, CheckFailed and DoorFault.
    """
    ready = [_complete(draft) for draft in drafts]
    with service.database.read() as session:
        known = keeping.here_already(session, actor.practice.id, [draft.body["edition"] for draft in ready])
    checked = _look_at(service, actor, [draft for draft in ready if _place(draft) not in known], guard)
    added: list[UUID] = []
    with service.unit(actor) as unit:
        # One import at a time in a practice; NO KEY UPDATE, so that nobody else who saves has to wait.
        unit.session.execute(
            select(Practice.id).where(Practice.id == actor.practice.id).with_for_update(key_share=True)
        )
        known = keeping.here_already(unit.session, actor.practice.id, [draft.body["edition"] for draft in ready])
        for draft, marks in checked:
            if _place(draft) not in known:
                known.add(_place(draft))
                added.append(_add(unit, draft, marks))
    return Brought(tuple(added), len(drafts) - len(added))


def _complete(draft: Draft) -> Draft:
    """A draft whose body names its edition and place, as the schema works them out."""
    schema = RecommendationSchema()
    if errors := schema.validate(draft.body):
        problems = [Problem(str(message), str(field)) for field, found in errors.items() for message in found]
        raise DraftRefused(problems)
    return replace(draft, body=schema.dump(schema.load(draft.body)))


def _place(draft: Draft) -> tuple[str, str]:
    return draft.body["edition"], draft.body["path"]


def _look_at(
    service: ArtefactService, actor: Actor, drafts: Iterable[Draft], guard: GuardAnswer
) -> list[tuple[Draft, Counter[str]]]:
    """Check every draft, and stop once for all that the guard marked; gives each with its marks by type."""
    stops: list[GuardStop] = []
    checked: list[tuple[Draft, Counter[str]]] = []
    for draft in drafts:
        try:
            service.check(actor, draft)
            checked.append((draft, Counter()))
        except GuardStop as stop:
            stops.append(stop)
            checked.append((draft, Counter(span.type for item in stop.marked for span in item.spans)))
        except DraftRefused as refused:
            told = [Problem(f"{draft.title}: {problem.message}", problem.field) for problem in refused.problems]
            raise DraftRefused(told) from refused
    marked = [item for stop in stops for item in stop.marked]
    fingerprint = identifiers.fingerprint([item.text for item in marked])
    if guard.editing or (marked and guard.fingerprint != fingerprint):
        raise GuardStop(marked, fingerprint, wider=False, editing=guard.editing)
    return checked


def _add(unit: Unit, draft: Draft, marks: Counter[str]) -> UUID:
    thing = unit.add(draft)
    if marks:
        unit.guard_decision(thing.id, marks, "")
        unit.event(IdentifierDecided(marks=marks.total(), explained=False), thing)
    return thing.id


def correct(
    service: ArtefactService,
    actor: Actor,
    thing: Thing,
    typed: Typed,
    guard: GuardAnswer,
    base_revision: int,
) -> Saved:
    """Correct a recommendation that was typed by hand and not decided on. Its source and place in it stay.

    Raises NotAllowed where it is locked, and what `ArtefactService.revise` does.
    """
    with service.database.read() as session:
        if keeping.is_locked(session, thing):
            raise NotAllowed(str(thing.id))
    body = {
        **thing.body,
        "text": typed.pasted.text,
        "strength": typed.strength,
        "certainty": typed.certainty,
    }
    draft = Draft(RECOMMENDATION, typed.pasted.title, body, language=thing.language, guard=guard)
    return service.revise(actor, thing.id, draft, base_revision)


@dataclass(frozen=True)
class Choice:
    """What somebody decided on a recommendation, and why."""

    decision: str
    reason: str
    local_wording: str = ""
    criteria: tuple[str, ...] = ()
    review_on: date | None = None


class DecidedMeanwhile(Exception):
    """Somebody decided on the recommendation since the form was opened; `current` is the key of their decision."""

    def __init__(self, current: UUID | None) -> None:
        super().__init__("Decided by somebody else meanwhile")
        self.current = current


def decide(
    service: ArtefactService,
    actor: Actor,
    recommendation: Thing,
    choice: Choice,
    *,
    instead_of: UUID | None = None,
    prompted_by: UUID | None = None,
    promise: Promise | None = None,
    guard: GuardAnswer = GuardAnswer(),  # noqa: B008 - a frozen value
    client_key: str = "",
) -> Saved:
    """Decide on a recommendation, for the practice. An earlier decision, `instead_of`, is replaced and stays readable.

    Raises DecidedMeanwhile where another decision counts than the one that is replaced, and what
    `ArtefactService.save` does.
    """
    if repeated := service.repeat_of(str(actor.person_id), client_key):
        return repeated
    with service.database.read() as session:
        current = session.scalar(
            select(Decision.artefact_id)
            .join(Artefact, Artefact.id == Decision.artefact_id)
            .where(
                Decision.practice_id == actor.practice.id,
                Decision.recommendation_id == recommendation.id,
                Artefact.state == "live",
            )
            .order_by(Decision.decided_at.desc(), Decision.artefact_id.desc())
            .limit(1)
        )
    if current != instead_of:
        raise DecidedMeanwhile(current)
    links = [NewLink("adapts", recommendation.id)]
    if current:
        links.append(NewLink("supersedes", current))
    if prompted_by:
        links.append(NewLink("prompted_by", prompted_by))
    draft = Draft(
        DECISION,
        _title(choice.decision, recommendation.title),
        {
            "recommendation": str(recommendation.id),
            "decision": choice.decision,
            "reason": choice.reason,
            "local_wording": choice.local_wording,
            "criteria": list(choice.criteria),
            "review_on": choice.review_on.isoformat() if choice.review_on else None,
        },
        audience="practice",
        language=recommendation.language,
        promise=promise,
        links=tuple(links),
        guard=guard,
    )
    return service.save(actor, draft, client_key)


def _title(decision: str, title: str) -> str:
    text = _("%(decided)s: %(title)s", decided=decided(decision).label, title=title)
    return text if len(text) <= TITLE_LIMIT else f"{text[: TITLE_LIMIT - 1]}…"


def keep_uploads(service: ArtefactService, actor: Actor, files: Sequence[tuple[str, bytes]]) -> None:
    """Keep chosen files until their preview is saved or thrown away; they take the place of earlier ones.

    Whatever waited longer than a day, anybody's in the practice, is dropped at the same time.
    """
    with service.unit(actor) as unit:
        _drop(unit, actor)
        unit.session.execute(
            delete(Upload).where(Upload.practice_id == actor.practice.id, Upload.uploaded_at < unit.moment - KEPT)
        )
        for name, content in files:
            unit.session.add(
                Upload(
                    practice_id=actor.practice.id,
                    person_id=actor.person_id,
                    name=name,
                    content=content,
                    uploaded_at=unit.moment,
                )
            )
            unit.session.flush()


def drop_uploads(service: ArtefactService, actor: Actor) -> None:
    """Throw away the files that wait for this person."""
    with service.unit(actor) as unit:
        _drop(unit, actor)


def _drop(unit: Unit, actor: Actor) -> None:
    unit.session.execute(
        delete(Upload).where(Upload.practice_id == actor.practice.id, Upload.person_id == actor.person_id)
    )
