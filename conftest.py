"""What every test folder shares: the browser, and the promise that nothing required was skipped.

`LAYERS_REQUIRE=browser,postgres` turns a skip of a test with one of these marks into a failure, and so does a run in
which none of them took place. `.ci/run` sets it, so that a green run there means what it says. Tests marked
`real_files` are the exception: the files are other people's and not in a clone, so there they skip, visibly.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

# As a browser that only tests: no sandbox (CI runs as root), no graphics card, nothing fetched on its own account.
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
REQUIRED = frozenset(filter(None, os.environ.get("LAYERS_REQUIRE", "").replace(" ", "").split(",")))
REAL_FILES = Path(__file__).resolve().parent.parent / "shared" / "data"
RAN = pytest.StashKey[frozenset[str]]()


def chromium() -> str | None:
    """Return the path of the installed Chromium, or None; `LAYERS_CHROMIUM` names another one."""
    named = os.environ.get("LAYERS_CHROMIUM")
    candidates = (named,) if named else ("/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome")
    return next((found for name in candidates if (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Let pytest-playwright start the machine's own Chromium."""
    return {**browser_type_launch_args, "executable_path": chromium(), "args": list(CHROMIUM_FLAGS)}


def pytest_configure(config: pytest.Config) -> None:
    config.stash[RAN] = frozenset()
    config.pluginmanager.register(Ran(config))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    lacking = {}
    if chromium() is None:
        lacking["browser"] = pytest.mark.skip(reason="no Chromium on this machine: apt-get install chromium")
    if not REAL_FILES.is_dir():
        lacking["real_files"] = pytest.mark.skip(reason=f"no real files on this machine: {REAL_FILES}")
    for item in items:
        for mark, skip in lacking.items():
            if item.get_closest_marker(mark):
                item.add_marker(skip)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    required = sorted(name for name in REQUIRED if item.get_closest_marker(name))
    excused = hasattr(report, "wasxfail") or ("real_files" in item.keywords and not REAL_FILES.is_dir())
    if required and report.skipped and not excused:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, though LAYERS_REQUIRE names {', '.join(required)}. {reason}"
    return report


class Ran:
    """Notes which required marks took place, also where the tests themselves run in other processes."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" and not report.skipped:
            self.config.stash[RAN] = self.config.stash[RAN].union(REQUIRED & report.keywords.keys())


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if hasattr(session.config, "workerinput"):
        return
    ran = session.config.stash[RAN]
    idle = sorted(REQUIRED - ran)
    if not idle or exitstatus not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        return
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None:
        reporter.write_line(
            f"\nNo test ran that is marked {', '.join(idle)}, though LAYERS_REQUIRE names it.", red=True
        )
    session.exitstatus = pytest.ExitCode.TESTS_FAILED
