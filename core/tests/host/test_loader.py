"""The loader: what is installed is loaded one by one, what breaks the contract is kept out with a reason."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal

import click
import pytest
from sqlalchemy import select
from sqlalchemy.orm import configure_mappers

from layers_core.contract import ArtefactKind, Permission, PluginChoice, PluginRoutes, PublicForm, hookimpl
from layers_core.db.base import Base
from layers_core.host.faults import DoorFault, StartRefused
from layers_core.host.loader import Host, migration_rooms
from layers_core.practices.models import Person
from layers_core.testkit.plugins import (
    DeliberateFault,
    ExampleBody,
    ExamplePlugin,
    ExampleSaved,
    FaultyPlugin,
    MakeHost,
    plugin_meta,
)
from layers_core.usage.events import UsageEvent

Install = Callable[..., Path]
Discovered = Callable[..., Host]


def plugin(slug: str = "odd", **members: Any) -> object:
    """A plugin object with these members."""
    return type("Odd", (), {"meta": plugin_meta(slug), **members})()


def kind(name: str, **changes: Any) -> ArtefactKind:
    """A kind that is in order but for the changes."""
    given: dict[str, Any] = {
        "name": name,
        "version": 1,
        "schema": ExampleBody,
        "label": "Odd",
        "summary": str,
        "search_text": str,
        "page_template": f"{name.partition('.')[0]}/page.html",
        "permission": "core.write",
    }
    return ArtefactKind(**(given | changes))


def brings(hook: str, *items: object) -> object:
    """An implementation of a build hook that gives these items."""

    def implementation(self: object) -> object:
        return list(items)

    implementation.__name__ = hook
    return hookimpl(implementation)


def reason(make_host: MakeHost, broken: object) -> str:
    """Why a plugin is quarantined, while a healthy one beside it works."""
    host = make_host(broken, ExamplePlugin(), raise_faults=False)
    assert list(host.plugins) == ["example"]
    (found,) = host.quarantined
    assert found.slug not in {slug for slug, _item in host.doors.build("layers_permissions")}
    return found.reason


def test_a_class_named_by_an_entry_point_is_instantiated(install: Install, discovered: Discovered) -> None:
    install("pears")
    host = discovered()
    assert list(host.plugins) == ["pears"]
    assert type(host.plugins["pears"].plugin).__name__ == "Plugin"
    assert host.plugins["pears"].package == "fake_pears"
    assert host.quarantined == ()


def test_what_the_operator_left_out_is_not_even_imported(install: Install, discovered: Discovered) -> None:
    install("pears", plugin="raise SystemExit('never imported')")
    host = discovered(disabled=("pears",))
    assert "pears" in host.disabled
    assert host.quarantined == ()
    assert "fake_pears.plugin" not in sys.modules


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("import no_such_module_anywhere", "no_such_module_anywhere"),
        ("raise SystemExit(2)", "SystemExit"),
        ("class Other: ...", "Plugin"),
        ("def broken(:", "SyntaxError"),
        ("class Plugin:\n    def __init__(self): raise OSError('no disk')", "no disk"),
        ("class Plugin: ...", "meta"),
    ],
)
def test_a_plugin_that_cannot_be_imported_leaves_the_others(
    install: Install, discovered: Discovered, text: str, words: str
) -> None:
    install("apples")
    install("pears", plugin=text)
    install("quinces")
    host = discovered()
    assert list(host.plugins) == ["apples", "quinces"]
    (found,) = host.quarantined
    assert (found.slug, found.name) == ("pears", "fake_pears")
    assert words in found.reason


def test_a_fault_comes_through_in_tests(install: Install, discovered: Discovered) -> None:
    install("pears", plugin="import no_such_module_anywhere")
    with pytest.raises(ModuleNotFoundError):
        discovered(raise_faults=True)


def test_an_entry_point_under_another_name_is_quarantined(install: Install, discovered: Discovered) -> None:
    install(
        "pears", plugin="from layers_core.testkit.plugins import plugin_meta\nclass Plugin: meta = plugin_meta('x')"
    )
    assert "differs from the name of its entry point" in discovered().quarantined[0].reason


def test_the_trace_holds_no_values(install: Install, discovered: Discovered) -> None:
    install("pears", plugin="secret = 'mrs jones'\ndef f(): raise ValueError(secret)\nf()")
    trace = discovered().quarantined[0].trace
    assert "in f" in trace
    assert "ValueError" in trace
    assert "ValueError: mrs" not in trace


@pytest.mark.parametrize("slug", ["", "Pears", "1pear", "pear-tree", "pear__tree", "pear_", "birnbäume", "p" * 41])
def test_a_bad_slug_is_quarantined(make_host: MakeHost, slug: str) -> None:
    assert "slug" in reason(make_host, plugin(slug))


@pytest.mark.parametrize("slug", ["mix", "plugins", "people"])
def test_a_reserved_slug_is_quarantined(make_host: MakeHost, slug: str) -> None:
    assert "reserved" in reason(make_host, plugin(slug))


@pytest.mark.parametrize("slug", ["core_extra", "webshell", "webshell_x"])
def test_the_foundation_s_slugs_are_taken(make_host: MakeHost, slug: str) -> None:
    assert "which is no plugin" in reason(make_host, plugin(slug))


def test_a_slug_that_starts_another_s_tables_is_quarantined(make_host: MakeHost) -> None:
    for order in (("peer", "peer_share"), ("peer_share", "peer")):
        host = make_host(*(plugin(slug) for slug in order), raise_faults=False)
        assert list(host.plugins) == ["peer_share"]
        assert "peer_share" in host.quarantined[0].reason
    assert list(make_host(plugin("peer"), plugin("peers")).plugins) == ["peer", "peers"]


@pytest.mark.parametrize(
    ("needs", "words"), [(">=99", "needs layers-core"), ("<0.1", "needs"), ("about 1", "specifier")]
)
def test_an_incompatible_plugin_is_quarantined(make_host: MakeHost, needs: str, words: str) -> None:
    assert words in reason(make_host, plugin(meta=plugin_meta("odd", requires_core=needs)))


def test_a_compatible_range_is_accepted(make_host: MakeHost) -> None:
    assert "odd" in make_host(plugin(meta=plugin_meta("odd", requires_core=">=0.1,<99"))).plugins


@hookimpl
def unknown(self: object) -> None:
    """A hook that does not exist."""


@hookimpl(specname="layers_gone")
def renamed(self: object) -> None:
    """A hook that does not exist, under another name."""


@hookimpl
def wrong_argument(self: object, practise: object) -> list[object]:
    """A misspelt argument."""
    return []


@hookimpl
def defaulted(self: object, practice: object, actor: object = None) -> list[object]:
    """An argument that pluggy would never fill."""
    return []


@hookimpl
def keyword_only(self: object, *, practice: object) -> list[object]:
    """An argument that is not passed by position."""
    return []


@hookimpl(wrapper=True)
def wrapper(self: object, practice: object) -> Any:
    """A new-style wrapper."""
    return (yield)


@hookimpl(hookwrapper=True)
def old_wrapper(self: object, practice: object) -> Any:
    """An old-style wrapper."""
    yield


def unmarked(self: object, practice: object) -> list[object]:
    """Somebody forgot the marker."""
    return []


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"layers_no_such_hook": unknown}, "There is no hook layers_no_such_hook"),
        ({"layers_nav": wrong_argument}, "practise"),
        ({"layers_nav": defaulted}, "default"),
        ({"layers_nav": keyword_only}, "practice"),
        ({"layers_nav": wrapper}, "wraps"),
        ({"layers_nav": old_wrapper}, "wraps"),
        ({"layers_nav": unmarked}, "@hookimpl"),
        ({"anything": renamed}, "There is no hook layers_gone"),
    ],
)
def test_a_hook_that_does_not_fit_is_quarantined(make_host: MakeHost, members: dict[str, Any], words: str) -> None:
    assert words in reason(make_host, plugin(**members))


@dataclass(frozen=True)
class Wordy(UsageEvent):
    """Could hold free text."""

    name: ClassVar[str] = "odd.wordy"
    tier: ClassVar[Literal["using"]] = "using"
    note: str


@dataclass(frozen=True)
class Tierless(UsageEvent):
    """Has no tier."""

    name: ClassVar[str] = "odd.tierless"


class Undecorated(UsageEvent):
    """Is no dataclass of its own."""

    name: ClassVar[str] = "odd.undecorated"
    tier: ClassVar[Literal["using"]] = "using"
    note: str


@pytest.mark.parametrize(
    ("hook", "item", "words"),
    [
        ("layers_artefact_kinds", kind("other.note"), "does not start with its slug"),
        ("layers_artefact_kinds", kind("odd.note", version=0), "version 0"),
        ("layers_artefact_kinds", kind("odd.note", page_template="other/page.html"), "not under odd/"),
        ("layers_artefact_kinds", kind("odd.note", permission="odd.write"), "not declared"),
        ("layers_artefact_kinds", kind("odd.note", schema=lambda: 1 / 0), "ZeroDivisionError"),
        ("layers_artefact_kinds", "odd.note", "TypeError"),
        ("layers_permissions", Permission("other.write", "Write"), "does not start with its slug"),
        ("layers_permissions", Permission("odd.write", "Write", frozenset({"king"})), "king"),
        ("layers_event_types", Wordy, "free text in: note"),
        ("layers_event_types", Tierless, "tier"),
        ("layers_event_types", Undecorated, "not a frozen dataclass"),
        ("layers_event_types", ExampleSaved, "does not start with its slug"),
        ("layers_event_types", ExampleSaved(first=True), "TypeError"),
        ("layers_commands", print, "TypeError"),
    ],
)
def test_what_breaks_the_contract_is_quarantined(make_host: MakeHost, hook: str, item: object, words: str) -> None:
    assert words in reason(make_host, plugin(**{hook: brings(hook, item)}))


@pytest.mark.parametrize("how", ["raise", "SystemExit", "late_generator", "sql_error"])
@pytest.mark.parametrize(
    "hook", ["layers_blueprint", "layers_artefact_kinds", "layers_settings_schema", "layers_commands"]
)
def test_a_build_hook_that_fails_quarantines(make_host: MakeHost, hook: str, how: Any) -> None:
    found = reason(make_host, FaultyPlugin(hook, how))
    # A generator is no answer to a hook for a single thing, so it is refused before it runs.
    assert hook in found or "TypeError" in found


def test_a_build_fault_is_raised_in_tests(make_host: MakeHost) -> None:
    with pytest.raises(DoorFault) as caught:
        make_host(FaultyPlugin("layers_permissions", "raise"))
    assert isinstance(caught.value.__cause__, DeliberateFault)


class _Blueprint:
    def __init__(self, name: str) -> None:
        self.name = name


def routes(self: object) -> PluginRoutes:
    """A blueprint under a name that the other plugin has too."""
    return PluginRoutes(staff=_Blueprint("pages"))


def form(name: str) -> PublicForm:
    """A public form."""
    return PublicForm(name, "Form", lambda link, practice: "")


def test_two_blueprints_of_one_name_stop_the_start(make_host: MakeHost) -> None:
    routes.__name__ = "layers_blueprint"
    with pytest.raises(StartRefused, match=r"left and right .*LAYERS_DISABLE=left or LAYERS_DISABLE=right"):
        make_host(*(plugin(slug, layers_blueprint=hookimpl(routes)) for slug in ("left", "right")), raise_faults=False)


def test_two_commands_of_one_name_stop_the_start(make_host: MakeHost) -> None:
    clashing = [
        plugin(slug, layers_commands=brings("layers_commands", click.Command("go"))) for slug in ("left", "right")
    ]
    with pytest.raises(StartRefused, match="left and right"):
        make_host(*clashing, raise_faults=False)


def test_two_plugins_of_one_slug_stop_the_start(make_host: MakeHost, install: Install, discovered: Discovered) -> None:
    with pytest.raises(StartRefused, match="example"):
        make_host(ExamplePlugin(), ExamplePlugin(), raise_faults=False)
    install("pears", by="orchard")
    install("pears", by="market")
    with pytest.raises(StartRefused, match=r"fake_(orchard|market) and fake_(orchard|market) .*LAYERS_DISABLE=pears"):
        discovered()
    assert discovered(disabled=("pears",)).plugins == {}


@pytest.mark.parametrize(
    ("hook", "item"),
    [
        ("layers_artefact_kinds", kind("odd.note")),
        ("layers_permissions", Permission("odd.write", "Write")),
        ("layers_public_forms", form("ask")),
        ("layers_commands", click.Command("go")),
    ],
)
def test_a_name_declared_twice_stops_the_start(make_host: MakeHost, hook: str, item: object) -> None:
    with pytest.raises(StartRefused, match=r"odd .*twice.*LAYERS_DISABLE=odd"):
        make_host(plugin(**{hook: brings(hook, item, item)}), raise_faults=False)


def test_forms_of_two_plugins_may_share_a_name(make_host: MakeHost) -> None:
    host = make_host(
        *(plugin(slug, layers_public_forms=brings("layers_public_forms", form("ask"))) for slug in ("a1", "b1"))
    )
    assert {("a1", "ask"), ("b1", "ask")} == host.registry.public_forms.keys()


def test_templates_belong_under_the_slug(install: Install, discovered: Discovered) -> None:
    install("apples", files={"templates/apples/page.html": ""})
    install("pears", files={"templates/layers/page.html": ""})
    host = discovered()
    assert list(host.plugins) == ["apples"]
    assert "templates under layers/" in host.quarantined[0].reason


def test_templates_in_another_plugin_s_folder_stop_the_start(install: Install, discovered: Discovered) -> None:
    install("apples", files={"templates/pears/page.html": ""})
    install("pears", files={"templates/pears/page.html": ""})
    with pytest.raises(StartRefused, match="pears and apples both claim the template folder pears"):
        discovered()


MODELS = """
from sqlalchemy.orm import Mapped, mapped_column, relationship
from layers_core.db.base import Base

class {name}(Base):
    __tablename__ = "{table}"
    id: Mapped[int] = mapped_column(primary_key=True)
    {more}
"""
WITH_MODELS = """
import {package}.models
from layers_core.testkit.plugins import plugin_meta

class Plugin:
    meta = plugin_meta("{slug}")
"""


@pytest.fixture
def forget_models(install: Install) -> Any:
    """Takes the tables of a test's plugins out of the shared metadata again."""
    yield
    for mapper in [mapper for mapper in Base.registry.mappers if mapper.class_.__module__.startswith("fake_")]:
        Base.metadata.remove(mapper.local_table)
        Base.registry._managers.pop(mapper.class_manager, None)
        Base.registry._dispose_manager_and_mapper(mapper.class_manager)


@pytest.mark.usefixtures("forget_models")
def test_a_plugin_s_tables_start_with_its_slug(install: Install, discovered: Discovered) -> None:
    for slug, table in (("plums", "plums_tree"), ("figs", "core_figs")):
        install(
            slug,
            plugin=WITH_MODELS.format(package=f"fake_{slug}", slug=slug),
            files={"models.py": MODELS.format(name=slug.title(), table=table, more="")},
        )
    host = discovered()
    assert list(host.plugins) == ["plums"]
    assert "core_figs" in host.quarantined[0].reason


@pytest.mark.usefixtures("forget_models")
@pytest.mark.parametrize("late", ["", "raise OSError('after its models')"])
def test_models_that_cannot_be_configured_do_not_break_the_others_queries(
    install: Install, discovered: Discovered, late: str
) -> None:
    slug = "limes" if late else "lemons"
    more = 'tree: Mapped["NoSuchClass"] = relationship()'
    install(
        slug,
        plugin=WITH_MODELS.format(package=f"fake_{slug}", slug=slug) + late,
        files={"models.py": MODELS.format(name=slug.title(), table=f"{slug}_tree", more=more)},
    )
    host = discovered()
    assert [found.slug for found in host.quarantined] == [slug]
    configure_mappers()
    assert "core_person" in str(select(Person))


def test_rooms_are_the_core_then_plugins_with_migrations(install: Install, discovered: Discovered) -> None:
    versions = {"migrations/versions/0001_start.py": ""}
    install("zebras", files=versions)
    install("apples", files=versions)
    install("pears")
    install("broken", plugin="raise OSError", files=versions)
    host = discovered()
    slugs = [room.slug for room in migration_rooms(host)]
    assert slugs[0] == "core"
    assert slugs[-2:] == ["apples", "zebras"]
    assert "broken" not in slugs
    installed = {room.slug: room for room in migration_rooms()}
    assert {"core", "apples", "zebras", "broken"} <= installed.keys()
    assert (installed["apples"].folder / "0001_start.py").is_file()
    assert "fake_broken.plugin" not in sys.modules


def test_rooms_of_distributions_that_are_no_plugins(install: Install, tmp_path: Path) -> None:
    room = "from pathlib import Path\nfrom layers_core.db.rooms import MigrationRoom\n"
    folder = install(
        "stand",
        files={
            "rooms.py": room + 'ONE = MigrationRoom("one", Path(__file__).parent)\n'
            'def two(): return MigrationRoom("two", Path(__file__).parent)\n',
        },
    )
    points = folder.parent / "fake_stand-1.0.dist-info" / "entry_points.txt"
    points.write_text("[layers.migrations]\none = fake_stand.rooms:ONE\ntwo = fake_stand.rooms:two\n")
    assert {"one", "two"} <= {room.slug for room in migration_rooms()}
    points.write_text("[layers.migrations]\none = fake_stand.rooms:Path\n")
    with pytest.raises(TypeError, match="MigrationRoom"):
        migration_rooms()


def test_enabled_is_what_was_chosen_and_is_healthy(make_host: MakeHost) -> None:
    host = make_host(
        ExamplePlugin(),
        plugin("second"),
        plugin("third"),
        FaultyPlugin("layers_permissions", "raise"),
        raise_faults=False,
    )
    choices = {
        "example": PluginChoice("on"),
        "second": PluginChoice("trial"),
        "third": PluginChoice("off"),
        "faulty": PluginChoice("on"),
        "vanished": PluginChoice("on"),
    }
    assert host.enabled(choices) == {"example", "second"}


def test_plugins_are_listed_by_weight_and_slug(make_host: MakeHost) -> None:
    weights = {"c1": 5, "b1": 5, "a1": 50}
    host = make_host(*(plugin(slug, meta=plugin_meta(slug, weight=weight)) for slug, weight in weights.items()))
    assert list(host.plugins) == ["b1", "c1", "a1"]


def test_tests_load_no_installed_plugin_unless_they_say_so(make_host: MakeHost, install: Install) -> None:
    install("pears")
    assert make_host().plugins == {}
