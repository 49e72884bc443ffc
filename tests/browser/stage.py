"""A demo that serves a whole test module, with something on every page of it, and the ways to all of its pages."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask
from playwright.sync_api import Browser, Page
from sqlalchemy import select, update
from waitress.server import create_server

from layers_core.artefacts import reading
from layers_core.artefacts.attachments import prepare
from layers_core.artefacts.attachments.models import Attachment
from layers_core.artefacts.followup import today_in
from layers_core.artefacts.models import Action, Artefact, Exposure
from layers_core.artefacts.service import ArtefactService
from layers_core.contract import Draft, GuardAnswer, PluginChoice
from layers_core.db.base import now
from layers_core.db.session import Database
from layers_core.forms.model import Value
from layers_core.host.loader import Host, load_host
from layers_core.practices import access, mix, proposals
from layers_core.practices import service as practices
from layers_core.practices.models import Person, PublicLink
from layers_core.reminding import feeds, slots, stopping
from layers_core.settings import Settings
from layers_core.testkit.servers import DatabaseSource, Schema
from layers_guidelines import service as guidelines
from layers_guidelines.models import Edition
from layers_patient_input import responses
from layers_patient_input import service as patients
from layers_patient_input.care import service as care
from layers_patient_input.catalogue import built_in, own_code
from layers_patient_input.entering import service as entering
from layers_patient_input.entering.service import Entry
from layers_patient_input.importing import reading as imports_reading
from layers_patient_input.importing import service as imports
from layers_patient_input.importing.models import Import, ImportFault
from layers_patient_input.loop.service import tips
from layers_patient_input.models import Answer
from layers_patient_input.months.rules import Month
from layers_patient_input.own_forms import as_fhir
from layers_patient_input.own_forms import service as own_forms
from layers_patient_input.own_forms.building import Building
from layers_patient_input.own_forms.building import Question as OwnQuestion
from layers_patient_input.themes import reading as themes
from layers_patient_input.ways_in import service as ways_in
from layers_peer_share import service as peers
from layers_reflect.episodes import service as episodes
from layers_reflect.episodes.arranging import new_group
from layers_reflect.nmc import reading as nmc_reading
from layers_reflect.nmc import service as nmc
from layers_reflect.own import service as own_questions
from layers_reflect.own.service import Content
from layers_reflect.portfolio.preparing import service as exports
from layers_reflect.portfolio.preparing.models import Export
from layers_reflect.prompts import Question, newest
from layers_reflect.writing import new_body
from layers_webshell.accounts import service as accounts
from layers_webshell.accounts.demo_links import DemoLinks
from layers_webshell.accounts.models import Account, KeptForm
from layers_webshell.accounts.security import hashed
from layers_webshell.app import create_app
from layers_webshell.demo import world

PASSWORD = "heron puddle lantern"
HOME = "home"
SLOW_MS = 10_000


@dataclass
class Stage:
    """The served demo: who may sign in, and what its addresses are made of."""

    url: str
    app: Flask
    database: Database
    host: Host
    world: world.DemoWorld
    links: DemoLinks
    things: dict[str, UUID] = field(default_factory=dict)
    own_form: str = ""
    """The token of a form of the practice's own."""
    keys: dict[str, Any] = field(default_factory=dict)
    """What the arguments of addresses stand for, by `argument` or `endpoint:argument`."""

    @property
    def home(self) -> str:
        """The address of the practice that the demo is about."""
        return f"{self.url}/{self.world.slugs[HOME]}"

    @property
    def service(self) -> ArtefactService:
        """The one service that saves."""
        return ArtefactService(self.database, self.host)

    @property
    def owner(self) -> str:
        """The practice's name."""
        return str(world.data()["practices"][HOME]["name"])

    def email(self, role: str) -> str:
        """The address that somebody signs in with; their password is PASSWORD."""
        return str(world.data()["people"][role]["email"])

    def thing(self, name: str) -> str:
        """The address of a thing's page."""
        return f"{self.home}/things/{self.things[name]}"

    def account(self, role: str) -> UUID:
        """The key of somebody's account."""
        with self.database.read() as session:
            return session.scalars(select(Account.id).where(Account.person_id == self.world.people[role])).one()

    def enter(self, page: Page, role: str) -> None:
        """Sign somebody in by a link that works once."""
        page.goto(self.url + self.links.issue(self.account(role)))


@contextmanager
def serving(database_url: str, folder: Path) -> Iterator[Stage]:
    """Serve the demo's world on a migrated, empty database until the block ends."""
    settings = Settings(
        database_url=database_url,
        secret_key="a key for tests only, long enough to be taken",
        base_url="http://127.0.0.1",
        data_dir=folder,
        demo=True,
        raise_faults=True,
        trusted_hosts=("127.0.0.1",),
    )
    host = load_host(settings)
    database = Database.at(database_url)
    made = world.build(database, host, ArtefactService(database, host))
    links = DemoLinks()
    app = create_app(settings, host=host, database=database, links=links)
    server = create_server(app, host="127.0.0.1", port=0, threads=4)
    threading.Thread(target=server.run, daemon=True).start()
    stage = Stage(f"http://127.0.0.1:{server.effective_port}", app, database, host, made, links, dict(made.things))
    _give_passwords(stage)
    yield stage
    # Its thread ends with the process: waiting for it takes as long as a browser keeps its connections.
    server.close()
    database.dispose()


@contextmanager
def staged(databases: DatabaseSource, schema: Schema, folder: Path) -> Iterator[Stage]:
    """The same on a new database, which is dropped afterwards."""
    address = databases.fresh(schema)
    with serving(address.url, folder) as stage:
        yield stage
    databases.drop(address)


def _give_passwords(stage: Stage) -> None:
    """The demo's people sign in by link; these journeys begin with the sign-in page."""
    with stage.app.app_context():
        kept = hashed(PASSWORD)
    with stage.database.write() as session:
        for person in stage.world.people.values():
            accounts.make_account(session, person, kept)


@contextmanager
def browsing(browser: Browser, stage: Stage, role: str = "", **options: Any) -> Iterator[Page]:
    """A fresh browser, signed in where a role is named."""
    context = browser.new_context(**options)
    context.set_default_timeout(SLOW_MS)
    page = context.new_page()
    if role:
        stage.enter(page, role)
    yield page
    context.close()


def answer(stage: Stage, words: str, score: str = "poor", language: str = "en") -> int:
    """A patient answers; gives the answer's key."""
    with stage.database.read() as session:
        practice = access.find_practice(session, stage.host, slug=stage.world.slugs[HOME])
        link = session.scalars(select(PublicLink).where(PublicLink.token == stage.world.public_form)).one()
    assert practice is not None
    given = patients.fft_answer(practice, score, words, language)
    patients.take_answer(stage.service, practice, link, words, given)
    with stage.database.read() as session:
        return session.scalars(select(Answer.id).order_by(Answer.id.desc()).limit(1)).one()


def _show_a_tip(stage: Stage) -> None:
    """A patient's tip that other patients can read."""
    manager = stage.world.actor(stage.database, stage.host, "manager")
    form = built_in("tip", {})
    words = [Value("String", "The telephone is quiet after eleven o’clock")]
    given = {"kind": [form.item("kind").options[0].value], "tip": words, "share": [Value("Boolean", True)]}
    with stage.database.read() as session:
        link = session.scalars(select(PublicLink).where(PublicLink.token == stage.world.public_form)).one()
    patients.take_answer(
        stage.service, manager.practice, link, "tip", patients.Given(form, "en", responses.made(form, "en", given))
    )
    with stage.database.read() as session:
        waiting = session.scalars(select(Answer.id).order_by(Answer.id.desc()).limit(1)).one()
    stage.things["tip"] = key = patients.release(stage.service, manager, waiting, patients.Decision("as_is"))
    with stage.database.read() as session:
        thing = reading.get(session, stage.host, manager, key)
    assert thing is not None
    tips.show_tip(stage.service, manager, thing, words[0].data, GuardAnswer())


def furnish(stage: Stage) -> None:
    """Put something on every page: what no page of the demo would be opened without."""
    service, actor = stage.service, lambda role: stage.world.actor(stage.database, stage.host, role)
    waiting = answer(stage, "میں اپنا خط نہیں پڑھ سکا۔ Mrs Khan نے پڑھ کر سنایا۔", language="ur")
    kept_back = answer(stage, "You know who I am, it is about last Tuesday")
    patients.keep_back(service, actor("manager"), kept_back, "identifies")
    released = answer(stage, "I waited a long time, and nobody told me why")
    decision = patients.Decision("as_is", themes=("topic:waiting",))
    stage.things["answer"] = patients.release(service, actor("manager"), released, decision)
    with stage.database.read() as session:
        ((stage.things["theme"], _title),) = themes.themes_of(session, actor("manager"), stage.things["answer"])
    card = Entry("handwritten", "good", "The new chairs are easy to get out of", "en", today_in("Europe/London"))
    entering.enter(service, actor("manager"), card, "card")
    _show_a_tip(stage)
    entry = {"theme": "Waiting", "you_said": "You wait.", "we_learned": "Nobody says why.", "we_did": "We tell you."}
    stage.things["entry"] = patients.publish(service, actor("manager"), entry, GuardAnswer(), None).id

    _ask_of_their_own(stage)

    body = {"text": "A plain note, as somebody writes it where nothing else is switched on"}
    stage.things["note"] = service.save(actor("lead"), Draft("core.note", "A plain note", body, "practice")).id
    cluster = f"cluster:{stage.world.cluster}"
    need = "How do you tell people that a clinic runs late?"
    question = Draft("peer_share.question", need, {"need": need, "tried": "A board at the desk"}, cluster)
    stage.things["question"] = service.save(actor("lead"), question).id
    peers.respond(service, actor("neighbour"), stage.things["text_words"], "used", "We changed the template.")

    guidelines.keep_uploads(service, actor("manager"), [("letters.json", b"{}")])
    with stage.database.read() as session:
        recommendation = reading.get(session, stage.host, actor("lead"), stage.things["large_print"])
        stage.keys["edition_id"] = session.scalars(select(Edition.id).limit(1)).one()
        late = stage.things["late_results"]
        stage.keys["action_id"] = session.scalars(select(Action.id).where(Action.artefact_id == late)).one()
    assert recommendation is not None
    choice = guidelines.Choice("adapt", "One size for each template", "Ask at booking; print in 18 point.")
    prompted_by = stage.things["text_words"]
    stage.things["decision"] = guidelines.decide(
        service, actor("lead"), recommendation, choice, prompted_by=prompted_by, promise=None
    ).id
    change(stage, "rota", "manager", now_what="Keep eight weeks, and look at it again in three months.")
    _try_out(stage)
    _count_months(stage)
    _hold_accounts(stage)
    _remind(stage)
    _discuss(stage)
    _own_questions_and_files(stage)
    _gather(stage)
    _export(stage)
    _import(stage)
    stage.keys |= {
        "practice": stage.world.slugs[HOME],
        "answer_id": waiting,
        "person_id": stage.world.people["gp"],
        "slug": "reflect",
        "version": 1,
        "study": stage.world.study,
        "thing_id": stage.things["text_words"],
        "mix.answer:slug": "peer_share",
        "core.edit:thing_id": stage.things["note"],
        "me.thing:thing_id": stage.things["new_forms"],
        "thing.versions:thing_id": stage.things["rota"],
        "guidelines.decide:thing_id": stage.things["large_print"],
        "guidelines.correct:thing_id": stage.things["explain"],
        "patient_input.edit:thing_id": stage.things["entry"],
        "patient_input.way_in:token": stage.world.public_form,
        "patient_input.translation:thing_id": stage.things["answer"],
        "patient_input.reply:thing_id": stage.things["answer"],
        "patient_input.tip:thing_id": stage.things["tip"],
        "patient_input.theme:thing_id": stage.things["theme"],
        "patient_input.edit_theme:thing_id": stage.things["theme"],
        "peer_share.edit:thing_id": stage.things["question"],
        "peer_share.used:thing_id": stage.things["interpreter"],
        "public.form:token": stage.world.public_form,
        "demo.sign_in:token": "spent",
    }


def change(stage: Stage, name: str, role: str, **answers: str) -> None:
    """Change somebody's reflection."""
    actor = stage.world.actor(stage.database, stage.host, role)
    with stage.database.read() as session:
        thing = reading.get(session, stage.host, actor, stage.things[name])
    assert thing is not None
    body = {**thing.body, "answers": {**thing.body["answers"], **answers}}
    stage.service.revise(actor, thing.id, Draft(thing.kind, thing.title, body, "practice"), thing.revision)


def _ask_of_their_own(stage: Stage) -> None:
    """A form of the practice's own that is open, with a question that is not asked of everybody."""
    manager = stage.world.actor(stage.database, stage.host, "manager")
    questions = (
        OwnQuestion("vaccine", "one", "Did you have your flu vaccination?", options=("Yes", "No"), required=True),
        OwnQuestion("why", "long", "What kept you from it?", help="One sentence is enough.", only_if="vaccine=No"),
        OwnQuestion("next", "section", "Next time"),
        OwnQuestion("when", "several", "When would you come?", options=("In the morning", "In the evening")),
        OwnQuestion("last", "date", "When were you last here?"),
    )
    built = Building("Your flu vaccination", questions)
    wish = own_forms.Wish(lambda url, version: as_fhir.written(built, {}, url, version), "built")
    key = own_forms.keep_new(stage.service, manager, wish, "")
    own_forms.offer(stage.service, manager, key, is_open=True)
    stage.keys |= {"form_code": own_code(key), "language_code": "pl"}
    stage.own_form = ways_in.open_way_in(stage.service, manager, own_code(key), "online")


def _try_out(stage: Stage) -> None:
    """A trial that runs, and a suggestion that waits."""
    manager = stage.world.actor(stage.database, stage.host, "manager")
    asked = "Do we hear of good ideas sooner?"
    choice = PluginChoice("trial", until=today_in("Europe/London") + timedelta(days=60), question=asked)
    expected = manager.practice.mix.version
    mix.switch(stage.service, manager, "peer_share", choice, "To find out.", expected=expected)
    gp = stage.world.actor(stage.database, stage.host, "gp")
    proposals.propose(stage.service, gp, "Show what is due before the record box")


def _count_months(stage: Stage) -> None:
    """A card of last month, results in public, and a nurse who asks about her own consultations."""
    manager = stage.world.actor(stage.database, stage.host, "manager")
    last_month = Month.of(today_in("Europe/London")).previous
    with stage.service.unit(access.public_actor(manager.practice)) as unit:
        given = patients.fft_answer(manager.practice, "good")
        patients.keep(unit, given, patients.Source("handwritten", last_month.first))
    settings = {
        **manager.practice.mix.settings("patient_input"),
        "fft_public": True,
        "care_permission": "By letter from the authors",
        "care_permission_on": "2026-03-02",
    }
    expected = manager.practice.mix.version
    mix.switch(
        stage.service, manager, "patient_input", PluginChoice("on", settings=settings), "To try", expected=expected
    )
    stage.keys["month"] = str(last_month)
    stage.keys["round_id"] = care.begin(stage.service, stage.world.actor(stage.database, stage.host, "nurse"))


def _hold_accounts(stage: Stage) -> None:
    """An invitation, a link to a new password, a form that a locked PC kept, somebody who left."""
    home = stage.world.practices[HOME]
    with stage.database.write() as session:
        details = {"roles": (), "profession": "gp", "invited_by": stage.world.people["manager"]}
        invitation = accounts.invite(session, home, "new@otterbrook.example", name="Ina Rowan", **details)
        reset = accounts.start_reset(session, stage.account("outsider"), None)
        leaver = practices.ensure_person(session, "Lou Hazel", "lou@otterbrook.example")
        practices.join(session, leaver, home, "nurse", ())
        practices.leave(session, leaver.id, home)
        words = {"text": ["We ring back in the morning"], "kind": ["core.note"]}
        kept = KeptForm(account_id=stage.account("nurse"), path=f"/{stage.world.slugs[HOME]}/record", fields=words)
        session.add(kept)
        session.flush()
        stage.keys["kept_id"] = kept.id
    stage.keys |= {"accounts.invitation:token": invitation, "accounts.new_password:token": reset}


def _remind(stage: Stage) -> None:
    """Something that came back, a time of the week, a calendar, a link that stops a mail: all of them the nurse's."""
    nurse = stage.world.people["nurse"]
    with stage.database.write() as session:
        shown = session.scalars(
            select(Exposure.id)
            .join(Artefact, Artefact.id == Exposure.artefact_id)
            .where(Exposure.person_id == nurse, Exposure.due_at.is_not(None), Artefact.state == "live")
        )
        stage.keys["exposure_id"] = shown.first()
        slots.choose(session, nurse, slots.SlotView(weekday=3, minutes=20, digest=True), now())
        stage.keys["feed_token"] = feeds.renew(session, nurse, now())
    key = stage.app.extensions["layers_settings"].secret_key
    stage.keys["stop_token"] = stopping.token(key, nurse, "digest")


def _discuss(stage: Stage) -> None:
    """Five of the nurse's accounts, opened to a GP."""
    nurse = stage.world.actor(stage.database, stage.host, "nurse")
    answers = {"nature": "A form read aloud", "learned": "It has three riddles", "changed": "A new form", "code": "Yes"}
    body = new_body(newest("nmc_account"), answers, {"categories": ["account"]})
    stage.service.save(nurse, Draft("reflect.note", "A form read aloud", body))
    with stage.database.read() as session:
        chosen = [entry.note.id for entry in nmc_reading.accounts(session, stage.host, nurse)[:5]]
        email = session.get_one(Person, stage.world.people["gp"]).email
    stage.keys["discussion_id"] = nmc.open_discussion(stage.service, nurse, chosen, email, 30, GuardAnswer())


def _export(stage: Stage) -> None:
    """An export of the nurse's that goes on for as long as the stage stands."""
    nurse = stage.world.actor(stage.database, stage.host, "nurse")
    begun = exports.begin(stage.service, nurse, exports.Wish("docx", [stage.things["new_forms"]] * 3, False, {}, ""))
    with stage.database.write() as session:
        session.execute(update(Export).values(state="working", done=1, beat_at=now() + timedelta(days=1)))
    stage.keys["export_id"] = begun.id


def _import(stage: Stage) -> None:
    """A file of answers that somebody looks at, and one that is being brought in for as long as the stage stands."""
    manager, passing = stage.world.actor(stage.database, stage.host, "manager"), stage.host.files.passing

    def brought(rows: str) -> UUID:
        table = f"Date,Answer,Comments\n{rows}03/04/2026,Don’t know,\n03/04/2026,5,\nsoon,Good,\n"
        return imports.bring(stage.service, manager, io.BytesIO(table.encode()), "march.csv").id

    looked_at, going_on = brought(""), brought("02/04/2026,Good,The lift was out of order\n")
    with stage.database.read() as session:
        view = imports_reading.import_of(session, manager.practice.id, passing, going_on)
        assert view is not None
        choices = replace(view.choices, method="sms", order="day", scale="2020")
        looked = imports_reading.look(session, manager.practice, passing, view, choices)
    imports.begin(stage.service, manager, going_on, looked)
    fault = {"number": 2, "line": 4, "code": "answer", "value": "5"}
    with stage.database.write() as session:
        working = {"state": "working", "done": 3, "kept": 2, "wrong": 1, "beat_at": now() + timedelta(days=1)}
        session.execute(update(Import).where(Import.id == going_on).values(**working))
        session.add(ImportFault(import_id=going_on, **fault))
    stage.keys |= {"import_id": going_on, "patient_input.import_choose:import_id": looked_at}


def _own_questions_and_files(stage: Stage) -> None:
    """Questions that the nurse made for herself, and a file beside a note of hers."""
    nurse = stage.world.actor(stage.database, stage.host, "nurse")
    content = Content("Home visits", "What I see at home", (Question("seen", "What did you see?", "Seen", "", True),))
    made = own_questions.make(
        stage.service, nurse, content, GuardAnswer(), for_practice=False, copied=False, client_key=""
    )
    note = stage.things["new_forms"]
    stage.service.attach(nurse, note, [prepare("leaflet.txt", b"A leaflet")], GuardAnswer())
    with stage.database.read() as session:
        file = session.scalars(select(Attachment.id).where(Attachment.artefact_id == note)).one()
    stage.keys |= {"template_id": made, "attachment_id": file, "files.show:thing_id": note, "files.own:thing_id": note}


def _gather(stage: Stage) -> None:
    """An episode of the lead's with a group and two things, one of a colleague's."""
    lead = stage.world.actor(stage.database, stage.host, "lead")
    things = [stage.things["text_words"], stage.things["late_results"]]
    summary = "What people told us about our letters"
    stage.keys["episode_id"] = stage.things["episode"] = key = episodes.begin(
        stage.service, lead, "Letters this winter", summary, things, GuardAnswer(), ""
    ).id
    with stage.database.read() as session:
        thing = reading.get(session, stage.host, lead, key)
    assert thing is not None
    first = str(things[0])
    episodes.change(stage.service, lead, thing, lambda title, body: (title, new_group(body, "Words", [first])), 1)
