"""A new plugin: made by the command, installed as anybody would, its own tests green, its card on the home page."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from layers_core.cli.root import main
from layers_core.host.loader import load_host
from layers_core.scaffold import copying
from layers_core.settings import Settings
from layers_core.vocabulary import vocabulary
from layers_webshell.app import create_app

from .newcomer import NAME, beside, installed, new_plugin

ROOT = Path(__file__).resolve().parents[1]


def in_python(site: Path, *words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run Python with a folder of installed distributions beside the environment's own."""
    return subprocess.run(
        [sys.executable, *words],
        cwd=cwd,
        env=beside(site),
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A new plugin's folder, and the folder that it was installed into."""
    folder = tmp_path_factory.mktemp("plugins")
    plugin = new_plugin(folder)
    return plugin, installed(plugin, folder / "site")


@pytest.mark.slow
def test_its_own_tests_pass(made: tuple[Path, Path]) -> None:
    plugin, site = made
    done = in_python(site, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "not postgres", cwd=plugin)
    assert done.returncode == 0, done.stdout + done.stderr
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed, done.stdout
    # The contract suite and what the plugin does: none was left out.
    assert int(passed[1]) >= 19
    assert "skipped" not in done.stdout


CARD = """
import sys
from dataclasses import replace
from pathlib import Path
from layers_core.cli.context import CliContext
from layers_core.contract import PluginChoice
from layers_core.practices import mix
from layers_core.settings import Settings
from layers_webshell.accounts.demo_links import DemoLinks
from layers_webshell.app import create_app
from layers_webshell.demo import world

folder, slug = Path(sys.argv[1]), sys.argv[2]
settings = Settings(database_url=f"sqlite:///{folder}/demo.db", data_dir=folder, demo=True)
layers = CliContext(settings)
demo = world.build(layers.database, layers.host, layers.service)
links = DemoLinks()
app = create_app(settings, host=layers.host, database=layers.database, links=links)
client = app.test_client()


def get(path):
    return client.get(path, base_url="http://127.0.0.1", follow_redirects=True)


assert get(world.addresses(layers.database, links)["gp"]).status_code == 200
for state in ("off", "on"):
    manager = demo.actor(layers.database, layers.host, "manager")
    mix.switch(layers.service, manager, slug, PluginChoice(state), "To try it", expected=manager.practice.mix.version)
    page = get("/otterbrook/")
    print(state, page.status_code, "Nobody has added an entry yet" in page.text, page.text.count("Home visits"))
print("page", get("/otterbrook/home-visits/").status_code)
"""


@pytest.mark.slow
def test_its_card_is_on_the_demos_home_page_once_switched_on(made: tuple[Path, Path], tmp_path: Path) -> None:
    _plugin, site = made
    script = tmp_path / "card.py"
    script.write_text(CARD, encoding="utf-8")
    done = in_python(site, str(script), str(tmp_path), NAME, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    off, on, page = done.stdout.splitlines()[-3:]
    assert off == "off 200 False 0"
    state, status, card, mentions = on.split()
    assert (state, status, card) == ("on", "200", "True")
    assert int(mentions) >= 2  # the card's heading and the menu
    assert page == "page 200"


def test_a_copy_holds_nothing_of_the_templates_name(tmp_path: Path) -> None:
    plugin = new_plugin(tmp_path)
    for path in plugin.rglob("*"):
        assert not re.search(rf"{copying.NAME}(?![a-z])", path.name, re.IGNORECASE)
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            assert not re.search(rf"{copying.NAME}(?![a-z])", text, re.IGNORECASE), path
            if path.suffix == ".py":
                ast.parse(text)
    assert (plugin / "src" / "layers_home_visits" / "templates" / NAME / "index.html").is_file()
    project = (plugin / "pyproject.toml").read_text(encoding="utf-8")
    assert 'name = "layers-home-visits"' in project
    assert 'home_visits = "layers_home_visits.plugin:Plugin"' in project


@pytest.mark.parametrize(
    "name",
    ["Meals", "me als", "1meals", "meals_", "meals__x", "reflect", "peer", "reflect_x", "core", "mix", "a" * 21, ""],
)
def test_names_that_cannot_be_are_refused(tmp_path: Path, name: str) -> None:
    done = CliRunner().invoke(main, ["new-plugin", "--in", str(tmp_path), "--", name])
    assert done.exit_code == 2, done.output
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    plugin = new_plugin(tmp_path)
    (plugin / "README.md").write_text("mine", encoding="utf-8")
    done = CliRunner().invoke(main, ["new-plugin", NAME, "--in", str(tmp_path)])
    assert done.exit_code == 1
    assert (plugin / "README.md").read_text(encoding="utf-8") == "mine"
    assert [path.name for path in tmp_path.iterdir()] == [NAME]


def test_a_copy_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(source: Path, name: str, folder: Path) -> Path:
        (folder / "half").mkdir()
        (folder / "half" / "file").touch()
        raise OSError("disk full")

    monkeypatch.setattr(copying, "_write", fail)
    with pytest.raises(OSError, match="disk full"):
        copying.copy("meals", tmp_path / "meals")
    assert list(tmp_path.iterdir()) == []


def test_it_says_what_to_do_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "plugins").mkdir()
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "learning-layers"\n', encoding="utf-8")
    (tmp_path / "docs").mkdir()
    monkeypatch.chdir(tmp_path / "docs")
    done = CliRunner().invoke(main, ["new-plugin", "meals"])
    assert done.exit_code == 0, done.output
    folder = tmp_path / "plugins" / "meals"
    assert folder.is_dir()
    assert f"-e {folder} --no-deps --no-build-isolation" in done.output
    assert "layers db upgrade" in done.output


def test_no_plugin_can_stand_in_the_way_of_a_practices_own_pages(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/unused.db", data_dir=tmp_path)
    app = create_app(settings, host=load_host(settings, discover=False))
    parts = {rule.rule.split("/")[2] for rule in app.url_map.iter_rules() if rule.rule.startswith("/<practice>/")}
    pages = {part for part in parts if part and not part.startswith("<")}
    assert pages, "the web shell has pages under a practice"
    assert pages <= {name.replace("_", "-") for name in vocabulary("reserved_plugin_names")}


EXCERPT = re.compile(r"<!-- excerpt: (\S+) -->\n```\w+\n(.*?)```\n", re.DOTALL)


def test_the_snippets_of_the_guide_are_excerpts_of_the_template() -> None:
    guide = (ROOT / "docs" / "writing-a-plugin.md").read_text(encoding="utf-8")
    excerpts = EXCERPT.findall(guide)
    assert len(excerpts) == guide.count("<!-- excerpt:") >= 10
    for path, snippet in excerpts:
        found = next(folder / path for folder in (copying.TEMPLATE, ROOT) if (folder / path).is_file())
        source = found.read_text(encoding="utf-8")
        assert snippet in source, f"{path} no longer says:\n{snippet}"


def test_the_commands_of_the_guide_are_those_that_the_command_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "plugins").mkdir()
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "learning-layers"\n', encoding="utf-8")
    scripts = tmp_path / ".venv" / "bin"
    scripts.mkdir(parents=True)
    for name in ("python", "uv", "layers"):
        (scripts / name).touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "executable", str(scripts / "python"))
    printed = CliRunner().invoke(main, ["new-plugin", "meals"]).output
    guide = (ROOT / "docs" / "writing-a-plugin.md").read_text(encoding="utf-8")
    block = re.search(r"```\n(\.venv/bin/layers new-plugin meals\n.*?)```", guide, re.DOTALL)
    assert block
    for command in block[1].splitlines()[1:]:
        assert f"    {command}\n" in printed, command
