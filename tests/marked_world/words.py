"""The words of a marked world and who may meet them. Holds no tests."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

WORD = re.compile(r"zq[a-z]+")
ANONYMOUS = "anonymous"
ROLES = (ANONYMOUS, "nurse", "gp", "manager", "neighbour", "outsider", "former", "evaluator", "operator")
WRITER = frozenset({"nurse"})
MANOR = frozenset({"nurse", "gp", "manager"})
CLUSTER = MANOR | {"neighbour"}
NETWORK = CLUSTER | {"outsider"}
MODERATOR = frozenset({"manager"})
NOBODY: frozenset[str] = frozenset()
PAGE = 20
"""The longest page of a list; so many fillers push what is older onto its second page."""


@dataclass
class Marked:
    """The world, who may meet which word, and the keys that addresses are made of."""

    site: Any
    allowed: dict[str, frozenset[str]] = field(default_factory=dict)
    things: dict[str, UUID] = field(default_factory=dict)
    keys: dict[str, list[Any]] = field(default_factory=dict)
    """Values for the arguments of addresses that name no thing, by the argument's name."""
    receipts: dict[str, str] = field(default_factory=dict)
    """With which patients take their answers back, by the answer's word."""
    roles: tuple[str, ...] = ROLES

    def word(self, name: str, roles: frozenset[str]) -> str:
        """A new word that only these roles may meet."""
        word = f"zq{name}"
        assert WORD.fullmatch(word), name
        assert word not in self.allowed, name
        self.allowed[word] = roles
        return word

    def thing(self, name: str, key: UUID, roles: frozenset[str]) -> UUID:
        """Keep a thing; its key counts as a word as well."""
        self.things[name] = key
        self.allowed[str(key)] = roles
        return key
