"""What a plugin's package brings to the web: templates, static files, words, and faults."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask

from layers_core import i18n
from layers_core.contract import PluginChoice
from layers_core.db.session import Database
from layers_core.host.loader import Host, load_host
from layers_core.settings import Settings
from layers_webshell.app import create_app
from layers_webshell.mount import MountRefused
from layers_webshell.testclient import Browser
from layers_webshell.testworld import MANOR, World, make_world

CODE = """
from flask import Blueprint, render_template
from layers_core.contract import NavItem, PluginMeta, PluginRoutes, hookimpl
from layers_core.i18n import gettext as _
from layers_core.web import policy

def routes():
    staff = Blueprint("tongue", __name__)

    @staff.get("/")
    @policy("member")
    def index():
        return render_template("tongue/index.html", words=_("Good day"))

    return PluginRoutes(staff)

class Plugin:
    meta = PluginMeta(slug="tongue", name="Tongue", version="1", requires_core=">=0.1",
                      summary="", stores="", seen_by="")
    fails = False

    @hookimpl
    def layers_blueprint(self):
        return routes()

    @hookimpl
    def layers_nav(self):
        if self.fails:
            raise SystemExit("no menu today")
        return [NavItem("Speak", "/speak")]
"""
PAGE = """{% extends "layers/page.html" %}
{% block main %}{{ words }} {{ _("Good night") }} {{ asset("a.css", "tongue") }}{% endblock %}"""
PO = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

msgid "Good day"
msgstr "اچھا دن"

msgid "Good night"
msgstr "شب بخیر"
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A plugin's package as it would be installed."""
    folder = tmp_path / "layers_tongue"
    catalogue = folder / "translations" / "ur" / "LC_MESSAGES"
    for made in (folder / "templates" / "tongue", folder / "static", catalogue):
        made.mkdir(parents=True)
    (folder / "__init__.py").touch()
    (folder / "plugin.py").write_text(CODE, encoding="utf-8")
    (folder / "templates" / "tongue" / "index.html").write_text(PAGE, encoding="utf-8")
    (folder / "static" / "a.css").write_text("p { color: red }", encoding="utf-8")
    (catalogue / "layers_tongue.po").write_text(PO, encoding="utf-8")
    with (catalogue / "layers_tongue.po").open("rb") as po, (catalogue / "layers_tongue.mo").open("wb") as mo:
        write_mo(mo, read_po(po))
    monkeypatch.syspath_prepend(str(tmp_path))
    yield folder
    for name in [name for name in sys.modules if name.startswith("layers_tongue")]:
        del sys.modules[name]


def plugin() -> Any:
    return importlib.import_module("layers_tongue.plugin").Plugin()


def start(settings: Settings, database: Database, brought: Any, *, faults: bool = True) -> tuple[Flask, World]:
    from dataclasses import replace

    settings = replace(settings, raise_faults=faults)
    host: Host = load_host(settings, plugins=[brought], discover=False)
    world = make_world(database, host, host.plugins)
    app = create_app(settings, host=host, database=database)
    app.test_client_class = Browser
    return app, world


def signed_in(app: Flask, world: World, role: str) -> Browser:
    client: Any = app.test_client()
    client.sign_in(world.accounts[role])
    return client


@pytest.fixture(autouse=True)
def own_words() -> Iterator[None]:
    """Leave no translator behind for other tests."""
    yield
    i18n.set_translator(None, None)
    i18n.set_locale(None)
    i18n.set_timezone(None)


def test_templates_static_files_and_words_of_a_plugin(package: Path, settings: Settings, database: Database) -> None:
    app, world = start(settings, database, plugin())
    gp = signed_in(app, world, "gp")
    page = gp.get("/manor/tongue/").text
    assert "Good day Good night" in page
    assert '<html lang="en" dir="ltr">' in page
    address = page.split("Good night ", 1)[1].split("\n", 1)[0].strip().split("<")[0].strip()
    assert address.startswith("/static/tongue/a.css?v=")
    assert gp.get(address).text == "p { color: red }"
    with database.write() as session:
        from layers_core.practices.models import Practice

        session.get_one(Practice, world.practices[MANOR]).languages = ["ur", "en"]
    urdu = gp.get("/manor/tongue/").text
    assert '<html lang="ur" dir="rtl">' in urdu
    assert "اچھا دن شب بخیر" in urdu
    assert "Good day Good night" in signed_in(app, world, "neighbour").get("/riverside/tongue/").text


def test_a_menu_that_fails_leaves_the_page_whole(package: Path, settings: Settings, database: Database) -> None:
    brought = plugin()
    app, world = start(settings, database, brought, faults=False)
    gp = signed_in(app, world, "gp")
    assert 'href="/speak"' in gp.get("/manor/tongue/").text
    brought.fails = True
    page = gp.get("/manor/tongue/")
    assert page.status_code == 200
    assert 'href="/speak"' not in page.text
    assert "Good day" in page.text


def test_templates_out_of_their_place_stop_the_start(package: Path, settings: Settings) -> None:
    host = load_host(settings, plugins=[plugin()], discover=False)
    (package / "templates" / "layers").mkdir()
    with pytest.raises(MountRefused, match="templates/tongue/: layers"):
        create_app(settings, host=host)


def test_switching_off_hides_it_at_once(package: Path, settings: Settings, database: Database) -> None:
    app, world = start(settings, database, plugin())
    gp = signed_in(app, world, "gp")
    world.switch(MANOR, "tongue", PluginChoice("off"))
    assert gp.get("/manor/tongue/").status_code == 404
    world.switch(MANOR, "tongue", PluginChoice("on"))
    assert gp.get("/manor/tongue/").status_code == 200


def test_a_save_that_cannot_happen_now_keeps_the_words(client_for: Callable[..., Browser]) -> None:
    nurse = client_for("nurse")
    answer = nurse.send("/manor/busy", {"learnt": "Ring before\nsending <letters>", "password": "secret words"})
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "Ring before\nsending &lt;letters&gt;" in answer.text
    assert "secret words" not in answer.text
    again = nurse.submit(answer, action="/manor/busy")
    assert again.status_code == 503
    assert "Ring before\nsending &lt;letters&gt;" in again.text
