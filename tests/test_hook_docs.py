"""docs/hooks.md says what the code says: every hook, its signature and level, and a shipped plugin that uses it."""

from __future__ import annotations

import ast
import inspect
import re
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from textwrap import dedent

import pytest

from layers_core.host.levels import HOOKS, SPECS

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "hooks.md"
SHIPPED = frozenset(folder.name for folder in (ROOT / "plugins").iterdir() if (folder / "pyproject.toml").is_file())
PARTS = ("Level", "When", "On a fault", "Example")


@dataclass(frozen=True)
class Documented:
    """What the page says about a hook."""

    signature: str
    parts: dict[str, str]

    @property
    def example(self) -> str:
        """The slug of the shipped plugin that the example is from."""
        found = re.match(r"`(\w+)`", self.parts["Example"])
        assert found, f"The example names no plugin: {self.parts['Example']}"
        return found[1]


def signature(source: str) -> str:
    """A function's name, arguments and result, in one spelling."""
    (function,) = ast.parse(dedent(source)).body
    assert isinstance(function, ast.FunctionDef)
    assert function.returns is not None
    return f"{function.name}({ast.unparse(function.args)}) -> {ast.unparse(function.returns)}"


@cache
def documented() -> dict[str, Documented]:
    """The hooks of the page by name."""
    sections = re.split(r"^### (\w+)\n", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    found: dict[str, Documented] = {}
    for name, section in zip(sections[::2], sections[1::2], strict=True):
        assert name not in found, f"{name} is documented twice"
        code = re.search(r"```python\n(.+?)```", section, flags=re.DOTALL)
        assert code, f"{name} has no signature"
        parts = dict(re.findall(r"^- \*\*(.+?)\*\*: (.+)$", section, flags=re.MULTILINE))
        found[name] = Documented(signature(code[1]), parts)
    return found


@cache
def implemented(slug: str) -> frozenset[str]:
    """The hooks that a shipped plugin implements."""
    (entry,) = entry_points(group="layers.plugins", name=slug)
    plugin = entry.load()
    options = {name: getattr(getattr(plugin, name), "layers_impl", None) for name in dir(plugin)}
    return frozenset(found["specname"] or name for name, found in options.items() if found is not None)


def test_every_hook_is_documented_and_nothing_else() -> None:
    assert documented().keys() == HOOKS.keys()


@pytest.mark.parametrize("specs", SPECS, ids=lambda specs: specs.__name__)
def test_signatures_are_exact(specs: type) -> None:
    for name, spec in vars(specs).items():
        if name in HOOKS:
            assert documented()[name].signature == signature(inspect.getsource(spec))


@pytest.mark.parametrize("name", sorted(HOOKS))
def test_every_hook_says_its_level_when_and_what_a_fault_does(name: str) -> None:
    assert tuple(documented()[name].parts) == PARTS
    assert documented()[name].parts["Level"] == HOOKS[name].level


@pytest.mark.parametrize("name", sorted(HOOKS))
def test_the_example_is_in_the_shipped_plugin_that_it_names(name: str) -> None:
    slug = documented()[name].example
    assert slug in SHIPPED
    assert name in implemented(slug)


def test_no_hook_without_a_shipped_plugin_that_uses_it() -> None:
    unused = HOOKS.keys() - frozenset().union(*(implemented(slug) for slug in SHIPPED))
    assert not unused
