"""Plugins for tests: one that keeps the contract in full, one that breaks it in a chosen way, and hosts made of them.

Tests load the plugins that they name and no others, so that what is installed on a machine changes no result.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol, get_args
from uuid import UUID, uuid4

import click
import pytest
import sqlalchemy
from marshmallow import Schema, fields

from layers_core.contract import (
    Actor,
    ArtefactKind,
    Captured,
    CaptureForm,
    Change,
    Draft,
    HomeCard,
    MixView,
    NavItem,
    Panel,
    Permission,
    PluginMeta,
    PluginRoutes,
    PracticeView,
    Problem,
    PublicForm,
    Reminder,
    Thing,
    hookimpl,
)
from layers_core.host.levels import HOOKS, SPECS
from layers_core.host.loader import Host, load_host
from layers_core.practices.models import Person
from layers_core.settings import Settings
from layers_core.usage.events import UsageEvent

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from layers_core.artefacts.unit import Unit

How = Literal["raise", "SystemExit", "late_generator", "sql_error", "dirty_session", "commits"]
HOWS: tuple[How, ...] = get_args(How)
"""The ways in which a FaultyPlugin fails."""
NEEDS_SESSION: frozenset[How] = frozenset({"dirty_session", "commits"})
"""The ways that only a hook with a session or a unit can fail in."""


def plugin_meta(slug: str, **changes: Any) -> PluginMeta:
    """An introduction that is in order, for a plugin of that slug; `changes` replace what a test is about."""
    given: dict[str, Any] = {
        "slug": slug,
        "name": slug.replace("_", " ").capitalize(),
        "version": "1.0",
        "requires_core": ">=0.1",
        "summary": "For tests",
        "stores": "Nothing",
        "seen_by": "Nobody",
    }
    return PluginMeta(**(given | changes))


def mix_of(*slugs: str, version: int = 1) -> MixView:
    """A mix with these plugins in force and no settings."""
    return MixView(version=version, choices={}, enabled=frozenset(slugs))


def practice_of(mix: MixView) -> PracticeView:
    """A practice with a mix, for tests that need no database."""
    return PracticeView(
        id=UUID(int=1),
        code="A81001",
        slug="example-surgery",
        name="Example Surgery",
        time_zone="Europe/London",
        languages=("en",),
        telephone="01632 960001",
        mix=mix,
    )


class ExampleBody(Schema):
    """The body of an example."""

    text = fields.String(required=True)


class ExampleSettings(Schema):
    """The settings of the example plugin."""

    greeting = fields.String(load_default="Hello")


@dataclass(frozen=True)
class ExampleSaved(UsageEvent):
    """Somebody saved an example."""

    name: ClassVar[str] = "example.saved"
    tier: ClassVar[Literal["producing"]] = "producing"
    first: bool
    """Whether it was new."""


@click.command("example")
def example_command() -> None:
    """Say that the example plugin is there."""
    click.echo("example")


class ExamplePlugin:
    """A plugin that implements every hook as it should. `asked` keeps which hooks were called, in order."""

    meta = plugin_meta("example", opens_audiences=frozenset({"cluster"}))

    def __init__(self) -> None:
        self.asked: list[str] = []

    @hookimpl
    def layers_blueprint(self) -> PluginRoutes:
        """No pages."""
        return PluginRoutes()

    @hookimpl
    def layers_artefact_kinds(self) -> Iterable[ArtefactKind]:
        """One kind."""
        yield ArtefactKind(
            name="example.note",
            version=1,
            schema=ExampleBody,
            label="Example",
            summary=lambda body: str(body["text"]),
            search_text=lambda body: str(body["text"]),
            page_template="example/note.html",
            permission="example.write",
        )

    @hookimpl
    def layers_permissions(self) -> Iterable[Permission]:
        """One permission for every member, one for leads."""
        return [
            Permission("example.write", "Write examples"),
            Permission("example.decide", "Decide on examples", frozenset({"lead"})),
        ]

    @hookimpl
    def layers_event_types(self) -> Iterable[type[UsageEvent]]:
        """One event."""
        return [ExampleSaved]

    @hookimpl
    def layers_settings_schema(self) -> type[Schema]:
        """One setting."""
        return ExampleSettings

    @hookimpl
    def layers_public_forms(self) -> Iterable[PublicForm]:
        """One form."""
        return [PublicForm("ask", "Ask", lambda link, practice: "")]

    @hookimpl
    def layers_commands(self) -> Iterable[click.Command]:
        """One command."""
        return [example_command]

    @hookimpl
    def layers_switched_on(self, practice: PracticeView, unit: Unit) -> None:
        """Nothing to prepare."""
        self.asked.append("switched_on")

    @hookimpl
    def layers_nav(self, practice: PracticeView, actor: Actor) -> Iterable[NavItem]:
        """One entry."""
        self.asked.append("nav")
        return [NavItem("Examples", f"/{practice.slug}/example")]

    @hookimpl
    def layers_home_cards(self, practice: PracticeView, actor: Actor, session: Session) -> Iterable[HomeCard]:
        """One card, after one query."""
        self.asked.append("home_cards")
        session.execute(sqlalchemy.select(Person.id).limit(1)).first()
        yield HomeCard("Examples", "Because this is a test", "Look", f"/{practice.slug}/example")

    @hookimpl
    def layers_artefact_panels(self, session: Session, artefacts: Sequence[Thing]) -> Iterable[Panel]:
        """One panel for each thing."""
        self.asked.append("artefact_panels")
        return [Panel(thing.id, "Example", "example/panel.html") for thing in artefacts]

    @hookimpl
    def layers_capture_forms(self, actor: Actor) -> Iterable[CaptureForm]:
        """One form."""
        self.asked.append("capture_forms")
        return [
            CaptureForm(
                "example.note",
                "An example",
                "example/capture.html",
                lambda form: Captured(form.get("title"), {"text": form.get("text")}),
            )
        ]

    @hookimpl
    def layers_reminders(self, session: Session) -> Iterable[Reminder]:
        """One line, after one query."""
        self.asked.append("reminders")
        session.execute(sqlalchemy.select(Person.id).limit(1)).first()
        return [Reminder("An example waits for you", "example")]

    @hookimpl
    def layers_check_draft(self, draft: Draft) -> Iterable[Problem]:
        """The word "refuse" as a title is refused."""
        self.asked.append("check_draft")
        if draft.title == "refuse":
            yield Problem("Choose another title", "title")

    @hookimpl
    def layers_artefact_changed(self, artefact: Thing, change: Change, unit: Unit) -> None:
        """Writes an event for its own kind."""
        self.asked.append("artefact_changed")
        if artefact.kind == "example.note":
            unit.event(ExampleSaved(first=change.type == "created"), artefact)

    @hookimpl
    def layers_personal_data(self, person_id: UUID, session: Session) -> Iterable[tuple[str, Mapping[str, Any]]]:
        """One row."""
        self.asked.append("personal_data")
        return [("Example", {"person": str(person_id)})]

    @hookimpl
    def layers_erase_person(self, person_id: UUID, unit: Unit) -> None:
        """Nothing of its own to erase."""
        self.asked.append("erase_person")


ITEMS: Mapping[str, object] = {
    "layers_nav": NavItem("Faulty", "/faulty"),
    "layers_home_cards": HomeCard("Faulty", "Because it fails later", "Look", "/faulty"),
    "layers_artefact_panels": Panel(UUID(int=0), "Faulty", "faulty/panel.html"),
    "layers_capture_forms": CaptureForm("faulty.note", "Faulty", "faulty/note.html", lambda form: Captured("", {})),
    "layers_reminders": Reminder("Faulty", "faulty"),
    "layers_check_draft": Problem("Faulty"),
    "layers_permissions": Permission("faulty.write", "Write"),
    "layers_public_forms": PublicForm("faulty", "Faulty", lambda link, practice: ""),
    "layers_commands": example_command,
    "layers_personal_data": ("Faulty", {}),
}
"""What a late generator yields before it fails, where the hook returns items."""


class DeliberateFault(RuntimeError):
    """What a FaultyPlugin raises."""


def _sql_error(session: Session | None) -> None:
    if session is None:
        raise sqlalchemy.exc.OperationalError("SELECT 1", {}, Exception("deliberate"))
    session.execute(sqlalchemy.text("SELECT * FROM faulty_no_such_table"))


def _exit(_session: Session | None) -> None:
    raise SystemExit(3)


def _raise(_session: Session | None) -> None:
    raise DeliberateFault("deliberate")


def _dirty(session: Session | None) -> None:
    assert session is not None
    session.add(Person(name="Nobody", email=f"{uuid4()}@faulty.example"))


def _commit(session: Session | None) -> None:
    assert session is not None
    session.commit()


FAULTS: Mapping[How, Callable[[Session | None], None]] = {
    "raise": _raise,
    "SystemExit": _exit,
    "late_generator": _raise,
    "sql_error": _sql_error,
    "dirty_session": _dirty,
    "commits": _commit,
}


def _faulty_hook(name: str, how: How) -> Callable[..., object]:
    """An implementation with the hook's exact signature that fails in a way."""
    spec = next(vars(specs)[name] for specs in SPECS if name in vars(specs))
    # `wraps` hands over the signature, from which pluggy and the doors learn the arguments.
    names = spec.__code__.co_varnames[1 : spec.__code__.co_argcount]

    def late(session: Session | None) -> Iterator[object]:
        if name in ITEMS:
            yield ITEMS[name]
        FAULTS[how](session)

    @functools.wraps(spec)
    def implementation(_self: object, *values: Any) -> object:
        given = dict(zip(names, values, strict=True))
        session = given.get("session") or getattr(given.get("unit"), "session", None)
        if how == "late_generator":
            return late(session)
        return FAULTS[how](session)

    return hookimpl(implementation)


def FaultyPlugin(hook: str, how: How, slug: str = "faulty", weight: int = 100) -> object:  # noqa: N802
    """A plugin with one hook that fails in a way each time it is asked.

    Raises ValueError for a way that the hook has no session for.
    """
    if how in NEEDS_SESSION and not {"session", "unit"} & HOOKS[hook].arguments:
        raise ValueError(f"{hook} has no session to fail with")
    members = {"meta": plugin_meta(slug, weight=weight), hook: _faulty_hook(hook, how)}
    plugin: object = type("FaultyPlugin", (), members)()
    return plugin


class MakeHost(Protocol):
    """Makes a host of the plugins that a test names; see `make_host`."""

    def __call__(
        self, *plugins: object, raise_faults: bool = True, disabled: Iterable[str] = (), discover: bool = False
    ) -> Host:
        """Load the plugins. Raises what `load_host` raises."""


@pytest.fixture
def make_host(tmp_path: Path) -> MakeHost:
    """Makes a host of the plugins that the test names; installed ones are left out unless it says `discover=True`.

    A plugin's fault comes through as it is; `raise_faults=False` isolates it as production does.
    """

    def make(*plugins: object, raise_faults: bool = True, disabled: Iterable[str] = (), discover: bool = False) -> Host:
        settings = Settings(
            database_url=f"sqlite:///{(tmp_path / 'unused.db').as_posix()}",
            data_dir=tmp_path,
            raise_faults=raise_faults,
            disabled_plugins=frozenset(disabled),
        )
        return load_host(settings, plugins=plugins, discover=discover)

    return make


@pytest.fixture
def example_plugin() -> ExamplePlugin:
    """A plugin that keeps the contract in full."""
    return ExamplePlugin()
