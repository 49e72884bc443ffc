"""The mix: which plugins a practice has in force. Every decision is kept whole, so that any can be gone back to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from marshmallow import ValidationError
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from layers_core.artefacts.errors import DraftRefused, NotAllowed, NotFound
from layers_core.artefacts.followup import today_in
from layers_core.artefacts.service import ArtefactService
from layers_core.artefacts.unit import Unit
from layers_core.contract import Actor, MixView, PluginChoice, PluginState, Problem
from layers_core.host.builtin import DECIDE_MIX
from layers_core.i18n import gettext as _
from layers_core.practices.access import choices_from
from layers_core.practices.models import Mix, Person, Practice
from layers_core.usage.events import MixDecided

if TYPE_CHECKING:
    from layers_core.host.loader import Host

STATES: tuple[PluginState, ...] = ("off", "trial", "on")


def in_force(choice: PluginChoice) -> bool:
    """Whether a choice puts its plugin into the mix."""
    return choice.state != "off"


def kept(choice: PluginChoice) -> dict[str, Any]:
    """A choice as the mix's row keeps it."""
    return {
        "state": choice.state,
        "settings": dict(choice.settings),
        "until": choice.until.isoformat() if choice.until else None,
        "question": choice.question,
    }


def checked_settings(host: Host, slug: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings as they are kept: loaded by the plugin's schema, its defaults filled in.

    Raises DraftRefused with a problem for each field that doesn't fit.
    """
    schema = host.registry.settings_schemas.get(slug)
    if schema is None:
        return {}
    try:
        kept_settings: dict[str, Any] = schema.dump(schema.load(dict(settings)))
    except ValidationError as error:
        problems = [Problem(str(text), name) for name, texts in error.messages_dict.items() for text in texts]
        raise DraftRefused(problems) from error
    return kept_settings


def switch(
    service: ArtefactService, actor: Actor, slug: str, choice: PluginChoice, reason: str, *, expected: int
) -> int:
    """Put one plugin off, on trial or on, with its settings; gives the new version of the mix.

    `expected` is the version that the form was shown for. Raises NotAllowed, DraftRefused for what is missing or when
    somebody decided meanwhile, and DoorFault where the plugin could not be switched on.
    """
    if slug not in service.host.plugins and in_force(choice):
        raise DraftRefused([Problem(_("This can't be switched on, because it is not working on this installation"))])
    if slug in service.host.plugins:
        choice = replace(choice, settings=checked_settings(service.host, slug, choice.settings))
    _check_trial(actor, choice)
    before = actor.practice.mix.choices.get(slug, PluginChoice())
    change: Literal["switched", "settings"] = "settings" if before.state == choice.state else "switched"

    def decide(plugins: dict[str, Any]) -> dict[str, Any]:
        return {**plugins, slug: kept(choice)}

    return _decide(service, actor, decide, reason, change, expected)


def _check_trial(actor: Actor, choice: PluginChoice) -> None:
    if choice.state not in STATES:
        raise DraftRefused([Problem(_("Choose off, trial or on"), "state")])
    if choice.state != "trial":
        return
    problems = []
    if choice.until is None or choice.until <= today_in(actor.practice.time_zone):
        problems.append(Problem(_("Enter the day on which the trial ends, after today"), "until-day"))
    if not choice.question.strip():
        problems.append(Problem(_("Enter the question that the trial should answer"), "question"))
    if problems:
        raise DraftRefused(problems)


def roll_back(service: ArtefactService, actor: Actor, version: int, reason: str, *, expected: int) -> int:
    """Bring back the mix of an earlier version as a new decision; gives the new version.

    Raises NotFound, NotAllowed, DraftRefused and DoorFault.
    """
    with service.database.read() as session:
        earlier = session.scalar(select(Mix).where(Mix.practice_id == actor.practice.id, Mix.version == version))
        if earlier is None and version != 0:
            raise NotFound(str(version))
        plugins = dict(earlier.plugins) if earlier else {}
    return _decide(service, actor, lambda _now: plugins, reason, "rolled_back", expected, rolled_back_to=version)


def _decide(
    service: ArtefactService,
    actor: Actor,
    decide: Callable[[dict[str, Any]], dict[str, Any]],
    reason: str,
    change: Literal["switched", "settings", "rolled_back"],
    expected: int,
    *,
    rolled_back_to: int | None = None,
) -> int:
    if not actor.can(DECIDE_MIX):
        raise NotAllowed("mix")
    if not reason.strip():
        raise DraftRefused([Problem(_("Say why, in a few words"), "reason")])
    try:
        with service.unit(actor) as unit:
            practice = unit.session.scalars(
                select(Practice).where(Practice.id == actor.practice.id).with_for_update()
            ).one()
            if practice.mix_version != expected:
                raise DraftRefused([_decided_meanwhile()])
            before = _plugins_at(unit.session, practice.id, practice.mix_version)
            after = decide(before)
            practice.mix_version = _newest(unit.session, practice.id) + 1
            unit.session.add(
                Mix(
                    practice_id=practice.id,
                    version=practice.mix_version,
                    plugins=after,
                    changed=sorted(slug for slug in {*before, *after} if before.get(slug) != after.get(slug)),
                    decided_by=actor.person_id,
                    reason=reason.strip(),
                    rolled_back_to=rolled_back_to,
                    created_at=unit.moment,
                )
            )
            unit.session.flush()
            unit.event(MixDecided(change=change))
            _tell_switched_on(
                service.host, actor, unit, choices_from(before), choices_from(after), practice.mix_version
            )
            return practice.mix_version
    except IntegrityError as error:
        raise DraftRefused([_decided_meanwhile()]) from error


def _decided_meanwhile() -> Problem:
    return Problem(_("Somebody changed what the practice uses while you were deciding. Look again, then decide"))


def _newest(session: Session, practice_id: UUID) -> int:
    return session.scalar(select(func.max(Mix.version)).where(Mix.practice_id == practice_id)) or 0


def _plugins_at(session: Session, practice_id: UUID, version: int) -> dict[str, Any]:
    found = session.scalar(select(Mix.plugins).where(Mix.practice_id == practice_id, Mix.version == version))
    return dict(found or {})


def _tell_switched_on(
    host: Host,
    actor: Actor,
    unit: Unit,
    before: Mapping[str, PluginChoice],
    after: Mapping[str, PluginChoice],
    version: int,
) -> None:
    practice = replace(actor.practice, mix=MixView(version, after, host.enabled(after)))
    was_on = host.enabled(before)
    for slug in sorted(practice.mix.enabled - was_on):
        host.doors.strict("layers_switched_on", practice.mix, only=slug, practice=practice, unit=unit)


@dataclass(frozen=True)
class Decision:
    """One line of the mix's history."""

    version: int
    changed: tuple[str, ...]
    choices: Mapping[str, PluginChoice]
    decided_by: str
    reason: str
    rolled_back_to: int | None
    created_at: datetime


def history(session: Session, practice_id: UUID) -> list[Decision]:
    """Every decision about a practice's mix, newest first."""
    rows = session.execute(
        select(Mix, Person.name)
        .outerjoin(Person, Person.id == Mix.decided_by)
        .where(Mix.practice_id == practice_id)
        .order_by(Mix.version.desc())
    )
    return [
        Decision(
            mix.version,
            tuple(mix.changed),
            choices_from(mix.plugins),
            name or "",
            mix.reason,
            mix.rolled_back_to,
            mix.created_at,
        )
        for mix, name in rows
    ]
