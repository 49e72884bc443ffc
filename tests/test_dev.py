"""dev.py: what it says when something is missing, and what it does not do twice."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]


def dev(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "dev.py", *words], cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """dev.py, loaded for a folder of its own."""
    spec = importlib.util.spec_from_file_location("dev_under_test", ROOT / "dev.py")
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    monkeypatch.setattr(loaded, "ROOT", tmp_path)
    return loaded


def test_help_names_every_command() -> None:
    done = dev("--help")
    assert done.returncode == 0
    for command in ("demo", "test", "bench", "lint", "lock", "assets"):
        assert f"dev.py {command}" in done.stdout


def test_an_unknown_option_of_lint_is_refused() -> None:
    assert dev("lint", "--nonsense").returncode == 2


def test_an_old_python_is_told_so(module: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "OLDEST", (9, 9))
    with pytest.raises(module.Stop, match=r"needs Python 9\.9 or later, and .* is 3\."):
        module.main(["demo"])


def test_dev_is_readable_by_an_older_python() -> None:
    """Else an old Python would show a syntax error where it should say that it is too old."""
    import ast

    ast.parse((ROOT / "dev.py").read_text(encoding="utf-8"), feature_version=(3, 8))


def test_without_a_network_the_set_up_says_so(tmp_path: Path) -> None:
    projects = [
        path.relative_to(ROOT) for path in (*ROOT.glob("*/pyproject.toml"), *ROOT.glob("plugins/*/pyproject.toml"))
    ]
    for name in (Path("dev.py"), Path("requirements.lock"), Path("tools.lock"), *projects):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    no_network = {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_NO_CACHE_DIR": "1"}
    done = subprocess.run(
        [sys.executable, "dev.py", "test"],
        cwd=tmp_path,
        env={**os.environ, **no_network},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "Is there a network" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / ".venv" / "set-up.stamp").exists()


def test_what_is_done_is_not_done_again() -> None:
    """Set-up and front end take no time when nothing changed: `demo` has to start within three seconds in all."""
    assert dev("assets").returncode == 0
    began = time.perf_counter()
    done = dev("assets")
    took = time.perf_counter() - began
    assert done.returncode == 0
    assert done.stderr == ""
    assert took < 2.0  # about 0.15 s; wide, because test machines are shared


def test_a_stamp_follows_names_and_contents(module: ModuleType, tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("x")
    two.write_text("x")
    assert module.digest([one]) != module.digest([two])
    before = module.digest([one])
    one.write_text("y")
    assert module.digest([one]) != before


def test_a_catalogue_is_compiled_where_its_text_changed(
    module: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "core" / "src" / "layers_x" / "translations" / "ur" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    po = folder / "layers_x.po"
    monkeypatch.setattr(module, "VENV", tmp_path)
    po.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Poor"\nmsgstr "خراب"\n', "utf-8"
    )
    module._compile_catalogues()
    first = po.with_suffix(".mo").read_bytes()
    assert "خراب".encode() in first
    po.write_text(po.read_text("utf-8").replace("خراب", "بہت خراب"), "utf-8")
    module._compile_catalogues()
    assert "بہت خراب".encode() in po.with_suffix(".mo").read_bytes()


REQUIRE = """
import pytest

@pytest.mark.browser
def test_skipped():
    pytest.skip("no browser here")

def test_plain():
    pytest.skip("something else")

@pytest.mark.browser
@pytest.mark.real_files
def test_excused():
    pass
"""


@pytest.mark.parametrize(("required", "code"), [("", 0), ("browser", 1), ("postgres", 1)])
def test_ci_fails_when_something_required_was_skipped_or_never_ran(tmp_path: Path, required: str, code: int) -> None:
    (tmp_path / "conftest.py").write_bytes((ROOT / "conftest.py").read_bytes())
    (tmp_path / "test_it.py").write_text(REQUIRE)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n  browser: x\n  postgres: x\n  real_files: x\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", str(tmp_path)],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "LAYERS_REQUIRE": required},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert ("LAYERS_REQUIRE" in done.stdout) == bool(required)
    assert "no real files on this machine" in done.stdout
    assert "test_excused was skipped, though" not in done.stdout
