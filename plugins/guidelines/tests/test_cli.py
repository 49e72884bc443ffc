"""`layers guidelines import`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from layers_core.cli.context import CliContext
from layers_core.contract import PluginChoice
from layers_guidelines import reading
from layers_guidelines.commands import guidelines

from .conftest import DATA, ClientFor, events, plan, real_files

if TYPE_CHECKING:
    from layers_webshell.testworld import World


def run(world: World, *arguments: object) -> Result:
    context = CliContext(database=world.database, host=world.host)
    return CliRunner().invoke(guidelines, ["import", *map(str, arguments)], obj=context)


def listed(world: World) -> list[reading.Listed]:
    with world.database.read() as session:
        return reading.recommendations(session, world.host, world.actor("gp")).items


def written(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.real_files
def test_real_files_of_two_editions(world: World, client_for: ClientFor) -> None:
    files = [DATA / name for name, _content in real_files("*.json", "2023-05-01/*.json")]
    done = run(world, "--practice", "a81001", *files)
    assert done.exit_code == 0, done.output
    assert done.stdout.count("1 added, 0 here already, 0 left out") == len(files)
    assert f"{len(files)} added, 0 here already\n" in done.stdout
    assert "For or against (action[0].extension[0]): " in done.stderr
    found = listed(world)
    assert len(found) == len(files)
    assert sum(item.edition.superseded_by is not None for item in found) == 3
    assert {item.thing.author_id for item in found} == {None}
    assert {item.thing.audience.type for item in found} == {"practice"}
    assert events(world) == ["core.recorded"] * len(files)
    older = next(item for item in found if item.edition.superseded_by)
    page = client_for("gp").get(f"/manor/things/{older.thing.id}")
    assert "Both editions carry the version label 2022.1.0" in page.text
    again = run(world, "--practice", "A81001", *files)
    assert again.exit_code == 0
    assert f"0 added, {len(files)} here already\n" in again.stdout
    assert events(world) == ["core.recorded"] * len(files)


def test_what_cannot_be_imported_is_said_and_the_rest_is_imported(world: World, tmp_path: Path) -> None:
    bare = written(tmp_path, "bare.json", plan(copyright=None, date=None))
    good = written(tmp_path, "good.json", plan())
    wrong = written(tmp_path, "wrong.json", b"{")
    done = run(world, "--practice", "A81001", bare, wrong, good)
    assert done.exit_code == 0
    assert "wrong.json: not imported. This file is not JSON." in done.stderr
    assert "left out: Large print. The file does not say: its licence, its date." in done.stderr
    assert "good.json: 1 added" in done.stdout
    given = run(world, "--practice", "A81001", "--licence", "By letter", "--dated", "2024-02-01", bare)
    assert given.exit_code == 0
    assert "1 added" in given.stdout
    assert {item.thing.body["licence"] for item in listed(world)} == {"By letter", "Made up for tests"}


def test_it_fails_where_nothing_could_be_imported(world: World, tmp_path: Path) -> None:
    wrong = written(tmp_path, "wrong.json", b"{")
    good = written(tmp_path, "good.json", plan())
    assert run(world, "--practice", "A81001", wrong).exit_code == 1
    assert run(world, "--practice", "Z99999", good).exit_code == 1
    assert "There is no practice Z99999" in run(world, "--practice", "Z99999", good).stderr
    assert run(world, "--practice", "A81001").exit_code == 2
    assert run(world, "--practice", "A81001", tmp_path / "none.json").exit_code == 2
    assert events(world) == []


def test_a_practice_may_bring_them_in_before_it_switches_them_on(world: World, tmp_path: Path) -> None:
    world.switch("manor", "guidelines", PluginChoice("off"))
    off = run(world, "--practice", "A81001", written(tmp_path, "good.json", plan()))
    assert off.exit_code == 0
    assert "does not use guidelines yet" in off.stderr
    world.switch("manor", "guidelines", PluginChoice("on"))
    assert "0 added, 1 here already" in run(world, "--practice", "A81001", tmp_path / "good.json").stdout
