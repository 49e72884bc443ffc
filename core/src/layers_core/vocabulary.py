"""Versioned vocabularies: codes and their words, kept as data beside the code.

The words in the files are English message ids; `label` translates them.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

from layers_core.i18n import gettext


@cache
def vocabulary(name: str, package: str = "layers_core") -> dict[str, Any]:
    """The codes of `data/<name>.json` in a package, in the file's order. Raises FileNotFoundError."""
    text = files(package).joinpath("data", f"{name}.json").read_text(encoding="utf-8")
    entries: dict[str, Any] = json.loads(text)[name]
    return entries


def label(name: str, code: str, package: str = "layers_core") -> str:
    """The translated words for a code; the code itself where it is unknown (data from a newer version)."""
    entry = vocabulary(name, package).get(code, code)
    return gettext(entry["label"] if isinstance(entry, dict) else entry)
