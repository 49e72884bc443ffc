"""Reading own templates: those of an actor and their practice. Who may see one is decided here alone."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from layers_core.contract import Actor
from layers_core.vocabulary import vocabulary
from layers_core.web import parse_uuid
from layers_reflect.models import OwnTemplate, OwnTemplateVersion
from layers_reflect.prompts import OWN, PACKAGE, Template, newest, own, templates

MAKE = "reflect.templates"
"""The permission to make questions for everybody in the practice."""


@dataclass(frozen=True)
class OwnView:
    """An own template in one of its versions: whose it is, whether it is offered, and its questions."""

    id: UUID
    version: int
    newest: int
    is_practices: bool
    is_offered: bool
    template: Template


def _seen(actor: Actor) -> ColumnElement[bool]:
    return or_(OwnTemplate.person_id == actor.person_id, OwnTemplate.practice_id == actor.practice.id)


def may_change(actor: Actor, view: OwnView) -> bool:
    """Whether an actor who sees a template may change it: their own, or with the permission the practice's."""
    return actor.can(MAKE) if view.is_practices else True


def all_of(session: Session, actor: Actor, *, offered_only: bool = False) -> list[OwnView]:
    """The actor's own templates and their practice's, by name: one query."""
    query = (
        select(OwnTemplate, OwnTemplateVersion)
        .join(
            OwnTemplateVersion,
            (OwnTemplateVersion.template_id == OwnTemplate.id) & (OwnTemplateVersion.version == OwnTemplate.version),
        )
        .where(_seen(actor))
    )
    if offered_only:
        query = query.where(OwnTemplate.retired_at.is_(None))
    found = [_view(kept, version) for kept, version in session.execute(query)]
    return sorted(found, key=lambda view: (view.template.label.casefold(), view.id))


def find(session: Session, actor: Actor, key: UUID, version: int | None = None) -> OwnView | None:
    """One that the actor sees, in its newest version or a given one; None where there is none."""
    return _one(session, key, version, _seen(actor))


def find_shared(session: Session, key: UUID) -> OwnView | None:
    """One whose link somebody has, whoever's it is; None once it is switched off."""
    return _one(session, key, None, OwnTemplate.retired_at.is_(None))


def template_named(session: Session, actor: Actor, code: str, version: int | None = None) -> Template | None:
    """The template that a form or address names, one that comes with Reflect or `own:<key>`; else the newest version.

    None for a code that is unknown, and for somebody's own that the actor does not see.
    """
    if code in vocabulary("templates", PACKAGE):
        return templates().get((code, version or 0)) or newest(code)
    key = parse_uuid(code.removeprefix(OWN)) if code.startswith(OWN) else None
    view = find(session, actor, key, version) if key else None
    return view.template if view else None


def _one(session: Session, key: UUID, version: int | None, condition: ColumnElement[bool]) -> OwnView | None:
    wanted = OwnTemplate.version if version is None else version
    row = session.execute(
        select(OwnTemplate, OwnTemplateVersion)
        .join(
            OwnTemplateVersion,
            (OwnTemplateVersion.template_id == OwnTemplate.id) & (OwnTemplateVersion.version == wanted),
        )
        .where(OwnTemplate.id == key, condition)
    ).one_or_none()
    return _view(row[0], row[1]) if row else None


def _view(kept: OwnTemplate, version: OwnTemplateVersion) -> OwnView:
    content = version.content
    template = own(f"{OWN}{kept.id}", version.version, version.label, content["about"], content["fields"])
    offered = kept.retired_at is None
    return OwnView(kept.id, version.version, kept.version, kept.practice_id is not None, offered, template)
