"""A new plugin as its developer makes it: copied by the command, and installed beside what is there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner

from layers_core.cli.root import main

UV = Path(sys.executable).with_name("uv")
NAME = "home_visits"


def new_plugin(folder: Path, name: str = NAME) -> Path:
    """Make a plugin with `layers new-plugin`; gives its folder."""
    done = CliRunner().invoke(main, ["new-plugin", name, "--in", str(folder)])
    assert done.exit_code == 0, done.output
    return folder / name


def installed(plugin: Path, site: Path) -> Path:
    """Install a plugin into a folder of distributions, which it gives back; the environment itself stays as it is."""
    done = subprocess.run(
        [
            *(str(UV), "pip", "install", "--quiet", "--python", sys.executable, "--target", str(site)),
            *("--no-deps", "--no-build-isolation", str(plugin)),
        ],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return site


def beside(site: Path, **settings: str) -> dict[str, str]:
    """The environment in which Python finds a folder of distributions, with these settings (LAYERS_…) and no others."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("LAYERS_")}
    return environ | {"PYTHONPATH": str(site)} | {f"LAYERS_{name}": value for name, value in settings.items()}
