"""`layers new-plugin`: start a plugin from one that works and is tested."""

from __future__ import annotations

import os
import sys
import tomllib
from pathlib import Path

import click

from layers_core.scaffold import copying

PROJECT = "learning-layers"


@click.command("new-plugin")
@click.argument("name")
@click.option(
    "--in",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where to make its folder. Otherwise plugins/ of the toolkit's own folder, or the current folder.",
)
def new_plugin(name: str, folder: Path | None) -> None:
    """Make a plugin called NAME out of a small one that works, with its tests."""
    try:
        copying.check_name(name, copying.installed())
    except copying.NameRefused as refused:
        raise click.BadParameter(str(refused), param_hint="NAME") from refused
    root = toolkit_folder(Path.cwd())
    target = (folder or (root / "plugins" if root else Path.cwd())) / name
    try:
        made = copying.copy(name, target)
    except OSError as fault:
        raise click.ClickException(str(fault)) from fault
    shown = _short(target)
    click.echo(f"Made {shown} with {len(made)} files. Next:\n")
    for what, command in steps(name, shown):
        click.echo(f"  {what}\n    {command}\n")


def steps(name: str, folder: str) -> list[tuple[str, str]]:
    """What to do with a new plugin: what it is for, and the command or click."""
    python = _short(Path(sys.executable))
    beside = Path(sys.executable).parent
    uv = beside / "uv"
    install = f"{_short(uv)} pip install" if uv.exists() else f"{python} -m pip install"
    layers = _short(beside / "layers")
    return [
        ("Install it, so that changes to its files count at the next start:",
         f"{install} -e {folder} --no-deps --no-build-isolation"),
        ("Run its tests:", f"{python} -m pytest {folder}"),
        ("Make its table in the demo's database:", f"{layers} db upgrade"),
        ("Start the demo again:", f"{layers} demo"),
        ("Switch it on:", f"sign in as manager, open Mix, choose {copying.title(name)}, then On"),
    ]  # fmt: skip


def toolkit_folder(start: Path) -> Path | None:
    """The folder of the toolkit's own sources that `start` is in; None outside."""
    for folder in (start, *start.parents):
        project = folder / "pyproject.toml"
        if (folder / "plugins").is_dir() and project.is_file():
            named = tomllib.loads(project.read_text(encoding="utf-8")).get("project", {}).get("name")
            return folder if named == PROJECT else None
    return None


def _short(path: Path) -> str:
    """A path as somebody would type it here."""
    here = Path.cwd()
    path = Path(os.path.abspath(path))
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else str(path)
