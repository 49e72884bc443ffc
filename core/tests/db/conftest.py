"""The tests of the database room run on two tables of their own, not on the toolkit's."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest
from sqlalchemy import Engine

WORKERS = Path(__file__).parent / "workers"


def _load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("database_room_tables", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


_TABLES = _load(WORKERS / "tables.py")


def _trial_schema(engine: Engine) -> None:
    _TABLES.Trial.metadata.create_all(engine)


@pytest.fixture(scope="session")
def tables() -> ModuleType:
    """The module with the models `Note` and `Part`."""
    return _TABLES


@pytest.fixture(scope="session")
def workers() -> Path:
    """The folder with the scripts that tests run in processes of their own."""
    return WORKERS


@pytest.fixture(scope="module")
def database_schema():
    return _trial_schema
