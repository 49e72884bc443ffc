"""The web fixtures (entry point `pytest11`): a small world, the application on it, and browsers signed in as somebody.

A test module chooses other plugins by overriding `web_plugins` (scope "module"). What these fixtures import is imported
when they are used, so that tests without them start quickly.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from flask import Flask

    from layers_core.db.rooms import MigrationRoom
    from layers_core.db.session import Database
    from layers_core.host.loader import Host
    from layers_core.settings import Settings
    from layers_webshell.testclient import Browser
    from layers_webshell.testworld import World, WorldSchema

TEST_KEY = "a key for tests only, long enough to be taken"
BASE_URL = "http://127.0.0.1"


@pytest.fixture(scope="module")
def web_plugins() -> Sequence[object] | None:
    """The plugins of the application under test: None means the installed ones, a list means these and no other."""
    return None


@pytest.fixture(scope="module")
def web_raise_faults() -> bool:
    """Whether a plugin's fault fails the test; a module that tries faults says no, and they are isolated."""
    return True


@pytest.fixture(scope="session")
def web_data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where applications under test keep files."""
    return tmp_path_factory.mktemp("layers")


@pytest.fixture(scope="module")
def host(web_plugins: Sequence[object] | None, web_raise_faults: bool, web_data_dir: Path) -> Host:
    """The loaded plugins."""
    from layers_core.host.loader import load_host

    return load_host(_settings("", web_data_dir, web_raise_faults), plugins=web_plugins, discover=web_plugins is None)


@pytest.fixture
def settings(database_url: str, web_data_dir: Path, web_raise_faults: bool) -> Settings:
    """The settings of the application under test."""
    return _settings(database_url, web_data_dir, web_raise_faults)


@pytest.fixture(scope="module")
def filled_schema(host: Host, migration_rooms: Sequence[MigrationRoom]) -> WorldSchema:
    """What makes the template of the world's database."""
    from layers_webshell.testworld import WorldSchema

    return WorldSchema.of(host, migration_rooms)


@pytest.fixture
def world(database: Database, host: Host, filled_schema: WorldSchema) -> World:
    """Three practices and somebody in every role; every plugin is switched on in each practice."""
    return filled_schema.world(database, host)


@pytest.fixture
def app(settings: Settings, host: Host, world: World) -> Flask:
    """The application on the world's database."""
    from jinja2 import FileSystemBytecodeCache

    from layers_webshell.app import create_app
    from layers_webshell.testclient import Browser

    application = create_app(settings, host=host, database=world.database)
    application.testing = True
    application.test_client_class = Browser
    # Compiling the templates again for each test took most of its time.
    application.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(settings.data_dir))
    return application


@pytest.fixture
def visitor(app: Flask) -> Browser:
    """A browser in which nobody is signed in."""
    client: Any = app.test_client()
    return client  # type: ignore[no-any-return]


@pytest.fixture
def client_for(app: Flask, world: World) -> Callable[..., Browser]:
    """`client_for("nurse")` gives a browser signed in as that role; `own_device=False` makes it a shared PC."""

    def signed_in(role: str, *, own_device: bool = True) -> Browser:
        client: Any = app.test_client()
        client.sign_in(world.accounts[role], own_device=own_device)
        return client  # type: ignore[no-any-return]

    return signed_in


def _settings(url: str, data_dir: Path, raise_faults: bool) -> Settings:
    from layers_core.settings import Settings

    return Settings(
        database_url=url or "sqlite:///unused.db",
        data_dir=data_dir,
        secret_key=TEST_KEY,
        base_url=BASE_URL,
        trusted_hosts=("127.0.0.1",),
        raise_faults=raise_faults,
    )
