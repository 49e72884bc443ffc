"""What the tests of the whole toolkit share: an application that lives as long as a test module, and its neighbours.

Many of these tests only look, so one world serves a module; the test kit's own `world` and `app` are new for each test.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask import Flask
    from werkzeug.test import TestResponse

    from layers_core.contract import Draft
    from layers_core.db.session import Database
    from layers_core.host.loader import Host
    from layers_core.settings import Settings
    from layers_core.testkit.servers import DatabaseSource, Schema
    from layers_webshell.testclient import Browser
    from layers_webshell.testworld import World

KEY = "a key for tests only, long enough to be taken"
BASE_URL = "http://127.0.0.1"


def open_app(settings: Settings, host: Host, database: Database) -> Flask:
    """An application for tests. Those of one folder compile its templates once: that takes longer than most tests."""
    from jinja2 import FileSystemBytecodeCache

    from layers_webshell.app import create_app
    from layers_webshell.testclient import Browser

    app = create_app(settings, host=host, database=database)
    app.testing = True
    app.test_client_class = Browser
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(settings.data_dir))
    return app


@dataclass
class Site:
    """An application on the small world; every plugin that it was made with is switched on in each practice."""

    app: Flask
    world: World
    url: str
    _browsers: dict[str, Browser] = field(default_factory=dict)
    _tokens: dict[str, str] = field(default_factory=dict)

    @property
    def database(self) -> Database:
        """The database under it."""
        return self.world.database

    def browser(self, role: str = "") -> Browser:
        """A browser signed in as a role, kept for the next question; with "" nobody is signed in."""
        if role not in self._browsers:
            client: Any = self.app.test_client()
            if role:
                client.sign_in(self.world.accounts[role])
            self._browsers[role] = client
        return self._browsers[role]

    def program(self, role: str = "") -> Callable[..., TestResponse]:
        """Send a request to the API with a token of the role's own, or without any."""
        from layers_core.db.base import now
        from layers_webshell.accounts import service

        if role and role not in self._tokens:
            with self.database.write() as session:
                expires = now() + timedelta(days=1)
                self._tokens[role] = service.make_api_token(session, self.world.people[role], "Tests", expires)
        headers = {"Authorization": f"Bearer {self._tokens[role]}"} if role else {}
        client: Any = self.app.test_client()

        def send(path: str, method: str = "GET", **kwargs: Any) -> TestResponse:
            return client.open(path, method=method, headers={**headers, **kwargs.pop("headers", {})}, **kwargs)

        return send

    def restarted(self, *plugins: object, disabled: Iterable[str] = ()) -> Site:
        """A site on the same database whose application starts now, with other plugins beside the installed ones.

        `disabled` plugins are not installed there. Nobody is signed in.
        """
        from layers_core.host.loader import load_host

        settings = replace(self.app.extensions["layers_settings"], disabled_plugins=frozenset(disabled))
        host = load_host(settings, plugins=plugins)
        app = open_app(settings, host, self.database)
        return replace(self, app=app, world=replace(self.world, host=host), _browsers={})

    def save(self, role: str, draft: Draft, client_key: str = "") -> UUID:
        """Save something as a role through the service; gives its key."""
        return self.world.artefacts.save(self.world.actor(role), draft, client_key).id


class MakeSite(Protocol):
    """Makes a site on a database of its own; see `make_site`."""

    def __call__(self, *plugins: object, discover: bool = True, raise_faults: bool = True) -> Site:
        """`plugins` join the installed ones, or stand alone where `discover` is false."""


@pytest.fixture(scope="module")
def make_site(
    databases: DatabaseSource, database_schema: Schema, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[MakeSite]:
    """Makes sites that last as long as the module's tests on one kind of database."""
    from layers_core.db.session import Database
    from layers_core.host.loader import load_host
    from layers_core.settings import Settings
    from layers_webshell.testworld import make_world

    folder = tmp_path_factory.mktemp("site")
    with ExitStack() as ending:

        def make(*plugins: object, discover: bool = True, raise_faults: bool = True) -> Site:
            address = databases.fresh(database_schema)
            ending.callback(databases.drop, address)
            settings = Settings(
                database_url=address.url,
                data_dir=folder,
                secret_key=KEY,
                base_url=BASE_URL,
                trusted_hosts=("127.0.0.1",),
                raise_faults=raise_faults,
            )
            host = load_host(settings, plugins=plugins, discover=discover)
            database = Database.at(address.url)
            ending.callback(database.dispose)
            world = make_world(database, host, host.plugins)
            return Site(open_app(settings, host, database), world, address.url)

        yield make


def neighbour(name: str) -> ModuleType:
    """A module or package of this folder that holds no tests; pytest's import mode lets tests import none by name."""
    known = f"layers_tests_{name}"
    if known not in sys.modules:
        folder = Path(__file__).with_name(name)
        file, places = (folder / "__init__.py", [str(folder)]) if folder.is_dir() else (folder.with_suffix(".py"), None)
        spec = importlib.util.spec_from_file_location(known, file, submodule_search_locations=places)
        assert spec
        assert spec.loader
        sys.modules[known] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[known])
    return sys.modules[known]


@pytest.fixture(scope="module")
def marked(make_site: MakeSite) -> Any:
    """The world of the access matrix: whatever anybody wrote holds a word that tells whose it is."""
    return neighbour("marked_world").fill(make_site())


@pytest.fixture(scope="session")
def diary() -> ModuleType:
    """The package of the made-up plugin."""
    return neighbour("diary")
