"""The contract that every plugin keeps, as tests: a plugin's own tests subclass `PluginContract`.

    class TestContract(PluginContract):
        plugin = Plugin
        samples = {"meals.entry": [{"text": "Soup on Mondays"}]}

The plugin has to be installed (`pip install -e .` is enough), so that its tables are among those of the test databases.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import fields
from typing import Any, ClassVar

import pytest
import sqlalchemy
from flask import Flask

from layers_core.artefacts import reading
from layers_core.contract import ArtefactKind, Body, Draft, PluginMeta
from layers_core.db import migrate
from layers_core.db.base import Base
from layers_core.db.rooms import MigrationRoom
from layers_core.db.session import Database
from layers_core.host import package
from layers_core.host.loader import Host, migration_rooms
from layers_core.testkit.contract_world import PLACE, World, make_world
from layers_core.testkit.plugins import MakeHost
from layers_core.usage.events import content_free
from layers_core.usage.export import field_docs
from layers_core.web import Policy

DECLARED = "__layers_policy__"


class PluginContract:
    """Subclass it, name the plugin, and give at least one body for each kind that it keeps."""

    plugin: ClassVar[type]
    """The plugin's class."""
    samples: ClassVar[Mapping[str, Sequence[Body]]] = {}
    """Bodies in each kind's present version."""
    extras: ClassVar[Mapping[str, Mapping[str, Any]]] = {}
    """What a draft of a kind carries for the plugin alone, where it needs something."""
    audiences: ClassVar[Mapping[str, str]] = {}
    """The audience that a kind asks for, where it is not the practice."""
    not_by_members: ClassVar[frozenset[str]] = frozenset()
    """Kinds that only the plugin's own verbs save, such as a patient's answer."""

    @property
    def meta(self) -> PluginMeta:
        """The plugin's introduction."""
        meta: PluginMeta = self.plugin.meta  # type: ignore[attr-defined]
        return meta

    @property
    def package(self) -> str:
        """The package that the plugin's files are in."""
        return package.package_of(self.plugin.__module__)

    def kinds(self, host: Host) -> list[ArtefactKind]:
        """The kinds that the plugin brings."""
        return [kind for kind in host.registry.kinds.values() if kind.name.startswith(f"{self.meta.slug}.")]

    @pytest.fixture
    def contract_host(self, make_host: MakeHost) -> Host:
        """A host with this plugin alone. Every fault fails the test."""
        return make_host(self.plugin())

    @pytest.fixture
    def contract_world(self, database: Database, contract_host: Host) -> World:
        """The practice, with the plugin switched on."""
        return make_world(database, contract_host, self.meta.slug)

    @pytest.fixture
    def filled(self, contract_world: World) -> World:
        """The practice with every sample saved that a member may save."""
        for kind in self.kinds(contract_world.host):
            if kind.name in self.not_by_members:
                continue
            for number, body in enumerate(self.samples[kind.name]):
                draft = Draft(
                    kind=kind.name,
                    title=f"Contract {number}",
                    body=deepcopy(body),
                    audience=self.audiences.get(kind.name, "practice"),
                    extras=self.extras.get(kind.name, {}),
                )
                saved = contract_world.service.save(contract_world.actor, draft, f"{kind.name}{number}")
                contract_world.saved[saved.id] = kind.name
        return contract_world

    def test_it_introduces_itself(self, contract_host: Host) -> None:
        """It loads, is installed under its slug, and says in words what it is, stores and who sees it."""
        assert list(contract_host.plugins) == [self.meta.slug]
        for text in (self.meta.name, self.meta.version, self.meta.summary, self.meta.stores, self.meta.seen_by):
            assert str(text).strip()

    def test_each_kind_has_a_sample(self, contract_host: Host) -> None:
        """Without a sample, nothing below tries the kind."""
        assert {kind.name for kind in self.kinds(contract_host)} == {
            name for name, bodies in self.samples.items() if bodies
        }

    def test_present_bodies_are_left_as_they_are(self, contract_host: Host) -> None:
        """`upgrade` changes nothing that is in the present version, neither its argument nor its result."""
        for kind in self.kinds(contract_host):
            for body in self.samples[kind.name]:
                given = deepcopy(body)
                once = kind.upgrade(given, kind.version)
                assert given == body, f"{kind.name}: upgrade changes what it was given"
                assert once == body, f"{kind.name}: upgrade changes a body of the present version"
                assert kind.upgrade(deepcopy(once), kind.version) == body

    def test_bodies_survive_their_schema(self, contract_host: Host) -> None:
        """What was loaded and dumped can be loaded and dumped again, and is the same."""
        for kind in self.kinds(contract_host):
            schema = kind.schema()
            for body in self.samples[kind.name]:
                kept = schema.dump(schema.load(deepcopy(body)))
                assert schema.dump(schema.load(deepcopy(kept))) == kept, kind.name
                shown = kind.for_others(deepcopy(kept))
                assert schema.dump(schema.load(deepcopy(shown))) == shown, f"{kind.name} for others"
                assert isinstance(kind.summary(kept), str), kind.name
                assert isinstance(kind.search_text(kept), str), kind.name
                told = list(kind.told(kept)) if kind.told else []
                assert all(isinstance(word, str) for pair in told for word in pair), kind.name

    def test_templates_stand_in_its_own_folder(self, contract_host: Host) -> None:
        """Templates under `templates/<slug>/` only, and there is one for each kind."""
        folder = package.folder_of(self.package)
        assert folder is not None
        assert set(package.template_folders(self.package)) <= {self.meta.slug}
        for kind in self.kinds(contract_host):
            assert (folder / "templates" / kind.page_template).is_file(), kind.page_template

    def test_events_hold_no_words(self, contract_host: Host) -> None:
        """No field can hold free text, and the codebook can say what each event and field means."""
        for name, type_ in contract_host.registry.event_types.items():
            if name.startswith(f"{self.meta.slug}."):
                assert content_free(type_) == [], name
                assert inspect.getdoc(type_), f"{name} has no description"
                declared = {item.name for item in fields(type_)}
                assert declared == set(dict(field_docs(type_))), f"{name} has a field without a description"

    def test_tables_stand_in_its_own_room(self, contract_host: Host) -> None:
        """Its tables begin with its slug and refer to themselves and to the core only."""
        own = f"{self.meta.slug}_"
        for name in package.tables_of(self.package):
            assert name.startswith(own)
            targets = {key.column.table.name for key in Base.metadata.tables[name].foreign_keys}
            assert all(target.startswith((own, "core_")) for target in targets), f"{name} refers to {targets}"

    def test_migrations_make_its_tables(self, contract_host: Host, database: Database) -> None:
        """Its migrations have run and give what its models say."""
        names = package.tables_of(self.package)
        if not names:
            return
        folder = package.migrations_of(self.package)
        assert folder is not None, "It has tables and no migrations"
        assert names <= set(sqlalchemy.inspect(database.engine).get_table_names())
        rooms = [*migration_rooms(contract_host)]
        assert MigrationRoom(self.meta.slug, folder) in rooms
        assert [
            str(problem) for problem in migrate.check(database.engine, rooms) if problem.slug == self.meta.slug
        ] == []

    def test_every_page_says_who_may_see_it(self, contract_host: Host) -> None:
        """Each view and method declares a policy; pages for staff ask for membership, public ones for nothing."""
        levels = {self.meta.slug: "member", f"{self.meta.slug}_public": "public"}
        app = self.small_app(contract_host)
        for rule in app.url_map.iter_rules():
            if rule.endpoint == "static":
                continue
            view = app.view_functions[rule.endpoint]
            for method in (rule.methods or set()) - {"OPTIONS", "HEAD"}:
                declared = policy_of(view, method)
                assert declared is not None, f"{method} {rule.rule} declares no policy"
                assert declared.level == levels[rule.endpoint.partition(".")[0]], f"{method} {rule.rule}"
                assert not declared.permission or declared.permission in contract_host.registry.permissions

    def test_the_menu_asks_the_database_nothing(self, filled: World) -> None:
        """It stands on every page."""
        with filled.page(self.small_app(filled.host)) as page:
            filled.host.doors.page(
                "layers_nav", page.actor.practice.mix, practice=page.actor.practice, actor=page.actor
            )
        assert page.queries == []

    def test_home_cards_ask_one_query(self, filled: World) -> None:
        """The home page is the one that everybody waits for."""
        with filled.page(self.small_app(filled.host)) as page:
            practice = page.actor.practice
            cards = filled.host.doors.page(
                "layers_home_cards", practice.mix, session=page.session, practice=practice, actor=page.actor
            )
            for _slug, card in cards:
                assert str(card.heading).strip()
                assert str(card.why).strip()
                assert card.url.startswith("/")
        assert len(page.queries) <= 1, page.queries

    def test_what_was_saved_can_be_read(self, filled: World) -> None:
        """Every sample is found again by its writer, with the body that was saved."""
        with filled.database.read() as session:
            found = reading.get_many(session, filled.host, filled.actor, list(filled.saved))
        assert {key: thing.kind for key, thing in found.items()} == filled.saved
        assert all(thing.available and thing.body for thing in found.values())

    def test_it_survives_being_switched_off(self, filled: World) -> None:
        """Off: its hooks are silent, its things show a title only. On again: everything is back."""
        app = self.small_app(filled.host)
        filled.switch("off")
        actor = filled.actor
        given: dict[str, Any] = {"practice": actor.practice, "actor": actor}
        with filled.database.read() as session, app.test_request_context(f"/{PLACE}/"):
            things = reading.get_many(session, filled.host, actor, list(filled.saved))
            assert all(not thing.available and thing.body == {} and thing.title for thing in things.values())
            doors, chosen = filled.host.doors, actor.practice.mix
            assert doors.page("layers_nav", chosen, **given) == []
            assert doors.page("layers_capture_forms", chosen, **given) == []
            assert doors.page("layers_home_cards", chosen, session=session, **given) == []
            shown = list(things.values())
            assert doors.page("layers_artefact_panels", chosen, session=session, artefacts=shown, **given) == []
        filled.switch("on")
        self.test_what_was_saved_can_be_read(filled)

    def test_a_person_can_have_and_erase_their_data(self, filled: World) -> None:
        """Both questions are answered, on or off, and erasing twice does no harm."""
        filled.switch("off")
        actor = filled.actor
        assert actor.person_id is not None
        with filled.database.read() as session:
            for _slug, (what, values) in filled.host.doors.custody(
                "layers_personal_data", person_id=actor.person_id, session=session
            ):
                assert what
                assert isinstance(values, Mapping)
        for _time in range(2):
            with filled.service.unit(actor) as unit:
                filled.host.doors.custody("layers_erase_person", person_id=actor.person_id, unit=unit)

    def small_app(self, host: Host) -> Flask:
        """An application with this plugin's pages alone, mounted where the web shell mounts them."""
        app = Flask("contract", static_folder=None)
        routes = host.registry.routes.get(self.meta.slug)
        part = self.meta.slug.replace("_", "-")
        if routes is not None and routes.staff is not None:
            app.register_blueprint(routes.staff, url_prefix=f"/<practice>/{part}", name=self.meta.slug)
        if routes is not None and routes.public is not None:
            app.register_blueprint(routes.public, url_prefix=f"/p/<practice>/{part}", name=f"{self.meta.slug}_public")

        @app.url_defaults
        def fill_in(_endpoint: str, values: dict[str, Any]) -> None:
            values.setdefault("practice", PLACE)

        # Pages of the web shell are not here; a link to one of them is no fault of the plugin's.
        app.url_build_error_handlers.append(lambda _error, endpoint, _values: f"/elsewhere/{endpoint}")
        return app


def policy_of(view: Any, method: str) -> Policy | None:
    """What a view declares for a method: the function itself, its class's method, or its class."""
    view_class = getattr(view, "view_class", None)
    for holder in (view, getattr(view_class, method.lower(), None), view_class):
        declared = getattr(holder, DECLARED, None)
        if isinstance(declared, Policy):
            return declared
    return None
