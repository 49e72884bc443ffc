"""The rooms of a plugin's package: its templates, its migrations and its tables."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import Table
from sqlalchemy.orm import Mapper

from layers_core.db.base import Base


def package_of(module: str) -> str:
    """The package that a plugin's module belongs to: `layers_reflect` for `layers_reflect.plugin`.

    A plugin that is one module is a package of its own.
    """
    parent, _, last = module.rpartition(".")
    return parent if parent and last == "plugin" else module


def folder_of(package: str) -> Path | None:
    """Where a package's files are; None for a single module."""
    if package in sys.modules:
        places = getattr(sys.modules[package], "__path__", None)
    else:
        try:
            spec = find_spec(package)
        except ImportError:
            # A package above it cannot be imported; loading the plugin says so.
            return None
        places = spec.submodule_search_locations if spec else None
    return Path(next(iter(places))) if places else None


def migrations_of(package: str) -> Path | None:
    """The folder of a package's migrations; None where it has none."""
    folder = folder_of(package)
    versions = folder / "migrations" / "versions" if folder else None
    return versions if versions and versions.is_dir() else None


def template_folders(package: str) -> list[str]:
    """The names directly under a package's `templates/`, sorted."""
    folder = folder_of(package)
    templates = folder / "templates" if folder else None
    return sorted(entry.name for entry in templates.iterdir()) if templates and templates.is_dir() else []


def tables_of(package: str) -> set[str]:
    """The names of the tables that a package's mapped classes stand for."""
    return {table.name for mapper in _mappers(package) for table in mapper.tables if isinstance(table, Table)}


def heal_mappers(package: str) -> None:
    """Take a package's mapped classes out of the shared registry where they break it.

    One class that cannot be configured (a relationship to nothing) would otherwise fail every query of every plugin.
    Raises what SQLAlchemy raises where the fault lies elsewhere.
    """
    try:
        Base.registry.configure()
    except Exception:
        for mapper in list(_mappers(package)):
            # SQLAlchemy can dispose of all classes of a registry in public, of a single one only like this.
            manager = mapper.class_manager
            Base.registry._managers.pop(manager, None)
            Base.registry._dispose_manager_and_mapper(manager)
        Base.registry.configure()


def _mappers(package: str) -> Iterator[Mapper[object]]:
    for mapper in list(Base.registry.mappers):
        module = mapper.class_.__module__
        if module == package or module.startswith(f"{package}."):
            yield mapper
