"""A plugin that fails in every hook, in every way: pages answer with others' parts, and saves are whole or not at all.

The application isolates faults as in production. All of it runs on one world for each database; what differs from test
to test is which hook of the plugin "faulty" fails, and how.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from layers_core.artefacts.models import Artefact
from layers_core.contract import Draft, PluginChoice
from layers_core.db.base import Base
from layers_core.host.faults import DoorFault
from layers_core.host.levels import HOOKS
from layers_core.practices import access
from layers_core.practices.models import PublicLink
from layers_core.privacy.erasure import erase_person
from layers_core.testkit.databases import only_sqlite
from layers_core.testkit.plugins import HOWS, NEEDS_SESSION, FaultyPlugin
from layers_patient_input import service as patients
from layers_patient_input.models import Answer
from layers_reflect.writing import ONLY_FOR_ME

pytestmark = pytest.mark.slow

LEVEL = {name: hook.level for name, hook in HOOKS.items()}


def ways(*hooks: str) -> list[tuple[str, str]]:
    """Each of the hooks with each way in which it can fail."""
    return [
        (hook, how)
        for hook, how in product(sorted(hooks), HOWS)
        if how not in NEEDS_SESSION or {"session", "unit"} & HOOKS[hook].arguments
    ]


# The weekly mail asks `layers_reminders`, and no page: core/tests/artefacts/test_sending.py tries its faults.
PAGE_HOOKS = ways(*(name for name, level in LEVEL.items() if level == "page" and name != "layers_reminders"))
# Nothing is asked of a database while plugins are loaded, so an error of one is an exception as any other.
BUILD_HOOKS = [
    way for way in ways(*(name for name, level in LEVEL.items() if level == "build")) if "sql_error" not in way
]
OTHER_HOOKS = ways(*(name for name, level in LEVEL.items() if level in {"strict", "custody"}))

NO_FAULT = {
    # A session for reading has nothing that ending it early could save.
    ("layers_check_draft", "commits"),
    ("layers_personal_data", "commits"),
    # What these hooks do to a session is what they are for: it is saved with the rest, or not at all.
    ("layers_artefact_changed", "dirty_session"),
    ("layers_switched_on", "dirty_session"),
    ("layers_erase_person", "dirty_session"),
}

MEMBER_PAGES = ("/", "/new", "/search?q=letter", "/record", "/people", "/mix", "/reflect/", "/guidelines/")
PAGES = (
    *(f"/manor{path}" for path in (*MEMBER_PAGES, "/peer-share/", "/patient-input/")),
    "/me",
    "/me/use",
    "/p/manor/patient-input/",
)
TEXT = "zq the words that must not be lost"


@dataclass
class Ward:
    """The world that all these tests share."""

    site: Any
    thing: UUID
    answer: UUID
    token: str


@dataclass
class Sick:
    """An application on that world, in which the plugin "faulty" fails."""

    site: Any
    ward: Ward
    hook: str = ""

    @property
    def faults(self) -> Any:
        """What the host noted."""
        return self.site.world.host.doors.faults


@pytest.fixture(scope="module")
def ward(make_site: Any) -> Ward:
    """A note with a private addition and a promise, and an answer that waits; "faulty" is in every mix."""
    site = make_site(FaultyPlugin("layers_nav", "raise"), raise_faults=False)
    body = {"template": "what_so_what_now_what", "template_version": 1, "answers": {"what": "About a letter"}}
    draft = Draft("reflect.note", "About a letter", body, "practice", extras={ONLY_FOR_ME: "An addition for me"})
    thing = site.save("nurse", draft)
    with site.database.read() as session:
        practice = access.find_practice(session, site.world.host, slug="manor")
        link = session.scalars(select(PublicLink).where(PublicLink.practice_id == practice.id)).one()
    given = patients.fft_answer(practice, "poor", "The print is small")
    patients.take_answer(site.world.artefacts, practice, link, "nonce", given)
    with site.database.read() as session:
        answer = session.scalars(select(Answer.id)).one()
    return Ward(site, thing, answer, link.token)


def with_fault(ward: Ward, hook: str, how: str) -> Sick:
    """An application whose plugin fails first, so that the others come after its fault."""
    site = ward.site.restarted(FaultyPlugin(hook, how, weight=1))
    for role in ("nurse", "manager", "operator"):
        # Now, so that signing in is not what changes a table later.
        site.browser(role)
        site.program(role)
    return Sick(site, ward, hook)


@pytest.fixture
def sick(ward: Ward, request: pytest.FixtureRequest) -> Sick:
    """An application in which the hook fails that the test names."""
    return with_fault(ward, *request.param)


def state_of(site: Any) -> dict[str, str]:
    """A digest of every table's rows."""
    found = {}
    with site.database.read() as session:
        for table in Base.metadata.sorted_tables:
            rows = sorted(repr(tuple(row)) for row in session.execute(select(table)))
            found[table.name] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return found


def every_page(sick: Sick) -> dict[str, TestResponse]:
    """Every main page, as those see it whom it is for."""
    nurse, visitor = sick.site.browser("nurse"), sick.site.browser()
    found = {path: (visitor if path.startswith("/p/") else nurse).get(path) for path in PAGES}
    thing = sick.ward.thing
    for path in (f"/manor/things/{thing}", f"/manor/things/{thing}/versions", f"/me/things/{thing}"):
        found[path] = nurse.get(path)
    program = sick.site.program("nurse")
    for path in ("", "/artefacts", f"/artefacts/{thing}", f"/artefacts/{thing}/trail", "/search?q=letter", "/mix"):
        if path:
            found[f"api {path}"] = program(f"/api/v1/practices/manor{path}")
    found["form"] = visitor.get(f"/f/{sick.ward.token}")
    found["manager's home"] = sick.site.browser("manager").get("/manor/")
    return found


def assert_well(pages: Mapping[str, TestResponse], thing: UUID) -> None:
    """Every page answers, with what the other plugins bring."""
    assert {path: page.status_code for path, page in pages.items() if page.status_code != 200} == {}
    for place in ("reflect", "guidelines", "peer-share", "patient-input"):
        assert f'href="/manor/{place}/"' in pages["/manor/"].text
    assert "An addition for me" in pages[f"/manor/things/{thing}"].text
    assert "1 new answer to look at" in pages["manager's home"].text
    assert 'name="what"' in pages["/manor/record"].text


def record(sick: Sick) -> TestResponse:
    """Save through the record box."""
    nurse = sick.site.browser("nurse")
    return nurse.submit(nurse.get("/manor/record"), {"what": TEXT, "audience": "practice", "promise": "I will"})


def saved_texts(sick: Sick) -> int:
    """How many things hold the text."""
    with sick.site.database.read() as session:
        return len([title for title in session.scalars(select(Artefact.title)) if title.startswith("zq the words")])


@pytest.mark.parametrize("sick", PAGE_HOOKS, indirect=True, ids="-".join)
def test_a_fault_on_a_page_costs_that_part_alone(sick: Sick) -> None:
    pages = every_page(sick)
    assert_well(pages, sick.ward.thing)
    assert sick.faults.recent[-1].slug == "faulty"
    if sick.hook == "layers_home_cards":
        assert "Faulty is not available just now" in pages["/manor/"].text
    if sick.hook == "layers_artefact_panels":
        page = pages[f"/manor/things/{sick.ward.thing}"].text
        assert "This part is not available just now" in page
    before = saved_texts(sick)
    assert record(sick).status_code == 303
    assert saved_texts(sick) == before + 1


@pytest.mark.parametrize("sick", [way for way in OTHER_HOOKS if "raise" in way], indirect=True, ids="-".join)
def test_pages_need_no_hook_that_may_stop_a_save(sick: Sick) -> None:
    assert_well(every_page(sick), sick.ward.thing)


@pytest.mark.parametrize("hook", ["layers_check_draft", "layers_artefact_changed"])
@pytest.mark.parametrize("how", HOWS)
def test_a_save_is_whole_or_refused_with_the_text_kept(ward: Ward, hook: str, how: str) -> None:
    sick = with_fault(ward, hook, how)
    before, texts = state_of(sick.site), saved_texts(sick)
    answer = record(sick)
    if (hook, how) in NO_FAULT:
        assert answer.status_code == 303
        assert saved_texts(sick) == texts + 1
        return
    assert answer.status_code == 503
    assert TEXT in answer.text
    assert "I will" in answer.text
    assert state_of(sick.site) == before
    assert sick.faults.recent[-1].hook == hook
    # The program that sends the same hears the same.
    draft = {"kind": "core.note", "title": TEXT, "body": {"text": TEXT}}
    assert sick.site.program("nurse")("/api/v1/practices/manor/artefacts", "POST", json=draft).status_code == 503
    assert state_of(sick.site) == before


@pytest.mark.parametrize("hook", ["layers_check_draft", "layers_artefact_changed"])
@pytest.mark.parametrize("how", ["raise", "sql_error", "SystemExit"])
def test_nothing_else_is_saved_in_part_either(ward: Ward, hook: str, how: str) -> None:
    """Editing, narrowing, sharing a copy, withdrawing, releasing a patient's answer, telling patients."""
    sick = with_fault(ward, hook, how)
    thing, nurse, manager = ward.thing, sick.site.browser("nurse"), sick.site.browser("manager")
    with sick.site.database.read() as session:
        revision = session.scalars(select(Artefact.revision).where(Artefact.id == thing)).one()
    # Opening the thing is noted once a day, and the way back leads there.
    assert nurse.get(f"/manor/things/{thing}").status_code == 200
    before = state_of(sick.site)
    edit = {"what": TEXT, "so_what": "", "now_what": "", "revision": str(revision)}
    answers = {
        "edit": nurse.send(f"/manor/reflect/{thing}/edit", edit),
        "share": nurse.send(f"/manor/things/{thing}/audience", {"audience": "network"}),
        "publish": manager.send(
            "/manor/patient-input/publish",
            {"theme": TEXT, "you_said": "a", "we_learned": "b", "we_did": "c", "change": "made"},
        ),
    }
    if hook == "layers_artefact_changed":
        answers["narrow"] = nurse.send(f"/manor/things/{thing}/audience", {"audience": "me"})
        answers["release"] = manager.send(f"/manor/patient-input/answers/{ward.answer}", {"do": "as_is"})
    assert {name: answer.status_code for name, answer in answers.items() if answer.status_code != 503} == {}
    assert TEXT in answers["edit"].text
    assert TEXT in answers["publish"].text
    if hook == "layers_artefact_changed":
        # A button has no text to keep: it leads back to the thing, which says what happened.
        back = nurse.send(f"/manor/things/{thing}/withdraw", {}, follow_redirects=True)
        assert "could not be saved just now" in back.text
    assert state_of(sick.site) == before


def test_a_patient_who_takes_an_answer_back_hears_when_that_fails(ward: Ward) -> None:
    site = ward.site
    with site.database.read() as session:
        practice = access.find_practice(session, site.world.host, slug="riverside")
        link = session.scalars(select(PublicLink).where(PublicLink.practice_id == practice.id)).one()
    given = patients.fft_answer(practice, "poor", "The print is small")
    receipt = patients.take_answer(site.world.artefacts, practice, link, "another nonce", given)
    with site.database.read() as session:
        answer = session.scalars(select(Answer.id).where(Answer.practice_id == practice.id)).one()
    patients.release(site.world.artefacts, _receptionist(site), answer, patients.Decision("as_is"))
    sick = with_fault(ward, "layers_artefact_changed", "raise")
    before = state_of(site)
    response = sick.site.browser().post("/p/riverside/patient-input/withdraw", data={"code": receipt})
    assert response.status_code == 503
    assert state_of(site) == before
    well = with_fault(ward, "layers_nav", "raise").site.browser()
    assert well.post("/p/riverside/patient-input/withdraw", data={"code": receipt}).status_code == 200


def _receptionist(site: Any) -> Any:
    """Somebody at Riverside who looks at answers."""
    return replace(site.world.actor("neighbour"), profession="receptionist")


@pytest.fixture
def switched_off(ward: Ward) -> Iterator[None]:
    """The faulty plugin is off at Manor Street during the test."""
    ward.site.world.switch("manor", "faulty", PluginChoice("off"))
    yield
    with_fault(ward, "layers_nav", "raise").site.world.switch("manor", "faulty", PluginChoice("on"))


@pytest.mark.usefixtures("switched_off")
@pytest.mark.parametrize("how", HOWS)
def test_what_can_t_be_switched_on_leaves_the_mix_as_it_was(ward: Ward, how: str) -> None:
    sick = with_fault(ward, "layers_switched_on", how)
    manager, before = sick.site.browser("manager"), state_of(sick.site)
    page = manager.get("/manor/mix/change/faulty")
    answer = manager.submit(page, {"state": "on", "reason": TEXT})
    if ("layers_switched_on", how) in NO_FAULT:
        assert answer.status_code == 303
        return
    assert answer.status_code == 503
    assert TEXT in answer.text
    assert state_of(sick.site) == before
    assert_well(every_page(sick), ward.thing)


@pytest.mark.parametrize("how", HOWS)
def test_a_download_is_whole_or_refused(ward: Ward, how: str) -> None:
    sick = with_fault(ward, "layers_personal_data", how)
    whole = ("layers_personal_data", how) in NO_FAULT
    nurse = sick.site.browser("nurse")
    assert nurse.get("/me/download").status_code == (200 if whole else 503)
    page = nurse.get(f"/me/things/{ward.thing}")
    assert page.status_code == 200
    assert ("What else is kept about this could not be read" in page.text) != whole


@pytest.mark.parametrize("how", [how for how in HOWS if ("layers_erase_person", how) not in NO_FAULT])
def test_an_erasure_that_a_plugin_stops_erases_nothing(ward: Ward, how: str) -> None:
    sick = with_fault(ward, "layers_erase_person", how)
    before = state_of(sick.site)
    with pytest.raises(DoorFault, match="faulty"):
        erase_person(sick.site.database, sick.site.world.host, sick.site.world.people["gp"])
    assert state_of(sick.site) == before


@pytest.mark.parametrize(("hook", "how"), [way for way in PAGE_HOOKS if "raise" in way or "sql_error" in way])
def test_three_faults_suspend_a_plugin_s_parts_of_pages(ward: Ward, hook: str, how: str) -> None:
    sick = with_fault(ward, hook, how)
    nurse, operator = sick.site.browser("nurse"), sick.site.browser("operator")
    path = f"/manor/things/{ward.thing}" if hook == "layers_artefact_panels" else "/manor/"
    version = sick.site.world.actor("nurse").practice.mix.version
    while len(sick.faults.recent) < 3:
        before = len(sick.faults.recent)
        assert nurse.get(path).status_code == 200
        assert len(sick.faults.recent) > before
    counted = len(sick.faults.recent)
    assert nurse.get(path).status_code == 200
    assert len(sick.faults.recent) == counted, "it is still asked"
    page = operator.get("/operator").text
    assert "Page parts suspended" in page
    assert hook in page
    assert sick.site.world.actor("nurse").practice.mix.version == version
    assert record(sick).status_code == 303


@only_sqlite
@pytest.mark.parametrize("sick", BUILD_HOOKS, indirect=True, ids="-".join)
def test_a_plugin_that_fails_at_the_start_is_kept_out(sick: Sick) -> None:
    pages = every_page(sick)
    assert_well(pages, sick.ward.thing)
    assert [kept.slug for kept in sick.site.world.host.quarantined] == ["faulty"]
    assert "Kept out: faulty" in sick.site.browser("operator").get("/operator").text
    assert record(sick).status_code == 303
