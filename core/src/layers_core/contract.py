"""What a plugin declares and what the host hands it: plain types, no database, no web framework.

Everything here is published: a plugin may import it and rely on it within one major version of the core.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal, Protocol
from uuid import UUID

import pluggy
from marshmallow import Schema

if TYPE_CHECKING:
    from layers_core.i18n import LazyString

hookimpl = pluggy.HookimplMarker("layers")

AudienceType = Literal["person", "group", "practice", "cluster", "network"]
PluginState = Literal["off", "trial", "on"]
Body = dict[str, Any]


def same_body(body: Body, from_version: int) -> Body:
    """The upgrade of a kind that has had one version only: the body as it is."""
    return body


def whole_body(body: Body) -> Body:
    """What others read of a kind whose writer keeps nothing back: the body as it is."""
    return body


@dataclass(frozen=True)
class PluginMeta:
    """How a plugin introduces itself. Texts are lazy strings, shown on the mix's card.

    `slug` is lower case letters, digits and underscores; it starts the plugin's table names, addresses and template
    folder. `requires_core` is a version specifier such as ">=0.1,<1". `opens_audiences` names the audiences beyond
    the practice that people may choose while this plugin is in the mix. `weight` orders what it shows, low first.
    """

    slug: str
    name: str | LazyString
    version: str
    requires_core: str
    summary: str | LazyString
    stores: str | LazyString
    seen_by: str | LazyString
    weight: int = 100
    opens_audiences: frozenset[AudienceType] = frozenset()


@dataclass(frozen=True)
class Permission:
    """Something a person may do, named `<slug>.<verb>`, and the roles that may by default."""

    name: str
    label: str | LazyString
    default_roles: frozenset[str] = frozenset({"member"})


@dataclass(frozen=True)
class ArtefactKind:
    """A kind of thing that people keep.

    `name` is `<slug>.<noun>`. `schema` is the marshmallow schema of the body at `version`;
    `upgrade(body, from_version)` is pure and applied on read. `summary(body)` is the one line on a card,
    `search_text(body)` what search may find. `page_template` renders the body on the thing's own page (given `thing`),
    under `templates/<slug>/`. `permission` is needed to save one. `edited_by_permission` says that whoever holds it may
    edit (the practice's own pages), instead of the author alone. `resurfaces` makes it come back when it is worth
    seeing again: to its author, and to whoever answers, adapts or uses it (`Unit.bring_back`). `only_for_author` keeps
    it with its author: nobody is offered to share it. `for_others(body)` is pure and leaves out what is
    in a body for its author alone, in a shape that the schema takes: others read, find and get as a copy nothing else.
    `told(body)` is pure and gives the body as (what, words) for people, where the names of its fields would not do: in
    somebody's own things and their download, and in what a version changed.
    """

    name: str
    version: int
    schema: type[Schema]
    label: str | LazyString
    summary: Callable[[Body], str]
    search_text: Callable[[Body], str]
    page_template: str
    permission: str
    upgrade: Callable[[Body, int], Body] = same_body
    edited_by_permission: bool = False
    resurfaces: bool = False
    only_for_author: bool = False
    for_others: Callable[[Body], Body] = whole_body
    told: Callable[[Body], Iterable[tuple[str, str]]] | None = None


@dataclass(frozen=True)
class PluginChoice:
    """One plugin's place in a mix. `until` and `question` belong to a trial."""

    state: PluginState = "off"
    settings: Mapping[str, Any] = field(default_factory=dict)
    until: date | None = None
    question: str = ""


@dataclass(frozen=True)
class MixView:
    """A practice's mix in force. `enabled` holds the slugs that are in it, on or on trial, and installed here."""

    version: int
    choices: Mapping[str, PluginChoice]
    enabled: frozenset[str]

    def settings(self, slug: str) -> Mapping[str, Any]:
        """The settings that the practice chose for a plugin; empty where it chose none."""
        return self.choices[slug].settings if slug in self.choices else {}


@dataclass(frozen=True)
class PracticeView:
    """A practice as hooks and pages see it."""

    id: UUID
    code: str
    slug: str
    name: str
    time_zone: str
    languages: tuple[str, ...]
    telephone: str
    mix: MixView


@dataclass(frozen=True)
class AudienceView:
    """An audience that an actor belongs to, with the name people know it by."""

    id: UUID
    type: AudienceType
    key: str
    name: str


@dataclass(frozen=True)
class Actor:
    """Who is asking, in which practice, with which rights. `person_id` is None for somebody without an account."""

    person_id: UUID | None
    name: str
    practice: PracticeView
    roles: frozenset[str]
    profession: str
    permissions: frozenset[str]
    audiences: tuple[AudienceView, ...]

    def can(self, permission: str) -> bool:
        """Whether this actor holds the permission in this practice and mix."""
        return permission in self.permissions

    @property
    def audience_ids(self) -> tuple[UUID, ...]:
        """The keys of all audiences that the actor belongs to."""
        return tuple(audience.id for audience in self.audiences)


@dataclass(frozen=True)
class Promise:
    """What somebody will do and by when; the owner is the writer unless named."""

    expectation: str
    due_on: date | None = None
    owner_id: UUID | None = None


@dataclass(frozen=True)
class PastAction:
    """A promise that was made elsewhere, and what came of it: `outcome` is None while it is open."""

    expectation: str
    due_on: date | None
    outcome: str | None
    what_happened: str
    created_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True)
class Brought:
    """The history of something that its author wrote elsewhere and brings along: it keeps its dates and actions."""

    created_at: datetime
    updated_at: datetime
    actions: tuple[PastAction, ...] = ()


@dataclass(frozen=True)
class NewLink:
    """A link from the thing being saved to another (or from the other, when `reverse`)."""

    type: str
    other_id: UUID
    reverse: bool = False


@dataclass(frozen=True)
class GuardAnswer:
    """What the writer said about marked words: the fingerprint of what they looked at, and why it may stay.

    `editing` says that they are still changing words, so nothing is saved whatever is marked.
    """

    fingerprint: str = ""
    explanation: str = ""
    editing: bool = False


@dataclass(frozen=True)
class Prepared:
    """A file that was checked and cleaned; `artefacts.attachments.prepare` makes it.

    `media_type` was found from the content. `content` is None where the store has it already; `description` says what a
    picture shows, for those who cannot see it.
    """

    name: str
    media_type: str
    digest: str
    size: int
    content: bytes | None = field(default=None, repr=False)
    description: str = ""


@dataclass(frozen=True)
class Draft:
    """Something about to be saved.

    `audience` is one of "me", "practice", "cluster:<id>", "network", "people:<id>,<id>". `extras` is for the plugin
    alone: it is handed to its `artefact_changed` and not stored by the core. `attachments` are saved with it; a
    revision adds them to those that are there.
    """

    kind: str
    title: str
    body: Body
    audience: str = "me"
    language: str = "en"
    promise: Promise | None = None
    links: tuple[NewLink, ...] = ()
    extras: Mapping[str, Any] = field(default_factory=dict)
    guard: GuardAnswer = GuardAnswer()
    attachments: tuple[Prepared, ...] = ()


@dataclass(frozen=True)
class Problem:
    """Why a draft can't be saved as it is, in words that say what to do; `field` names the input it is about."""

    message: str | LazyString
    field: str = ""


@dataclass(frozen=True)
class Change:
    """What happened to an artefact: "created", "revised", "narrowed", "withdrawn" or "restored"."""

    type: Literal["created", "revised", "narrowed", "withdrawn", "restored"]
    extras: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Thing:
    """An artefact as a reader meets it: body upgraded to its kind's present version.

    `available` is False where its kind is missing or switched off; then `body` is empty and only the title shows.
    """

    id: UUID
    number: int
    kind: str
    title: str
    body: Body
    language: str
    practice_id: UUID
    author_id: UUID | None
    author_name: str
    audience: AudienceView
    state: str
    revision: int
    created_at: datetime
    updated_at: datetime
    available: bool = True


@dataclass(frozen=True)
class NavItem:
    """An entry of the practice's menu."""

    label: str | LazyString
    url: str
    count: int | None = None


@dataclass(frozen=True)
class HomeCard:
    """A card on the home page: a heading, one line of why it is here, one main action, at most a few lines of items.

    `items` are (text, url) pairs. `first` puts the card above the record box (answers that wait for somebody).
    """

    heading: str | LazyString
    why: str | LazyString
    action: str | LazyString
    url: str
    items: tuple[tuple[str, str], ...] = ()
    first: bool = False


@dataclass(frozen=True)
class Reminder:
    """A line in a person's weekly mail: what waits for them, and the practice's page that it leads to.

    Mail is read on screens that others see: `text` names no content and nobody. `path` is below the practice's address,
    such as "reflect/nmc".
    """

    text: str | LazyString
    path: str


@dataclass(frozen=True)
class Panel:
    """Something a plugin shows on the page of the thing `artefact_id`: a template of its own, with its context."""

    artefact_id: UUID
    heading: str | LazyString
    template: str
    context: Mapping[str, Any] = field(default_factory=dict)


class FormFields(Protocol):
    """What a submitted form gives: single values and lists by name."""

    def get(self, key: str, default: str = "") -> str: ...

    def getlist(self, key: str) -> list[str]: ...


@dataclass(frozen=True)
class Captured:
    """What a capture form's own fields said."""

    title: str
    body: Body
    extras: Mapping[str, Any] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class CaptureForm:
    """A plugin's fields inside the record box. `read` turns submitted fields into a title and a body.

    The shell adds what every form has: the promise, the audience, the links and the guard. `template` is given
    `fields`, the values to show again. `audience` is the choice that is ticked at first. `same_for_all` says that the
    empty form depends on the practice, its mix and the language alone, so that its markup may be kept. `first_field` is
    the name of the field that a shared text or link goes into; a form without one is never opened with any.
    """

    kind: str
    label: str | LazyString
    template: str
    read: Callable[[FormFields], Captured]
    audience: str = "me"
    same_for_all: bool = False
    first_field: str = ""


@dataclass(frozen=True)
class PublicForm:
    """A form for people without an account, reached by a token; `name` is unique within the plugin.

    `handle(link, practice)` answers both GET and POST and returns what a Flask view may return. A link's form is a
    name, or a name, a dot and more: so one handler serves any number of forms that practices make themselves.
    """

    name: str
    label: str | LazyString
    handle: Callable[..., Any]


@dataclass(frozen=True)
class PluginRoutes:
    """A plugin's Flask blueprints: `staff` is mounted under /<practice>/<slug>, `public` under /p/<practice>/<slug>.

    Typed loosely because the core works without Flask.
    """

    staff: Any = None
    public: Any = None


class Plugin(Protocol):
    """A plugin is an object with `meta` and methods marked with `hookimpl`."""

    meta: PluginMeta
