"""Plugins that fail: the pages go on and say what is missing; a failed check keeps the words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from uuid import UUID

import pytest
from sqlalchemy import func, select

from layers_core.artefacts.models import Artefact
from layers_core.contract import Panel, PluginChoice, Thing, hookimpl
from layers_core.testkit.plugins import FaultyPlugin, plugin_meta
from layers_webshell.testclient import Browser
from layers_webshell.testworld import World

ClientFor = Callable[..., Browser]
PAGE_FAULTS = {
    "badcards": ("layers_home_cards", "sql_error"),
    "badpanels": ("layers_artefact_panels", "late_generator"),
    "badforms": ("layers_capture_forms", "SystemExit"),
    "badnav": ("layers_nav", "raise"),
}


class BadTemplate:
    """Its panel names a template that is not there."""

    meta = plugin_meta("badtemplate")

    @hookimpl
    def layers_artefact_panels(self, artefacts: Sequence[Thing]) -> Iterable[Panel]:
        return [Panel(thing.id, "Bad panel", "badtemplate/nowhere.html") for thing in artefacts]


@pytest.fixture(scope="module")
def web_raise_faults() -> bool:
    return False


@pytest.fixture(scope="module")
def web_plugins(ideas: object) -> Sequence[object]:
    faulty = [FaultyPlugin(hook, how, slug) for slug, (hook, how) in PAGE_FAULTS.items()]  # type: ignore[arg-type]
    return [ideas, BadTemplate(), *faulty, FaultyPlugin("layers_check_draft", "raise", "badcheck")]


def test_every_page_answers_and_names_what_is_missing(
    world: World, client_for: ClientFor, write: Callable[..., UUID]
) -> None:
    world.switch("manor", "badcheck", PluginChoice("off"))
    key = write("gp", "Offer large print")
    nurse = client_for("nurse")
    home = nurse.get("/manor/")
    assert home.status_code == 200
    assert "Badcards is not available just now" in home.text
    assert "Ideas to look at" in home.text
    assert "What did you learn?" in home.text
    thing = nurse.get(f"/manor/things/{key}")
    assert thing.status_code == 200
    assert "Said by Ideas" in thing.text
    assert "Badpanels" in thing.text
    assert "Bad panel" in thing.text
    assert thing.text.count("This part is not available just now") == 2
    for path in ("/manor/record", "/manor/new", "/manor/search?q=print", "/manor/people", "/me"):
        assert nurse.get(path).status_code == 200


def test_a_check_that_does_not_answer_refuses_the_save_and_keeps_the_words(world: World, client_for: ClientFor) -> None:
    nurse = client_for("nurse")
    values = {"text": "Offer large print", "promise": "Ask everybody"}
    refused = nurse.submit(nurse.get("/manor/"), values, action="/manor/record")
    assert refused.status_code == 503
    assert "Your words are still here" in refused.text
    assert "Offer large print" in refused.text
    assert 'value="Ask everybody"' in refused.text
    with world.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Artefact)) == 0
    world.switch("manor", "badcheck", PluginChoice("off"))
    assert nurse.submit(refused, {}, action="/manor/record").status_code == 303
