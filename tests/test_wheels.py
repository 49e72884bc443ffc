"""Wheels: each distribution builds, and the core with one plugin works where nothing else of ours is installed."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MEMBERS = ("core", "webshell", "plugins/reflect", "plugins/guidelines", "plugins/peer_share", "plugins/patient_input")
# What a source folder holds that no wheel needs.
LEFT_OUT = ("__pycache__", ".DS_Store")

pytestmark = pytest.mark.slow


def build(member: str, out: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)],
        cwd=ROOT / member,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every wheel, by the name of its package; "learning_layers" is the one of the root."""
    out = tmp_path_factory.mktemp("wheels")
    for member in (*MEMBERS, "."):
        done = build(member, out)
        assert done.returncode == 0, done.stderr
    return {path.name.split("-")[0]: path for path in out.glob("*.whl")}


def test_all_are_built(wheels: dict[str, Path]) -> None:
    ours = {next((ROOT / member / "src").iterdir()).name for member in MEMBERS}
    assert set(wheels) == ours | {"learning_layers"}


@pytest.mark.parametrize("member", MEMBERS)
def test_a_wheel_holds_everything_of_its_package(wheels: dict[str, Path], member: str) -> None:
    """Templates, styles, migrations and catalogues as well as modules."""
    source = ROOT / member / "src"
    (package,) = [path for path in source.iterdir() if path.name.startswith("layers_") and path.is_dir()]
    wanted = {
        path.relative_to(source).as_posix()
        for path in package.rglob("*")
        if path.is_file() and not any(part in LEFT_OUT for part in path.parts) and path.name != ".stamp"
    }
    held = set(zipfile.ZipFile(wheels[package.name]).namelist())
    assert wanted - held == set()


def test_the_meta_wheel_holds_no_code(wheels: dict[str, Path]) -> None:
    names = zipfile.ZipFile(wheels["learning_layers"]).namelist()
    assert all(".dist-info/" in name for name in names)


def test_without_the_front_end_the_web_shell_is_not_built(tmp_path: Path) -> None:
    copy = tmp_path / "webshell"
    shutil.copytree(ROOT / "webshell", copy, ignore=shutil.ignore_patterns("node_modules", "dist"))
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel"],
        cwd=copy,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "dev.py assets" in done.stderr
    assert not list(copy.rglob("*.whl"))


def test_the_core_and_one_plugin_work_on_their_own(wheels: dict[str, Path], tmp_path: Path) -> None:
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True)
    python = venv / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    own = Path(
        subprocess.run(
            [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
    )
    for name in ("layers_core", "layers_reflect"):
        zipfile.ZipFile(wheels[name]).extractall(own)
    # Third-party packages come from this environment, ours do not: .pth files of editable installs are not read there.
    script = (
        "import sys; sys.path.append(sys.argv[1])\n"
        "import layers_core, layers_reflect.plugin\n"
        "from importlib.metadata import entry_points\n"
        "assert layers_core.__file__.startswith(sys.prefix), layers_core.__file__\n"
        "assert layers_reflect.__file__.startswith(sys.prefix), layers_reflect.__file__\n"
        "(reflect,) = [point for point in entry_points(group='layers.plugins', name='reflect')][:1]\n"
        "assert reflect.load() is layers_reflect.plugin.Plugin\n"
        "import importlib.util; assert importlib.util.find_spec('layers_webshell') is None\n"
        "print('fine')\n"
    )
    done = subprocess.run(
        [str(python), "-c", script, sysconfig.get_path("purelib")],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "fine\n", done.stderr
