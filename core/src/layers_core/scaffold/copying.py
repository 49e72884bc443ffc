"""Copying the template plugin under another name."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from importlib.metadata import entry_points
from pathlib import Path

from layers_core.db.rooms import FOUNDATION
from layers_core.host.checks import SLUG, overlapping
from layers_core.host.loader import MIGRATIONS, PLUGINS
from layers_core.vocabulary import vocabulary

TEMPLATE = Path(__file__).parent / "template-plugin"
"""A whole distribution. The hyphen keeps it from being taken for a part of this package."""
NAME, SHOWN = "sample", "Sample"
LONGEST = 20
"""PostgreSQL cuts names at 63 characters, and the names of keys hold the slug and a table of the core."""
# Its distribution, its address, what people call it, and its slug; not inside other words.
_NAMES = re.compile(rf'layers-{NAME}|/{NAME}/"|{SHOWN}(?![a-z])|{NAME}(?![a-z])')
_BUILT = {"__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", "dist", "build"}


class NameRefused(ValueError):
    """No plugin can have this name; the message says why."""


def check_name(name: str, taken: Iterable[str] = ()) -> None:
    """Raise NameRefused unless a plugin could have this slug beside those in `taken`."""
    if not SLUG.fullmatch(name) or len(name) > LONGEST:
        raise NameRefused(
            f"{name!r} cannot be a plugin's name: use lower case letters, digits and single underscores, starting with "
            f"a letter, {LONGEST} characters at most. Example: home_visits"
        )
    if name in {NAME, *vocabulary("reserved_plugin_names")}:
        raise NameRefused(f"{name} is reserved. Choose another name.")
    others = {*taken, *FOUNDATION}
    if name in others:
        raise NameRefused(f"There is a plugin {name} already. Choose another name.")
    clash = overlapping({name, *others})
    for short, long in clash.items():
        if name in (short, long):
            raise NameRefused(f"The tables of {short} and {long} could not be told apart. Choose another name.")


def installed() -> set[str]:
    """The names that installed distributions have taken for their tables."""
    return {entry.name for group in (PLUGINS, MIGRATIONS) for entry in entry_points(group=group)}


def copy(name: str, target: Path) -> list[Path]:
    """Write the template to the folder `target` under a plugin's name; gives the files, relative to it.

    Raises FileExistsError where the folder is there already; OSError where it cannot be written. Then nothing is left.
    """
    half = target.with_name(f".{target.name}.half")
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        raise FileExistsError(f"{target} is there already")
    half.mkdir()
    try:
        made = [_write(source, name, half) for source in sorted(template_files())]
        os.rename(half, target)
    except BaseException:
        _remove(half)
        raise
    return made


def template_files() -> Iterator[Path]:
    """The files of the template."""
    for path in TEMPLATE.rglob("*"):
        if path.is_file() and not _BUILT & set(path.relative_to(TEMPLATE).parts) and path.suffix != ".pyc":
            yield path


def renamed(text: str, name: str) -> str:
    """A text of the template about a plugin of that name."""
    new = {
        f"layers-{NAME}": f"layers-{name.replace('_', '-')}",
        f'/{NAME}/"': f'/{name.replace("_", "-")}/"',
        SHOWN: title(name),
        NAME: name,
    }
    return _NAMES.sub(lambda match: new[match[0]], text)


def title(name: str) -> str:
    """What people call a plugin of that name."""
    return name.replace("_", " ").capitalize()


def _write(source: Path, name: str, folder: Path) -> Path:
    relative = Path(renamed(source.relative_to(TEMPLATE).as_posix(), name))
    path = folder / relative
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(renamed(source.read_text(encoding="utf-8"), name), encoding="utf-8")
    return relative


def _remove(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    folder.rmdir()
