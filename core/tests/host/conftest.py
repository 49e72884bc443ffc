"""Fixtures of the host's tests: plugins installed as distributions of their own, and tables without migrations."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import entry_points
from pathlib import Path
from textwrap import dedent

import pytest
from sqlalchemy import Engine

import layers_core.artefacts.models
import layers_core.practices.models
import layers_core.usage.models  # noqa: F401
from layers_core.db.base import Base
from layers_core.host.loader import Host
from layers_core.testkit.plugins import MakeHost
from layers_core.testkit.servers import Schema

PLUGIN = """
from layers_core.contract import hookimpl
from layers_core.testkit.plugins import plugin_meta

class Plugin:
    meta = plugin_meta("{slug}")
"""

Install = Callable[..., Path]


def core_tables(engine: Engine) -> None:
    """The core's tables as its models describe them."""
    tables = [table for name, table in Base.metadata.tables.items() if name.startswith("core_")]
    Base.metadata.create_all(engine, tables)


@pytest.fixture(scope="module")
def database_schema() -> Schema:
    """The doors need the core's tables, not how they came to be."""
    return core_tables


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Installs a distribution with a plugin: `files` are its further files by path, `plugin` the text of plugin.py."""
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.syspath_prepend(str(site))
    before = set(sys.modules)

    def make(slug: str, plugin: str | None = None, files: dict[str, str] | None = None, by: str | None = None) -> Path:
        package = f"fake_{by or slug}"
        folder = site / package
        texts = {"__init__.py": "", "plugin.py": plugin or PLUGIN.format(slug=slug), **(files or {})}
        for name, text in texts.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dedent(text))
        info = site / f"{package}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[layers.plugins]\n{slug} = {package}.plugin:Plugin\n")
        importlib.invalidate_caches()
        return folder

    yield make
    for name in set(sys.modules) - before:
        if name.startswith("fake_"):
            del sys.modules[name]


@pytest.fixture
def discovered(make_host: MakeHost) -> Callable[..., Host]:
    """Loads what a test installed, and nothing else that happens to be installed here."""
    others = {entry.name for entry in entry_points(group="layers.plugins")}

    def load(disabled: tuple[str, ...] = (), raise_faults: bool = False) -> Host:
        return make_host(raise_faults=raise_faults, disabled={*others, *disabled}, discover=True)

    return load
