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
LEFT_OUT = ("__pycache__", ".ruff_cache", ".DS_Store")

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


def environment(folder: Path, wheels: list[Path], without: tuple[str, ...] = ()) -> Path:
    """Return the scripts folder of a new environment: third-party packages linked from this one, and our wheels."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    scripts = folder / Path(sysconfig.get_path("scripts")).name
    ask = [str(scripts / "python"), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    own = Path(subprocess.run(ask, capture_output=True, text=True, check=True).stdout.strip())
    unwanted = ("layers_", "_layers_", "learning_layers", *without)
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if not entry.name.lower().startswith(unwanted) and entry.suffix != ".pth" and not (own / entry.name).exists():
            (own / entry.name).symlink_to(entry, target_is_directory=entry.is_dir())
    uv = shutil.which("uv", path=sysconfig.get_path("scripts"))
    assert uv is not None, "dev.py installs uv"
    install = [uv, "pip", "install", "--offline", "--no-deps", "--python", str(scripts / "python"), *map(str, wheels)]
    subprocess.run(install, check=True, capture_output=True)
    return scripts


def answer(command: list[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("slug", ["reflect", "guidelines", "peer_share", "patient_input"])
def test_a_plugin_works_beside_the_core_alone(wheels: dict[str, Path], tmp_path: Path, slug: str) -> None:
    scripts = environment(tmp_path / "venv", [wheels["layers_core"], wheels[f"layers_{slug}"]])
    script = (
        "import importlib.util, sys\n"
        "from importlib.metadata import entry_points\n"
        "points = {point.name: point for point in entry_points(group='layers.plugins')}\n"
        "plugin = points[sys.argv[1]].load()\n"
        "assert sys.modules[plugin.__module__].__file__.startswith(sys.prefix)\n"
        "assert importlib.util.find_spec('layers_webshell') is None\n"
        "print(*points)\n"
    )
    assert answer([str(scripts / "python"), "-c", script, slug], tmp_path) == f"{slug}\n"
    assert "Usage: layers" in answer([str(scripts / "layers"), "--help"], tmp_path)


def test_the_core_works_without_flask(wheels: dict[str, Path], tmp_path: Path) -> None:
    """Every module but `web`, which is for plugins' views, and the test kit, which needs pytest anyway."""
    scripts = environment(
        tmp_path / "venv", [wheels["layers_core"]], without=("flask", "werkzeug", "pytest", "_pytest")
    )
    script = (
        "import importlib, pkgutil, layers_core\n"
        "left_out = ('layers_core.web', 'layers_core.testkit', 'layers_core.scaffold')\n"
        "for found in pkgutil.walk_packages(layers_core.__path__, 'layers_core.', onerror=lambda name: None):\n"
        "    if not found.name.startswith(left_out) and '.migrations' not in found.name:\n"
        "        importlib.import_module(found.name)\n"
    )
    answer([str(scripts / "python"), "-c", script], tmp_path)
    assert "Usage: layers" in answer([str(scripts / "layers"), "--help"], tmp_path)


def test_all_wheels_together_have_the_commands_of_the_web_shell(wheels: dict[str, Path], tmp_path: Path) -> None:
    scripts = environment(tmp_path / "venv", list(wheels.values()))
    told = answer([str(scripts / "layers"), "--help"], tmp_path)
    assert "demo" in told
    assert "serve" in told
