"""Episodes as a browser without JavaScript meets them."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import event, select

from layers_core.artefacts.models import Artefact, Link, Revision
from layers_core.contract import Draft
from layers_core.usage.models import UsageEventRow
from layers_reflect.episodes import service
from layers_reflect.kinds import EPISODE, NOTE
from layers_reflect.writing import quick_body

if TYPE_CHECKING:
    from layers_webshell.testclient import Browser
    from layers_webshell.testworld import World

ClientFor = Callable[..., "Browser"]
ROW = re.compile(r'<h2[^>]*id="heading-(\w+)"|id="row-[^"]*"><a [^>]*>([^<]*)<')


def note(world: World, title: str, *, role: str = "gp", audience: str = "me") -> UUID:
    return world.artefacts.save(world.actor(role), Draft(NOTE, title, quick_body(title), audience)).id


def begin(browser: Browser, things: list[UUID], title: str = "Winter clinic") -> str:
    """Gather things in a new episode by the form; gives the address of its page."""
    form = browser.get("/manor/reflect/episodes/gather", query_string={"entries": [str(thing) for thing in things]})
    more = {"episode": "new"} if 'type="radio"' in form.text else {}
    saved = browser.submit(form, {"title": title, **more}, action="/manor/reflect/episodes/gather")
    assert saved.status_code == 303, saved.text
    return str(saved.location).partition("#")[0]


def press(browser: Browser, address: str, do: str, **more: str) -> Any:
    return browser.submit(browser.get(address), {"do": do, **more}, action=address.partition("?")[0])


def order(page: str) -> list[str]:
    """Groups as [g1], [loose], and the titles under them, as they stand on the page."""
    return [f"[{group}]" if group else unescape(title) for group, title in ROW.findall(page)]


def events(world: World, name: str) -> list[dict[str, Any]]:
    with world.database.read() as session:
        return [row.props for row in session.scalars(select(UsageEventRow).where(UsageEventRow.name == name))]


def test_notes_are_gathered_grouped_and_moved_by_buttons(client_for: ClientFor, world: World) -> None:
    gp = client_for("gp")
    first, second, third = (note(world, title) for title in ("First", "Second", "Third"))
    ticked = gp.submit(gp.get("/manor/reflect/"), {"entries": [str(first), str(second)]}, action="/manor/reflect/epis")
    assert "First" in ticked.text
    address = begin(gp, [first, second])
    assert order(gp.get(address).text) == ["[loose]", "First", "Second"]

    into_group = gp.submit(gp.get(f"{address}?ask=to:{second}"), {"group": "new", "name": "Letters"}, action=address)
    assert into_group.location.endswith(f"#to-{second}")
    assert order(gp.get(address).text) == ["[g1]", "Second", "[loose]", "First"]
    up = press(gp, address, f"up:{first}")
    assert up.location.endswith(f"#up-{first}")
    page = gp.get(address).text
    assert "“First” moved up." in unescape(page)
    assert order(page) == ["[g1]", "Second", "First"]
    press(gp, address, f"up:{first}")
    assert order(gp.get(address).text) == ["[g1]", "First", "Second"]
    gp.submit(gp.get(f"{address}?ask=group"), {"name": "Calls"}, action=address)
    press(gp, address, "group_up:g2")
    press(gp, address, f"up:{first}")
    assert order(gp.get(address).text) == ["[g2]", "First", "[g1]", "Second"]
    gp.submit(gp.get(f"{address}?ask=rename:g2"), {"name": "Phone calls"}, action=address)
    assert "Phone calls" in gp.get(address).text

    adding = gp.get(f"{address}/add")
    assert "Third" in adding.text
    gp.submit(adding, {"entries": [str(third)], "do": "add"}, action=address)
    press(gp, address, "remove_group:g2")
    press(gp, address, f"remove:{second}")
    assert order(gp.get(address).text) == ["[g1]", "[loose]", "First", "Third"]
    assert "Second" in gp.get(f"/manor/things/{second}").text
    assert [props["entries"] for props in events(world, "reflect.episode_gathered")] == [2, 1]


def test_gathering_from_a_notes_page_into_an_episode_that_is_there(client_for: ClientFor, world: World) -> None:
    gp, mine, theirs = client_for("gp"), note(world, "Mine"), note(world, "Shared", role="nurse", audience="practice")
    secret = note(world, "Secret", role="nurse")
    address = begin(gp, [mine])
    page = gp.get(f"/manor/things/{theirs}").text
    link = unescape(re.search(r'href="([^"]*episodes/gather[^"]*)"', page)[1])  # type: ignore[index]
    saved = gp.submit(gp.get(link), {"title": ""}, action="/manor/reflect/episodes/gather")
    assert saved.location.partition("#")[0] == address
    assert order(gp.get(address).text) == ["[loose]", "Mine", "Shared"]
    # What they may not see cannot be gathered, by whatever door.
    assert "Secret" not in gp.get(f"/manor/reflect/episodes/gather?entries={secret}").text
    tried = gp.send(address, {"do": "add", "entries": str(secret), "revision": "2"})
    assert tried.status_code == 404
    found = gp.get(f"{address}/add?q=Secret").text
    assert "Nothing was found" in found
    # What goes out of sight later leaves a plain line, for its own gatherer alone.
    world.artefacts.withdraw(world.actor("nurse"), theirs)
    page = gp.get(address).text
    assert "Something that was taken out of sight" in page
    assert "Shared" not in page
    assert press(gp, address, f"up:{theirs}").status_code == 303
    assert press(gp, address, f"remove:{theirs}").status_code == 303
    key = address.rpartition("/")[2]
    for path in (address, f"{address}/add", f"{address}/versions", f"{address}/reflection", f"/manor/things/{key}"):
        assert client_for("nurse").get(path).status_code == 404
        assert gp.get(path).status_code == 200


def test_a_move_from_a_page_that_is_old_loses_nothing(client_for: ClientFor, world: World) -> None:
    gp = client_for("gp")
    first, second, third = (note(world, title) for title in ("First", "Second", "Third"))
    address = begin(gp, [first, second, third])
    here, there = gp.get(address), gp.get(address)
    assert gp.submit(here, {"do": f"down:{first}"}, action=address).status_code == 303
    stale = gp.submit(there, {"do": f"down:{second}"}, action=address)
    assert stale.status_code == 409
    assert "was changed since you opened it" in stale.text
    assert order(stale.text) == ["[loose]", "Second", "First", "Third"]
    # The page that says so is as good as a fresh one, and the same press sent twice is one press.
    assert gp.submit(stale, {"do": f"down:{second}"}, action=address).status_code == 303
    assert gp.submit(stale, {"do": f"down:{second}"}, action=address).status_code == 303
    assert order(gp.get(address).text) == ["[loose]", "First", "Second", "Third"]

    old = gp.get(f"{address}?ask=about")
    press(gp, address, f"up:{third}")
    refused = gp.submit(old, {"title": "A title that I typed"}, action=address)
    assert refused.status_code == 409
    assert "A title that I typed" in refused.text
    assert gp.submit(refused, {}, action=address).status_code == 303
    assert "A title that I typed" in gp.get(address).text


def test_versions_say_what_changed_and_one_can_go_back(client_for: ClientFor, world: World) -> None:
    gp = client_for("gp")
    first, second = note(world, "First"), note(world, "Second")
    address = begin(gp, [first, second])
    gp.submit(gp.get(f"{address}?ask=to:{second}"), {"group": "new", "name": "Letters"}, action=address)
    press(gp, address, f"remove:{first}")
    together = gp.get(f"{address}/versions").text
    assert "3 steps" in together
    assert "Go back to this version" not in together
    every = gp.get(f"{address}/versions?every=1")
    for words in ("Removed: First", "New group: Letters", "Moved to “Letters”: Second", "Begun with: First"):
        assert words in unescape(every.text)
    assert gp.submit(every, {"do": "back:1"}, action=address).status_code == 303
    assert order(gp.get(address).text) == ["[loose]", "First", "Second"]
    with world.database.read() as session:
        assert len(session.scalars(select(Revision).where(Revision.artefact_id == UUID(address[-36:]))).all()) == 4
    assert gp.get(f"/manor/things/{address[-36:]}/versions").location.endswith(f"{address}/versions")


def test_an_episode_becomes_a_reflection(client_for: ClientFor, world: World) -> None:
    gp = client_for("gp")
    first, second = note(world, "First"), note(world, "Second")
    address = begin(gp, [first, second])
    gp.submit(gp.get(f"{address}?ask=to:{second}"), {"group": "new", "name": "Letters"}, action=address)
    form = gp.get(f"{address}/reflection")
    begun = unescape(re.search(r"<textarea[^>]*>\n([^<]*)</textarea>", form.text)[1])  # type: ignore[index]
    assert begun.split() == ["Letters", "-", "Second", "Not", "in", "a", "group", "-", "First"]
    saved = gp.submit(form, {"what": "Letters reach people when somebody reads them aloud"}, action=address)
    assert saved.status_code == 303, saved.text
    reflection, episode = UUID(saved.location.partition("?")[0][-36:]), UUID(address[-36:])
    with world.database.read() as session:
        links = set(session.execute(select(Link.from_id, Link.type).where(Link.to_id == reflection)).all())
    assert links == {(first, "evidence_for"), (second, "evidence_for"), (episode, "leads_to")}
    for path in (address, f"/manor/things/{episode}"):
        assert "Letters reach people" in gp.get(path).text
    assert events(world, "reflect.episode_reflected") == [{"entries": 2}]


def test_the_timeline_and_search_find_episodes(client_for: ClientFor, world: World) -> None:
    gp = client_for("gp")
    address = begin(gp, [note(world, "A note")], "Zebra crossing")
    gp.submit(gp.get(f"{address}?ask=group"), {"name": "Okapi"}, action=address)
    only = gp.get("/manor/reflect/?form=episode").text
    assert "Zebra crossing" in only
    assert "A note" not in only
    assert "Zebra crossing" not in gp.get("/manor/reflect/?form=quick_note").text
    assert "Zebra crossing" in gp.get("/manor/search?q=okapi").text
    assert "Zebra crossing" not in gp.get("/manor/reflect/portfolio/choose").text
    assert gp.get(f"/manor/reflect/{address[-36:]}/edit").location.endswith(address)


def test_words_that_were_looked_at_once_are_not_asked_about_at_every_move(client_for: ClientFor, world: World) -> None:
    gp, first, second = client_for("gp"), note(world, "First"), note(world, "Second")
    form = gp.get(f"/manor/reflect/episodes/gather?entries={first}&entries={second}")
    where = "/manor/reflect/episodes/gather"
    asked = gp.submit(form, {"title": "Mrs Jones of 943 476 5919"}, action=where)
    assert asked.status_code == 422
    saved = gp.submit(asked, {"guard_checked": "yes"}, action=where)
    address = saved.location.partition("#")[0]
    assert press(gp, address, f"up:{second}").status_code == 303
    named = gp.submit(gp.get(f"{address}?ask=group"), {"name": "Mr Smith of 943 476 5919"}, action=address)
    assert named.status_code == 422
    assert "Mr Smith" in named.text


def test_forms_say_what_to_mend(client_for: ClientFor, world: World) -> None:
    gp = client_for("gp")
    empty = gp.get("/manor/reflect/episodes/gather")
    refused = gp.submit(empty, {"title": "", "summary": "Kept"}, action="/manor/reflect/episodes/gather")
    assert refused.status_code == 422
    assert "Enter a title for the episode" in refused.text
    assert "Kept" in refused.text
    address = begin(gp, [])
    assert gp.submit(gp.get(f"{address}?ask=group"), {"name": "x" * 121}, action=address).status_code == 422
    assert gp.submit(gp.get(f"{address}/reflection"), {"what": ""}, action=address).status_code == 422
    for do in ("nonsense", "up", f"up:{UUID(int=1)}", "back:99", "back:x", "rename:g9"):
        sent = gp.send(address, {"do": do, "revision": "1", "name": "N"})
        assert sent.status_code in {404, 409}, do
    for question in ("nonsense", "rename:g9", f"to:{UUID(int=1)}"):
        assert gp.get(f"{address}?ask={question}").status_code == 404


def test_a_hundred_gathered_things_cost_no_more_queries(client_for: ClientFor, world: World) -> None:
    actor, gp = world.actor("gp"), client_for("gp")
    with world.artefacts.unit(actor) as unit:
        things = [unit.add(Draft(NOTE, f"N {number}", quick_body(f"N {number}"))).id for number in range(100)]
    saved = service.begin(world.artefacts, actor, "Full", "", things, Draft("", "", {}).guard, "")
    one_more = note(world, "One more")
    too_many = gp.submit(
        gp.get(f"/manor/reflect/episodes/gather?entries={one_more}"), {"title": ""}, action="/manor/reflect/episodes/"
    )
    assert too_many.status_code == 422
    assert "up to 100 entries" in too_many.text
    for path in (f"/manor/things/{saved.id}", f"/manor/reflect/episodes/{saved.id}"):
        seen = _asked(world, gp, path)
        assert len(seen) <= 6, "\n".join(seen)
    assert gp.get(f"/manor/reflect/episodes/{saved.id}").text.count('class="layers-thing"') == 100
    form = gp.get(f"/manor/reflect/episodes/{saved.id}/reflection")
    assert gp.submit(form, {}, action="/manor/reflect/episodes").status_code == 303
    with world.database.read() as session:
        assert session.scalars(select(Artefact.kind).where(Artefact.id == saved.id)).one() == EPISODE


def _asked(world: World, browser: Browser, path: str) -> list[str]:
    """The statements that read something other than who is asking, and where."""
    seen: list[str] = []

    def note_statement(_conn: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            seen.append(statement)

    engine = world.database.engine
    browser.get(path)
    event.listen(engine, "before_cursor_execute", note_statement)
    try:
        assert browser.get(path).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note_statement)
    return seen
