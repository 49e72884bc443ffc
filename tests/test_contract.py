"""The contract suite: the shipped plugins keep it, and it notices those that do not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal

import pytest
from flask import Blueprint
from marshmallow import Schema, fields, post_dump
from sqlalchemy import select
from sqlalchemy.orm import Session

from layers_core.contract import ArtefactKind, Body, HomeCard, PluginMeta, PluginRoutes, hookimpl
from layers_core.db.session import Database
from layers_core.practices.models import Practice
from layers_core.testkit.contract import PluginContract
from layers_core.testkit.contract_world import make_world
from layers_core.testkit.plugins import MakeHost
from layers_core.usage.events import UsageEvent
from layers_core.web import policy
from layers_peer_share.plugin import Plugin as PeerShare
from layers_reflect.plugin import Plugin as Reflect
from layers_reflect.prompts import newest
from layers_reflect.writing import new_body

PLUGINS = Path(__file__).resolve().parents[1] / "plugins"


class TestReflect(PluginContract):
    plugin = Reflect
    samples = {
        "reflect.note": [
            {"template": "quick_note", "template_version": 1, "answers": {"what": "Ring back at a set time"}},
            {
                "template": "what_so_what_now_what",
                "template_version": 1,
                "answers": {"what": "Ring back at a set time", "so_what": "Nobody waits", "now_what": "Say when"},
            },
        ],
        "reflect.aside": [{"text": "I was tired that day"}],
        "reflect.nmc_checklist": [
            {},
            {"both": True, "hours": [{"hours": 37.5, "setting": "gp"}], "health_on": "2026-05-01"},
        ],
        "reflect.episode": [
            {"groups": [{"id": "g1", "name": "Calls", "things": ["01a20526-3d75-7608-8cc9-5a831d4664a3"]}], "made": 1}
        ],
        "reflect.discussed": [new_body(newest("nmc_account"), {"nature": "A study day", "learned": "To wait"})],
    }
    audiences = {"reflect.aside": "me", "reflect.episode": "me", "reflect.nmc_checklist": "me"}


class TestPeerShare(PluginContract):
    plugin = PeerShare
    samples = {"peer_share.question": [{"need": "Who has a Friday rota?", "tried": ""}]}


def test_every_shipped_plugin_is_tried() -> None:
    here = Path(__file__).read_text(encoding="utf-8")
    for folder in sorted(path for path in PLUGINS.iterdir() if (path / "pyproject.toml").is_file()):
        own = folder / "tests" / "test_contract.py"
        assert f"from layers_{folder.name}.plugin import" in (
            own.read_text(encoding="utf-8") if own.is_file() else here
        )


# What the suite notices --------------------------------------------------------------------------------------------


class Text(Schema):
    text = fields.String(required=True)


class Louder(Text):
    """What is dumped changes each time."""

    @post_dump
    def shout(self, data: Body, **_options: Any) -> Body:
        return {"text": data["text"] + "!"}


def kind(**changes: Any) -> ArtefactKind:
    given: dict[str, Any] = {
        "name": "untidy.thing",
        "version": 1,
        "schema": Text,
        "label": "Thing",
        "summary": lambda body: body["text"],
        "search_text": lambda body: body["text"],
        "page_template": "untidy/thing.html",
        "permission": "core.record",
    }
    return ArtefactKind(**(given | changes))


class Untidy:
    """A plugin that is in order as long as nobody changes it."""

    meta = PluginMeta("untidy", "Untidy", "1", ">=0.1", "For tests", "Nothing", "Nobody")
    kinds: Sequence[ArtefactKind] = (kind(),)
    events: Sequence[type[UsageEvent]] = ()
    queries = 1
    staff: Blueprint | None = None

    @hookimpl
    def layers_artefact_kinds(self) -> Iterable[ArtefactKind]:
        return self.kinds

    @hookimpl
    def layers_event_types(self) -> Iterable[type[UsageEvent]]:
        return self.events

    @hookimpl
    def layers_blueprint(self) -> PluginRoutes:
        return PluginRoutes(staff=self.staff)

    @hookimpl
    def layers_home_cards(self, session: Session) -> Iterable[HomeCard]:
        for _time in range(self.queries):
            session.execute(select(Practice.id)).all()
        return [HomeCard("Untidy", "For a test", "Look", "/untidy")]


class Suite(PluginContract):
    samples = {"untidy.thing": [{"text": "One"}]}


def suite(**changes: Any) -> PluginContract:
    """The suite on a plugin that differs from a tidy one."""
    made = Suite()
    made.plugin = type("Changed", (Untidy,), {**changes, "__module__": __name__})  # type: ignore[misc]
    return made


def shorten(body: Body, _version: int) -> Body:
    body["text"] = body["text"].lower()
    return body


@dataclass(frozen=True)
class Bare(UsageEvent):
    """Something happened."""

    name: ClassVar[str] = "untidy.bare"
    tier: ClassVar[Literal["using"]] = "using"
    loud: bool


def blueprint(*decorators: Callable[[Any], Any]) -> Blueprint:
    def page() -> str:
        return ""

    made = Blueprint("untidy", __name__)
    for decorate in decorators:
        page = decorate(page)
    made.add_url_rule("/", "index", page)
    return made


OFFLINE = {
    "test_it_introduces_itself": {"meta": PluginMeta("untidy", "Untidy", "1", ">=0.1", "", "Nothing", "Nobody")},
    "test_each_kind_has_a_sample": {"kinds": (kind(), kind(name="untidy.other"))},
    "test_present_bodies_are_left_as_they_are": {"kinds": (kind(upgrade=shorten),)},
    "test_bodies_survive_their_schema": {"kinds": (kind(schema=Louder),)},
    "test_events_hold_no_words": {"events": (Bare,)},
}


@pytest.mark.parametrize("test", OFFLINE)
def test_the_suite_notices(test: str, make_host: MakeHost) -> None:
    tidy, untidy = suite(), suite(**OFFLINE[test])
    getattr(tidy, test)(make_host(tidy.plugin()))
    with pytest.raises(AssertionError):
        getattr(untidy, test)(make_host(untidy.plugin()))


@pytest.mark.parametrize("decorators", [(), (policy("public"),), (policy("signed_in"),)])
def test_the_suite_notices_pages_that_are_open(decorators: tuple[Any, ...], make_host: MakeHost) -> None:
    closed, open_ = suite(staff=blueprint(policy("member"))), suite(staff=blueprint(*decorators))
    closed.test_every_page_says_who_may_see_it(make_host(closed.plugin()))
    with pytest.raises(AssertionError):
        open_.test_every_page_says_who_may_see_it(make_host(open_.plugin()))


@pytest.mark.parametrize("queries", [0, 1, 2])
def test_the_suite_counts_queries(queries: int, database: Database, make_host: MakeHost) -> None:
    tried = suite(queries=queries)
    world = make_world(database, make_host(tried.plugin()), "untidy")
    if queries <= 1:
        tried.test_home_cards_ask_one_query(world)
    else:
        with pytest.raises(AssertionError):
            tried.test_home_cards_ask_one_query(world)
