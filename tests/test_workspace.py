"""The workspace itself: its six distributions, its locks, its linters' rules and what may be committed."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from importlib.metadata import distribution, entry_points
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
MEMBERS = {
    "core": "layers-core",
    "webshell": "layers-webshell",
    "plugins/reflect": "layers-reflect",
    "plugins/guidelines": "layers-guidelines",
    "plugins/peer_share": "layers-peer-share",
    "plugins/patient_input": "layers-patient-input",
}
PLUGINS = [member for member in MEMBERS if member.startswith("plugins/")]
LOCKS = ("requirements.lock", "tools.lock", "node.lock", "webshell/package-lock.json")


def project(member: str) -> dict[str, Any]:
    return tomllib.loads((ROOT / member / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def needs(member: str) -> set[str]:
    return {Requirement(line).name for line in project(member)["dependencies"]}


def committed() -> list[str]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("not a git clone")
    return [name for name in done.stdout.split("\0") if name]


@pytest.mark.parametrize(("member", "name"), MEMBERS.items())
def test_each_distribution_is_installed_from_here_as_editable(member: str, name: str) -> None:
    url = json.loads(distribution(name).read_text("direct_url.json") or "{}")
    assert url["dir_info"] == {"editable": True}
    assert url["url"] == (ROOT / member).as_uri()
    assert project(member)["name"] == name
    assert distribution(name).version == project(member)["version"]


@pytest.mark.parametrize("member", MEMBERS)
def test_each_distribution_ships_its_types(member: str) -> None:
    package = ROOT / member / "src" / MEMBERS[member].replace("-", "_")
    assert (package / "py.typed").is_file()


def test_the_meta_distribution_holds_all_of_them() -> None:
    assert needs(".") == set(MEMBERS.values())


def test_the_core_runs_without_the_web() -> None:
    web = {"flask", "werkzeug", "jinja2", "flask-security", "gunicorn", "waitress"}
    assert not needs("core") & web
    assert {Requirement(line).name for line in project("core")["optional-dependencies"]["web"]} >= {"flask"}


@pytest.mark.parametrize("member", PLUGINS)
def test_a_plugin_depends_on_the_core_alone(member: str) -> None:
    ours = {name for name in needs(member) if name.startswith("layers-")}
    assert ours == {"layers-core"}


def test_the_entry_points_are_those_of_the_design() -> None:
    found = {
        point.name: point.value for point in entry_points(group="layers.plugins") if point.value.startswith("layers_")
    }
    expected = {
        member.removeprefix("plugins/"): f"layers_{member.removeprefix('plugins/')}.plugin:Plugin" for member in PLUGINS
    }
    assert expected.items() <= found.items()
    assert {point.value for point in entry_points(group="layers.commands")} >= {"layers_webshell.commands:commands"}


def test_every_need_of_a_distribution_is_in_the_lock() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    locked = {name.lower().replace("_", "-") for name in re.findall(r"^([\w.-]+)==", lock, flags=re.MULTILINE)}
    for member in MEMBERS:
        missing = {name for name in needs(member) if not name.startswith("layers-")} - locked
        assert not missing, member


@pytest.mark.parametrize("name", LOCKS[:3])
def test_every_entry_of_a_lock_has_a_hash(name: str) -> None:
    entries = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", "").splitlines()
    assert entries
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


def test_locks_name_no_host() -> None:
    for name in LOCKS[:3]:
        assert "://" not in (ROOT / name).read_text(encoding="utf-8"), name
    front_end = json.loads((ROOT / LOCKS[3]).read_text(encoding="utf-8"))["packages"]
    assert [name for name, entry in front_end.items() if "resolved" in entry] == []
    assert [name for name, entry in front_end.items() if name and "integrity" not in entry] == []


def test_what_is_installed_or_built_is_not_committed() -> None:
    unwanted = re.compile(
        r"(^|/)(node_modules|\.venv|static/dist|__pycache__)/|\.mo$|(^|/)(uv\.lock|pylock[\w.]*\.toml)$|\.whl$"
    )
    assert [name for name in committed() if unwanted.search(name)] == []


def test_no_module_is_longer_than_500_lines() -> None:
    long = [name for name in committed() if name.endswith(".py") and len((ROOT / name).read_bytes().splitlines()) > 500]
    assert long == []
