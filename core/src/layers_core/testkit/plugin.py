"""The pytest plugin of the test kit (entry point `pytest11`): the fixtures that every distribution's tests use."""

from __future__ import annotations
