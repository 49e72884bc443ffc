"""The frame's own tests run on a plugin and on pages of their own (probe.py)."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import pytest

from layers_webshell import pages as shell_pages

NAME = "layers_probe"


@pytest.fixture(scope="session")
def probe() -> ModuleType:
    """The module probe.py; pytest's import mode lets tests import no neighbour by name."""
    if NAME not in sys.modules:
        spec = importlib.util.spec_from_file_location(NAME, Path(__file__).with_name("probe.py"))
        assert spec
        assert spec.loader
        sys.modules[NAME] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[NAME])
    return sys.modules[NAME]


@pytest.fixture(scope="module")
def web_plugins(probe: ModuleType) -> Sequence[object]:
    """Only the probe."""
    return [probe.Probe()]


@pytest.fixture(autouse=True)
def only_trial_pages(probe: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the probe's pages, so that a fault in the shell's own pages fails their tests, not these."""
    probe.AFTER.clear()
    monkeypatch.setattr(shell_pages, "blueprints", lambda: [probe.pages()])
