"""What a machine may lack for some tests: they skip visibly, or fail where `LAYERS_REQUIRE` asks for it."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def missing(feature: str, reason: str) -> NoReturn:
    """End the running test because this machine lacks a feature (`postgres`, `browser`), saying why.

    It is skipped; it fails where the comma-separated `LAYERS_REQUIRE` names the feature, as it does in CI.
    """
    required = {name.strip() for name in os.environ.get("LAYERS_REQUIRE", "").split(",")}
    if feature in required:
        pytest.fail(f"{feature} is required here, but: {reason}", pytrace=False)
    pytest.skip(f"{feature}: {reason}")
