"""Where plugins show up on the shell's pages: the menu, cards on the home page, panels, capture forms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar, cast
from uuid import UUID

from flask import current_app, url_for
from sqlalchemy.orm import Session

from layers_core.contract import Actor, CaptureForm, HomeCard, NavItem, Panel, Thing
from layers_core.host.doors import Answers
from layers_core.host.loader import Host
from layers_core.i18n import LazyString
from layers_core.i18n import lazy_gettext as _

Item = TypeVar("Item")

BEFORE = ((_("Home"), "home.index"), (_("What's new"), "feed.index"), (_("Search"), "search.index"))
AFTER = ((_("People"), "people.index"), (_("Mix"), "mix.index"), (_("Your things"), "me.index"))


@dataclass(frozen=True)
class Placed(Generic[Item]):
    """What plugins gave for one place, in order, each with its slug, and the names of those that failed."""

    items: tuple[tuple[str, Item], ...]
    unavailable: tuple[str | LazyString, ...] = ()


def nav(host: Host, actor: Actor) -> list[NavItem]:
    """The practice's menu: the shell's pages around the plugins'. A plugin that fails leaves its entry out."""
    found = host.doors.page("layers_nav", actor.practice.mix, practice=actor.practice, actor=actor)
    return [*_own(BEFORE), *(item for _slug, item in found), *_own(AFTER)]


def home_cards(host: Host, actor: Actor, session: Session) -> Placed[HomeCard]:
    """The cards of the mix's plugins. Those with `first` belong above the record box."""
    found = host.doors.page(
        "layers_home_cards", actor.practice.mix, session=session, practice=actor.practice, actor=actor
    )
    return _placed(host, found)


def panels(host: Host, actor: Actor, session: Session, things: Sequence[Thing]) -> Mapping[UUID, Placed[Panel]]:
    """The panels for the pages of these things, by the thing's key: one call of each plugin for all of them."""
    found = host.doors.page(
        "layers_artefact_panels",
        actor.practice.mix,
        session=session,
        practice=actor.practice,
        actor=actor,
        artefacts=things,
    )
    unavailable = _names(host, found)
    return {
        thing.id: Placed(tuple((slug, panel) for slug, panel in found if panel.artefact_id == thing.id), unavailable)
        for thing in things
    }


def capture_forms(host: Host, actor: Actor) -> Placed[CaptureForm]:
    """The fields that plugins offer inside the record box; only for kinds that the actor may save."""
    found = host.doors.page("layers_capture_forms", actor.practice.mix, practice=actor.practice, actor=actor)
    kinds = host.registry.kinds
    allowed = Answers(item for item in found if item[1].kind in kinds and actor.can(kinds[item[1].kind].permission))
    allowed.unavailable = found.unavailable
    return _placed(host, allowed)


def _own(entries: Sequence[tuple[LazyString, str]]) -> list[NavItem]:
    return [NavItem(label, url_for(endpoint)) for label, endpoint in entries if endpoint in current_app.view_functions]


def _placed(host: Host, found: Answers) -> Placed[Item]:
    return Placed(tuple(cast("list[tuple[str, Item]]", found)), _names(host, found))


def _names(host: Host, found: Answers) -> tuple[str | LazyString, ...]:
    """What people call the plugins that failed."""
    return tuple(host.plugins[slug].meta.name if slug in host.plugins else slug for slug in found.unavailable)
