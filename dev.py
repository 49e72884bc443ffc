#!/usr/bin/env python3
"""The toolkit's own commands. Standard library only: it runs before anything is installed.

python3 dev.py demo [--port 8000] [--reset]   set up, then serve the demo on 127.0.0.1
python3 dev.py test [--quick] [pytest …]      set up, then run the tests
python3 dev.py bench [args …]                 set up, then run the benchmarks
python3 dev.py lint                           set up, then run every linter
python3 dev.py lock [--upgrade]               renew the locks from the .in files
python3 dev.py assets                         build the front end and the translations, if they changed
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

OLDEST = (3, 11)
ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
EXE = ".exe" if os.name == "nt" else ""
PYTHON = BIN / f"python{EXE}"
MEMBERS = ("core", "webshell", "plugins/reflect", "plugins/guidelines", "plugins/peer_share", "plugins/patient_input")
SOURCES = tuple(f"{member}/src" for member in MEMBERS)
TYPED = ("dev.py", "conftest.py", "webshell/hatch_build.py", *SOURCES)
SHELL = ROOT / "webshell"
DIST = SHELL / "src" / "layers_webshell" / "static" / "dist"
# (sources, lock) for each lock; every lock is for all systems and names no host.
LOCKS = ((("run.in", "test.in"), "requirements.lock"), (("tools.in",), "tools.lock"), (("node.in",), "node.lock"))
LOCK_SHAPE = (
    *("--universal", "--python-version", "3.11", "--generate-hashes"),
    *("--no-emit-index-url", "--no-header", "--no-annotate"),
)
NOT_QUICK = "not browser and not slow and not postgres"
# Runs in .venv, where Babel is: each .po named on the line becomes the .mo beside it.
COMPILE = """
import sys
from pathlib import Path
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
for path in map(Path, sys.argv[1:]):
    with path.open("rb") as po:
        catalogue = read_po(po, abort_invalid=True)
    with path.with_suffix(".mo").open("wb") as mo:
        write_mo(mo, catalogue)
"""


class Stop(Exception):
    """Something that the person at the keyboard has to know; printed without a traceback."""


def say(text: str) -> None:
    """Print a line of progress, kept apart from the output of the tools."""
    print(f"dev.py: {text}", file=sys.stderr, flush=True)


def run(
    command: Sequence[str | Path], *, cwd: Path = ROOT, quiet: bool = False, env: dict[str, str] | None = None
) -> bool:
    """Run a command and return whether it succeeded; `quiet` shows its output only when it failed."""
    words = [str(word) for word in command]
    if not quiet:
        return subprocess.run(words, cwd=cwd, env=env, check=False).returncode == 0
    done = subprocess.run(words, cwd=cwd, env=env, check=False, capture_output=True, text=True, errors="replace")
    if done.returncode:
        print(done.stdout + done.stderr, file=sys.stderr)
    return done.returncode == 0


def become(command: Sequence[str | Path]) -> int:
    """Hand over to a command: replace this process where the system can, else wait for it. Return its exit code."""
    words = [str(word) for word in command]
    sys.stdout.flush()
    sys.stderr.flush()
    if os.name != "nt":
        os.chdir(ROOT)
        os.execv(words[0], words)
    return subprocess.run(words, cwd=ROOT, check=False).returncode


def digest(files: Iterable[Path], *more: str) -> str:
    """Return a hash of the names and contents of files, and of some words."""
    total = hashlib.sha256()
    for path in files:
        total.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    for word in more:
        total.update(word.encode() + b"\0")
    return total.hexdigest()


def fresh(stamp: Path, wanted: str) -> bool:
    """Return whether a stamp holds the wanted text."""
    return stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted


@contextmanager
def alone(name: str) -> Iterator[None]:
    """Let one process at a time set up this folder; the lock goes away with its process, however that ends."""
    (ROOT / "var").mkdir(exist_ok=True)
    with (ROOT / "var" / f".{name}.lock").open("a+b") as handle:
        _lock(handle.fileno())
        yield  # Closing the file gives the lock back.


if os.name == "nt":
    import msvcrt

    def _lock(number: int) -> None:
        while True:
            try:
                msvcrt.locking(number, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
                return
            except OSError:
                time.sleep(0.2)

else:
    import fcntl

    def _lock(number: int) -> None:
        fcntl.flock(number, fcntl.LOCK_EX)


# Set-up ---------------------------------------------------------------------------------------------------------------


def set_up() -> None:
    """Make `.venv` hold what the locks name, and the six distributions as editable; nothing to do is quick."""
    stamp = VENV / "set-up.stamp"
    projects = [ROOT / member / "pyproject.toml" for member in MEMBERS]
    # The folder counts, because editable installs and the venv's scripts hold its path.
    wanted = digest([ROOT / "requirements.lock", ROOT / "tools.lock", *projects], str(ROOT))
    if PYTHON.exists() and fresh(stamp, wanted):
        return
    with alone("set-up"):
        if PYTHON.exists() and fresh(stamp, wanted):
            return
        _install()
        stamp.write_text(wanted, encoding="utf-8")


def _outer() -> str:
    """Return the Python to set up with: this one, or the one below it where it has no pip, as in an active `.venv`."""
    return sys.executable if find_spec("pip") else str(getattr(sys, "_base_executable", sys.executable))


def _pip_install() -> list[str | Path]:
    return [_outer(), "-m", "pip", "--python", PYTHON, "--disable-pip-version-check", "install", "--quiet"]


def _uv_install() -> list[str | Path]:
    # Compiled here, because each start would do it anew where Python may not write (PYTHONDONTWRITEBYTECODE).
    return [BIN / f"uv{EXE}", "pip", "install", "--python", PYTHON, "--quiet", "--compile-bytecode"]


def _install() -> None:
    say("setting up .venv")
    if not PYTHON.exists() and not run([_outer(), "-m", "venv", "--without-pip", "--clear", VENV], quiet=True):
        raise Stop("Python's venv module is missing. On Debian or Ubuntu: apt-get install python3-venv python3-pip")
    if not run([_outer(), "-m", "pip", "--version"], quiet=True):
        raise Stop("pip is missing. On Debian or Ubuntu: apt-get install python3-pip; elsewhere: python3 -m ensurepip")
    pip = _pip_install()
    if not run([*pip, "--require-hashes", "-r", "tools.lock"], quiet=True):
        raise Stop("could not fetch the installer. Is there a network, and may this machine reach its package index?")
    editable = [word for member in MEMBERS for word in ("-e", str(ROOT / member))]
    steps = (
        ["--no-deps", "--require-hashes", "-r", "requirements.lock"],
        ["--no-deps", "--no-build-isolation", *editable],
    )
    uv = _uv_install()
    for step in steps:
        if run([*uv, *step], quiet=True):
            continue
        say("uv could not do this; trying pip, which takes longer")
        if not run([*pip, *step], quiet=True):
            raise Stop("could not install what the locks name. Is there a network? The messages above say more.")


# The front end and the translations -----------------------------------------------------------------------------------


def build_assets() -> None:
    """Build the front end into static/dist and compile every catalogue, unless nothing changed since the last time."""
    _build_front_end()
    _compile_catalogues()


def _build_front_end() -> None:
    sources = sorted(path for path in (SHELL / "assets").rglob("*") if path.is_file())
    wanted = digest([SHELL / "package.json", SHELL / "package-lock.json", *sources])
    stamp = DIST / ".stamp"
    if fresh(stamp, wanted):
        return
    with alone("assets"):
        if fresh(stamp, wanted):
            return
        say("building the front end")
        npm, node, env = _node()
        installed = SHELL / "node_modules" / ".layers-stamp"
        packages = digest([SHELL / "package.json", SHELL / "package-lock.json"])
        if not fresh(installed, packages):
            # Only the watchers are optional, and scripts of packages have no business here.
            if not run(
                [*npm, "ci", "--omit=optional", "--ignore-scripts", "--loglevel=error"], cwd=SHELL, quiet=True, env=env
            ):
                raise Stop("npm could not install the front end. Is there a network? The messages above say more.")
            installed.write_text(packages, encoding="utf-8")
        half = DIST.with_name("dist.new")
        shutil.rmtree(half, ignore_errors=True)
        if not run([*node, "assets/build.mjs", half], cwd=SHELL, quiet=True, env=env):
            raise Stop("the front end could not be built; the messages above say why.")
        shutil.rmtree(DIST, ignore_errors=True)
        half.rename(DIST)
        stamp.write_text(wanted, encoding="utf-8")


def _node() -> tuple[list[str], list[str], dict[str, str]]:
    """Return the commands for npm and node and their environment: the machine's from version 18 on, else a wheel's."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        told = subprocess.run([node, "--version"], check=False, capture_output=True, text=True).stdout
        version = re.match(r"v(\d+)", told)
        if version and int(version[1]) >= 18:
            return [npm], [node], dict(os.environ)
    say("no node 18 or later on this machine: fetching one into .venv")
    uv = _uv_install()
    pip = _pip_install()
    if not any(run([*tool, "--no-deps", "--require-hashes", "-r", "node.lock"], quiet=True) for tool in (uv, pip)):
        raise Stop("could not fetch node. Is there a network?")
    # npm's own scripts look for a `node` by name.
    env = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"}
    return [str(BIN / f"npm{EXE}")], [str(BIN / f"node{EXE}")], env


def _compile_catalogues() -> None:
    catalogues = sorted(
        found for source in SOURCES for found in (ROOT / source).glob("*/translations/*/LC_MESSAGES/*.po")
    )
    if not catalogues:
        return
    stamp = VENV / "catalogues.stamp"
    wanted = digest(catalogues)
    if fresh(stamp, wanted) and all(path.with_suffix(".mo").is_file() for path in catalogues):
        return
    with alone("catalogues"):
        say("compiling the translations")
        if not run([PYTHON, "-c", COMPILE, *catalogues], quiet=True):
            raise Stop("the translations could not be compiled; the messages above say why.")
        stamp.write_text(wanted, encoding="utf-8")


# Commands -------------------------------------------------------------------------------------------------------------


def demo(options: argparse.Namespace, rest: list[str]) -> int:
    """Set up and serve the demo; the address and the sign-in links are printed by the demo itself."""
    set_up()
    build_assets()
    reset = ["--reset"] if options.reset else []
    return become([BIN / f"layers{EXE}", "demo", "--port", str(options.port), *reset, *rest])


def test(options: argparse.Namespace, rest: list[str]) -> int:
    """Set up and run the tests; anything else on the line goes to pytest.

    The whole suite runs in a process for each core, a file at a time, so that what a module shares is made once.
    """
    set_up()
    build_assets()
    quick = ["-m", NOT_QUICK] if options.quick else []
    chosen = any(not word.startswith("-") for word in rest)
    spread = [] if chosen else ["-n", "auto", "--dist", "loadfile"]
    return become([PYTHON, "-m", "pytest", *quick, *spread, *rest])


def bench(options: argparse.Namespace, rest: list[str]) -> int:
    """Set up and run the benchmarks."""
    set_up()
    build_assets()
    return become([PYTHON, "-m", "bench", *rest])


def assets(options: argparse.Namespace, rest: list[str]) -> int:
    """Build the front end and the translations."""
    set_up()
    build_assets()
    return 0


def lint(options: argparse.Namespace, rest: list[str]) -> int:
    """Run every linter, also after one has complained, and name those that did."""
    set_up()
    checks: list[tuple[str, list[str], Path]] = [
        ("ruff check", ["ruff", "check", "--quiet", "."], ROOT),
        ("ruff format", ["ruff", "format", "--check", "--quiet", "."], ROOT),
        ("import-linter", ["lint-imports", "--no-cache"], ROOT),
        ("bandit", ["bandit", "--quiet", "--recursive", "--configfile", "pyproject.toml", *SOURCES], ROOT),
        ("mypy", ["mypy", "--no-error-summary", *TYPED], ROOT),
    ]
    checks += [(f"deptry {member}", ["deptry", "--no-ansi", "src"], ROOT / member) for member in MEMBERS]
    failed = [name for name, command, cwd in checks if not _check(name, command, cwd)]
    if failed:
        say(f"to mend: {', '.join(failed)}")
    return 1 if failed else 0


def _check(name: str, command: list[str], cwd: Path) -> bool:
    began = time.monotonic()
    good = run([BIN / f"{command[0]}{EXE}", *command[1:]], cwd=cwd, quiet=True)
    say(f"{name}: {'clean' if good else 'COMPLAINS'} ({time.monotonic() - began:.1f} s)")
    return good


def lock(options: argparse.Namespace, rest: list[str]) -> int:
    """Write the locks anew: for every system, with hashes, without the name of any host."""
    set_up()
    upgrade = ["--upgrade"] if options.upgrade else []
    shape = [*LOCK_SHAPE, "--quiet"]
    for sources, target in LOCKS:
        if not run([BIN / f"uv{EXE}", "pip", "compile", *shape, *upgrade, *rest, *sources, "-o", target], quiet=True):
            raise Stop(f"{target} could not be written; the messages above say why.")
        hosts = re.findall(r"\w+://\S+", (ROOT / target).read_text(encoding="utf-8"))
        if hosts:
            raise Stop(f"{target} names a host ({hosts[0]}): do not commit it.")
    npm, _, env = _node()
    front_end = ["update"] if options.upgrade else ["install"]
    if not run([*npm, *front_end, "--package-lock-only", "--ignore-scripts", "--loglevel=error"], cwd=SHELL, env=env):
        raise Stop("webshell/package-lock.json could not be written; the messages above say why.")
    front = json.loads((SHELL / "package-lock.json").read_text(encoding="utf-8"))
    if any("resolved" in entry for entry in front["packages"].values()):
        raise Stop("webshell/package-lock.json names a host: webshell/.npmrc keeps hosts out, so run npm from there.")
    say("the locks are written")
    return 0


def _first(function: Callable[..., int]) -> str:
    return (function.__doc__ or "").splitlines()[0].rstrip(".")


def main(words: list[str]) -> int:
    """Read the command line, run the command and return its exit code."""
    if sys.version_info < OLDEST:
        wanted, found = ".".join(map(str, OLDEST)), ".".join(map(str, sys.version_info[:3]))
        raise Stop(f"this needs Python {wanted} or later, and {sys.executable} is {found}.")
    parser = argparse.ArgumentParser(prog="dev.py", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for function in (demo, test, bench, lint, lock, assets):
        one = commands.add_parser(
            function.__name__, help=_first(function), description=_first(function), allow_abbrev=False
        )
        one.set_defaults(function=function)
        if function is demo:
            one.add_argument("--port", type=int, default=8000, help="the port on 127.0.0.1 (8000)")
            one.add_argument("--reset", action="store_true", help="make the demo anew, losing what was entered")
        elif function is test:
            one.add_argument("--quick", action="store_true", help=f'only what is quick: -m "{NOT_QUICK}"')
        elif function is lock:
            one.add_argument("--upgrade", action="store_true", help="take newer versions, not only missing ones")
    options, rest = parser.parse_known_args(words)
    if rest and options.function in (lint, assets):
        parser.error(f"unknown: {' '.join(rest)}")
    return int(options.function(options, rest))


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Stop as reason:
        sys.exit(f"dev.py: {reason}")
    except KeyboardInterrupt:
        sys.exit(130)
