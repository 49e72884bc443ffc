"""The hooks as the doors know them: derived from the typed specs, with the level that decides who may call them."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Literal, cast, get_args, get_origin, get_type_hints

import click
from marshmallow import Schema

from layers_core import contract
from layers_core.hooks.build import BuildHooks
from layers_core.hooks.custody import CustodyHooks
from layers_core.hooks.practice import PracticeHooks
from layers_core.usage.events import UsageEvent

PREFIX = "layers_"
Level = Literal["build", "page", "strict", "custody"]

SPECS: Mapping[type, Level] = {BuildHooks: "build", PracticeHooks: "strict", CustodyHooks: "custody"}
"""The classes of specs and the level of their hooks."""

PAGE_HOOKS = frozenset(
    {"layers_nav", "layers_home_cards", "layers_artefact_panels", "layers_capture_forms", "layers_reminders"}
)
"""The practice hooks that a page, or a mail, can do without.

Any other fails closed, so a new hook is strict unless named here.
"""


@dataclass(frozen=True, slots=True)
class Hook:
    """One hook: its level, what it is given and what it returns.

    `many` says that it returns several items; `item` is their class, and `of_types` says that they are subclasses of
    it instead of instances. A hook whose `item` is None returns nothing.
    """

    name: str
    level: Level
    arguments: frozenset[str]
    takes_session: bool
    many: bool
    item: type | None
    of_types: bool

    def take(self, result: object) -> list[Any]:
        """What an implementation returned, as a list: an iterable is consumed here, None is nothing.

        Raises TypeError for what the spec does not declare, and whatever a generator raises.
        """
        # Lists of exactly the declared type are what nearly all hooks return, on every page: they cost least.
        items = result if type(result) is list else self._listed(result)
        for item in items:
            if type(item) is not self.item:
                self._check(item)
        return items

    def _listed(self, result: object) -> list[Any]:
        if result is None:
            return []
        if not self.many:
            return [result]
        if isinstance(result, str | bytes | Mapping):
            raise TypeError(f"{self.name} returned {type(result).__name__}, not a list of items")
        return list(cast("list[object]", result))

    def _check(self, item: object) -> None:
        fits = False
        if self.item is not None:
            fits = (
                isinstance(item, type) and issubclass(item, self.item) if self.of_types else isinstance(item, self.item)
            )
        if not fits:
            raise TypeError(f"{self.name} returned {type(item).__name__} where the hook declares something else")


def _describe(name: str, spec: Any, level: Level) -> Hook:
    # The parameters name types that need Flask or a database; only the returned type is resolved.
    names = vars(sys.modules[spec.__module__]) | vars(contract)
    names |= {"Schema": Schema, "UsageEvent": UsageEvent, "click": click}
    returned = cast("Any", SimpleNamespace(__annotations__={"return": spec.__annotations__["return"]}))
    item = get_type_hints(returned, names)["return"]
    many = get_origin(item) not in (None, type)
    if many:
        (item,) = get_args(item)
    of_types = get_origin(item) is type
    if of_types:
        (item,) = get_args(item)
    arguments = frozenset(inspect.signature(spec).parameters) - {"self"}
    return Hook(
        name=name,
        level="page" if name in PAGE_HOOKS else level,
        arguments=arguments,
        takes_session="session" in arguments,
        many=many,
        item=None if item is type(None) else get_origin(item) or item,
        of_types=of_types,
    )


HOOKS: Mapping[str, Hook] = {
    name: _describe(name, spec, level)
    for specs, level in SPECS.items()
    for name, spec in vars(specs).items()
    if name.startswith(PREFIX)
}
"""Every hook by its name."""
