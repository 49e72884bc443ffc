"""All sixteen mixes of the four plugins: each starts, browses and saves, and shows nothing of what is switched off."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from html import unescape
from itertools import combinations
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from layers_core.artefacts.models import Exposure
from layers_core.contract import Draft, GuardAnswer, NewLink, PluginChoice
from layers_core.db.base import now
from layers_core.practices import access
from layers_core.practices.models import PublicLink
from layers_guidelines import service as guidelines
from layers_patient_input import service as patients
from layers_patient_input.models import Answer
from layers_webshell.testclient import forms_of

pytestmark = pytest.mark.slow

PLUGINS = ("guidelines", "patient_input", "peer_share", "reflect")
MIXES = [frozenset(mix) for size in range(len(PLUGINS) + 1) for mix in combinations(PLUGINS, size)]
"""From none to all four, so that whatever is on was off before."""
PLACE = {slug: slug.replace("_", "-") for slug in PLUGINS}
WORDS = {"peer_share": "peershare", "patient_input": "patient"}
SWITCHED_OFF = "Your practice has switched this off"
NOT_COLLECTING = "This form is not collecting answers now"
FIRST_FORM = {
    "reflect.note": {"what": "zqsaved in this mix"},
    "peer_share.question": {"need": "zqsaved in this mix", "audience": "practice"},
    "core.note": {"text": "zqsaved in this mix"},
}
"""What is typed into the record box, by the kind that it offers first."""


@dataclass
class House:
    """A practice that has something of every plugin. Titles begin with "zqtitle", bodies with "zqbody"."""

    site: Any
    things: dict[str, UUID] = field(default_factory=dict)
    """By plugin, and "core"."""
    token: str = ""

    def choose(self, mix: Collection[str]) -> None:
        """Put the practice on a mix."""
        world = self.site.world
        for slug in PLUGINS:
            state = "on" if slug in mix else "off"
            if world.actor("manager").practice.mix.choices[slug].state != state:
                world.switch("manor", slug, PluginChoice(state))


@pytest.fixture(scope="module")
def house(make_site: Any) -> House:
    """Something of every plugin, all linked to one note; a reflection is due to be seen again, an answer waits."""
    site = make_site()
    world = site.world
    manager = world.actor("manager")
    made = House(site)
    made.things["core"] = site.save("nurse", Draft("core.note", "zqtitlecore", {"text": "zqbodycore"}, "practice"))
    cluster = f"cluster:{world.cluster_id}"
    answers = {"what": "zqbodyreflect", "so_what": "", "now_what": ""}
    body = {"template": "what_so_what_now_what", "template_version": 1, "answers": answers}
    made.things["reflect"] = site.save("nurse", Draft("reflect.note", "zqtitlereflect", body, cluster))
    question = {"need": "zqbodypeershare", "tried": ""}
    made.things["peer_share"] = site.save("nurse", Draft("peer_share.question", "zqtitlepeershare", question, cluster))
    source = guidelines.Source("Example", "Example", "", "Example", "1", date(2026, 1, 1))
    typed = guidelines.Typed(guidelines.Pasted("zqtitleguidelines", "zqbodyguidelines", "1"))
    drafts = [guidelines.by_hand(source, typed)]
    made.things["guidelines"] = guidelines.bring_in(world.artefacts, manager, drafts, GuardAnswer()).added[0]
    entry = {"theme": "zqtitlepatient", "you_said": "A", "we_learned": "B", "we_did": "zqbodypatient"}
    made.things["patient_input"] = patients.publish(world.artefacts, manager, entry, GuardAnswer(), None).id
    made.token = _answer(site)
    for slug in PLUGINS:
        world.artefacts.link(world.actor("nurse"), made.things["core"], NewLink("evidence_for", made.things[slug]))
    with site.database.write() as session:
        due = update(Exposure).where(Exposure.artefact_id == made.things["reflect"])
        session.execute(due.values(due_at=now() - timedelta(days=1)))
    return made


def _answer(site: Any) -> str:
    """Let a patient answer; gives the form's token."""
    with site.database.read() as session:
        practice = access.find_practice(session, site.world.host, slug="manor")
        link = session.scalars(select(PublicLink).where(PublicLink.practice_id == practice.id)).one()
    given = patients.fft_answer(practice, "poor", "Small print")
    patients.take_answer(site.world.artefacts, practice, link, "nonce", given)
    return str(link.token)


@pytest.fixture(scope="module", params=MIXES, ids=lambda mix: "+".join(sorted(mix)) or "none")
def started(request: pytest.FixtureRequest, house: House) -> tuple[frozenset[str], Any]:
    """A mix that the practice has chosen, and a site whose application was started on it."""
    house.choose(request.param)
    return request.param, house.site.restarted()


@pytest.fixture
def mix(started: tuple[frozenset[str], Any], house: House) -> Iterator[frozenset[str]]:
    """The mix in force; the house's site is the one that was started on it."""
    chosen, site = started
    house.choose(chosen)
    before, house.site = house.site, site
    yield chosen
    house.site = before


def off(mix: Collection[str]) -> list[str]:
    """What is switched off in a mix."""
    return [slug for slug in PLUGINS if slug not in mix]


def word(slug: str, part: str = "title") -> str:
    """The word in the title or the body of a plugin's thing."""
    return f"zq{part}{WORDS.get(slug, slug)}"


def words(response: TestResponse) -> set[str]:
    """The words of things that a page shows."""
    assert response.status_code == 200, response.text
    return set(re.findall(r"zq(?:title|body)[a-z]+", response.text))


def test_pages_are_there_or_not_as_the_mix_says(house: House, mix: frozenset[str]) -> None:
    manager = house.site.browser("manager")
    always = ("/manor/", "/manor/new", "/manor/search?q=zq", "/manor/mix", "/manor/people", "/manor/record", "/me")
    for path in always:
        assert manager.get(path).status_code == 200, path
    for slug in PLUGINS:
        expected = 200 if slug in mix else 404
        assert manager.get(f"/manor/{PLACE[slug]}/").status_code == expected, slug
        assert house.site.browser().get(f"/p/manor/{PLACE[slug]}/").status_code == (
            expected if slug == "patient_input" else 404
        )
        assert manager.get(f"/manor/things/{house.things[slug]}").status_code == 200


def test_menu_home_feed_search_and_api_show_the_mix_and_nothing_else(house: House, mix: frozenset[str]) -> None:
    nurse, manager, program = house.site.browser("nurse"), house.site.browser("manager"), house.site.program("nurse")
    shown = {word(slug) for slug in ("core", *mix)}
    hidden = {word(slug) for slug in off(mix)}
    home, feed = manager.get("/manor/"), nurse.get("/manor/new")
    places = {link.split("/")[2] for link in re.findall(r'href="(/manor/[a-z-]+/)', home.text)}
    assert places & {*PLACE.values()} == {PLACE[slug] for slug in mix}
    kinds = set(re.findall(r"kind=([a-z_]+)\.", unescape(feed.text)))
    assert kinds == {"core", *mix}
    assert ("new answer to look at" in home.text) == ("patient_input" in mix)
    again = nurse.get("/manor/").text
    assert (word("reflect") in again) == ("reflect" in mix)
    titles: Callable[[TestResponse], set[str]] = lambda page: {found for found in words(page) if "title" in found}  # noqa: E731
    assert titles(feed) == shown
    assert titles(nurse.get("/manor/search?q=zqtitle")) == shown
    assert titles(program("/api/v1/practices/manor/artefacts?limit=100")) == shown
    assert titles(program("/api/v1/practices/manor/search?q=zqtitle&limit=100")) == shown
    assert not hidden & (words(home) | words(nurse.get("/manor/")))
    for slug in off(mix):
        for part in ("title", "body"):
            # The page repeats the question, which is the beginning of the word.
            page = nurse.get(f"/manor/search?q={word(slug, part)[:-1]}")
            assert not {word(slug), word(slug, "body")} & words(page)


def test_a_thing_of_what_is_off_keeps_its_title_alone(house: House, mix: frozenset[str]) -> None:
    nurse, program = house.site.browser("nurse"), house.site.program("nurse")
    trail = nurse.get(f"/manor/things/{house.things['core']}").text
    for slug in PLUGINS:
        page = nurse.get(f"/manor/things/{house.things[slug]}")
        api = program(f"/api/v1/practices/manor/artefacts/{house.things[slug]}")
        assert word(slug) in page.text
        # Whatever is linked shows its title, off or on.
        assert word(slug) in trail
        assert (SWITCHED_OFF in page.text) == (slug not in mix)
        assert (word(slug, "body") in page.text) == (slug in mix)
        assert word(slug, "body") not in trail
        assert api.status_code == (200 if slug in mix else 404)
        versions = nurse.get(f"/manor/things/{house.things[slug]}/versions")
        assert versions.status_code == (200 if slug in mix else 404)


def test_what_i_wrote_stays_mine(house: House, mix: frozenset[str]) -> None:
    nurse, manager = house.site.browser("nurse"), house.site.browser("manager")
    for slug, browser in (
        ("reflect", nurse),
        ("peer_share", nurse),
        ("guidelines", manager),
        ("patient_input", manager),
    ):
        assert word(slug) in browser.get("/me").text
        assert word(slug, "body") in browser.get(f"/me/things/{house.things[slug]}").text
    assert nurse.get("/me/download").status_code == 200
    # Another practice of the cluster decides for itself.
    neighbour = house.site.browser("neighbour")
    for slug in ("reflect", "peer_share"):
        assert word(slug, "body") in neighbour.get(f"/riverside/things/{house.things[slug]}").text


def test_the_public_form_says_whether_it_collects(house: House, mix: frozenset[str]) -> None:
    page = house.site.browser().get(f"/f/{house.token}")
    if "patient_input" in mix:
        assert page.status_code == 200
        assert NOT_COLLECTING not in page.text
    else:
        assert page.status_code == 410
        assert NOT_COLLECTING in page.text
        assert "01632 960100" in page.text
        with house.site.database.read() as session:
            before = list(session.scalars(select(Answer.id)))
        assert house.site.browser().post(f"/f/{house.token}", data={"score": "poor", "text": "x"}).status_code == 410
        with house.site.database.read() as session:
            assert list(session.scalars(select(Answer.id))) == before


def test_the_first_form_saves(house: House, mix: frozenset[str]) -> None:
    nurse = house.site.browser("nurse")
    home = nurse.get("/manor/")
    form = next(form for form in forms_of(home.text) if form.action.endswith("/record") and "kind" in form.names)
    kind = form.fields["kind"]
    assert kind.partition(".")[0] in {"core", *mix}
    choices = set(re.findall(r'name="audience"[^>]*value="([a-z]+)', home.text))
    assert {"cluster", "network"} & choices == ({"cluster", "network"} if "peer_share" in mix else set())
    saved = nurse.submit(home, FIRST_FORM[kind], action=form.action)
    assert saved.status_code == 303, saved.text
    assert "zqsaved in this mix" in nurse.get(saved.headers["Location"]).text


@pytest.mark.parametrize("installed", MIXES, ids=lambda mix: "+".join(sorted(mix)) or "none")
def test_an_installation_with_fewer_plugins_keeps_the_titles(house: House, installed: frozenset[str]) -> None:
    """Left out of the installation, not of the mix: its things say so, and its writer still reads them."""
    house.choose(PLUGINS)
    site = house.site.restarted(disabled=off(installed))
    nurse, manager = site.browser("nurse"), site.browser("manager")
    for path in ("/manor/", "/manor/new", "/manor/search?q=zq", "/manor/mix", "/manor/record", "/me"):
        assert manager.get(path).status_code == 200, path
    # A file that lacks what a plugin keeps about its reader would not be everything.
    assert nurse.get("/me/download").status_code == (200 if installed == frozenset(PLUGINS) else 503)
    for slug in PLUGINS:
        page = nurse.get(f"/manor/things/{house.things[slug]}")
        assert word(slug) in page.text
        assert (word(slug, "body") in page.text) == (slug in installed)
        assert ("is not available here" in page.text) == (slug not in installed)
        writer = nurse if slug in {"reflect", "peer_share"} else manager
        assert word(slug, "body") in writer.get(f"/me/things/{house.things[slug]}").text
    expected = 200 if "patient_input" in installed else 410
    assert site.browser().get(f"/f/{house.token}").status_code == expected
