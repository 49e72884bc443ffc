"""Mail before somebody's time of the week and before a promise is due: once, to those who asked, saying no more."""

from __future__ import annotations

import email
import email.policy
import mailbox
import socket
import threading
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Mailbox
from click.testing import CliRunner
from sqlalchemy import select, update

from layers_core.artefacts.models import Exposure
from layers_core.cli.context import CliContext
from layers_core.cli.root import main
from layers_core.contract import Draft, GuardAnswer, Promise, Reminder, hookimpl
from layers_core.host.loader import load_host
from layers_core.practices import service
from layers_core.practices.models import Mix, Person
from layers_core.privacy.erasure import erase_person
from layers_core.reminding import post, slots, stopping
from layers_core.reminding.letters import Line
from layers_core.reminding.models import Sending, Slot
from layers_core.reminding.sending import Sender
from layers_core.settings import Settings, SettingsError
from layers_core.testkit.plugins import HOWS, FaultyPlugin, How, plugin_meta

KEY = "a key for tests only, long enough to be taken"
NOON = datetime(2026, 11, 25, 13, tzinfo=UTC)
"""A Wednesday, less than a day before Thursday's half past twelve."""
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
THURSDAY = slots.SlotView(weekday=3, starts=13 * 60 - 30, minutes=10, digest=True, reminders=True)


class Site:
    """The world with somewhere to send mail to."""

    def __init__(self, world, folder: Path) -> None:
        self.world, self.box = world, folder / "mail"
        self.settings = Settings(
            database_url=str(world.database.engine.url),
            data_dir=folder,
            secret_key=KEY,
            base_url="https://layers.example",
            smtp_url=f"maildir://{self.box}",
            mail_from="Learning <learning@layers.example>",
        )

    def choose(self, who: str, slot: slots.SlotView = THURSDAY) -> None:
        actor = self.world.actor(who, who.partition("@")[2].partition(".")[0])
        with self.world.service.unit(actor) as unit:
            slots.choose_as(unit, actor, slot)

    def write(self, who: str, text: str, **more) -> UUID:
        actor = self.world.actor(who, who.partition("@")[2].partition(".")[0])
        saved = self.world.service.save(actor, Draft("core.note", text, {"text": text}, "practice", **more)).id
        with self.world.database.write() as session:
            session.execute(update(Exposure).values(due_at=LONG_AGO))
        return saved

    def send(self, which: str = "digests", moment: datetime = NOON, settings: Settings | None = None) -> Counter:
        settings = settings or self.settings
        with post.opened(settings) as hand_over:
            sender = Sender(self.world.database, self.world.host, settings, hand_over)
            return getattr(sender, which)(moment)

    def mails(self) -> list[email.message.EmailMessage]:
        if not self.box.exists():
            return []
        files = (self.box / "new").iterdir()
        return [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in files]

    def states(self) -> list[str]:
        with self.world.database.read() as session:
            return sorted(session.scalars(select(Sending.state)))


@pytest.fixture
def site(world, tmp_path: Path) -> Site:
    return Site(world, tmp_path)


def parts(mail) -> tuple[str, str]:
    return mail.get_body(("plain",)).get_content(), mail.get_body(("html",)).get_content()


NURSE, GP = "nurse@manor.example", "gp@manor.example"


def test_it_counts_and_says_no_word_of_what_was_written(site: Site) -> None:
    site.choose(NURSE)
    site.write(NURSE, "The quillfeather leaflet", promise=Promise("Print it larger", NOON.date()))
    site.write(GP, "A dosing lesson")
    assert site.send() == Counter(sent=1)
    (mail,) = site.mails()
    assert (mail["To"], mail["From"]) == (NURSE, "Learning <learning@layers.example>")
    assert "Thursday" not in mail["Subject"]
    assert "26 November 2026 at 12:30pm" in mail["Subject"]
    for text in parts(mail):
        assert "1 thing that you learnt" in text
        assert "1 promise is due within a week" in text
        assert "1 thing in Manor" in text
        assert "https://layers.example/manor/" in text
        for word in ("quillfeather", "larger", "dosing"):
            assert word not in text


def test_titles_where_the_person_chose_them_and_nothing_of_them_is_markup(site: Site) -> None:
    site.choose(NURSE, slots.SlotView(**{**THURSDAY.__dict__, "mail_titles": True}))
    site.write(NURSE, "<b>Fridge</b>", promise=Promise("Check <i>daily</i>", NOON.date() - timedelta(days=3)))
    site.write(GP, "A dosing lesson")
    site.send()
    plain, html = parts(site.mails()[0])
    assert "<b>Fridge</b>" in plain
    assert "Check <i>daily</i> (overdue since 22 November 2026)" in plain
    assert "&lt;b&gt;Fridge&lt;/b&gt;" in html
    assert "<b>" not in html
    assert "A dosing lesson" in plain


def with_plugins(site: Site, *plugins: object) -> None:
    """The world's practices use these plugins and no other; faults are isolated."""
    site.world.host = load_host(replace(site.settings, raise_faults=False), plugins=plugins, discover=False)
    chosen = {plugin.meta.slug: {"state": "on"} for plugin in plugins}
    with site.world.database.write() as session:
        session.execute(update(Mix).values(plugins=chosen))


class Waits:
    """A plugin that says what waits for somebody."""

    meta = plugin_meta("waits")

    @hookimpl
    def layers_reminders(self, practice, actor) -> list[Reminder]:
        return [Reminder("Two things wait", "waits/list")] if actor.name == "Nurse" else []


@pytest.mark.parametrize("how", HOWS)
def test_what_waits_comes_first_and_a_plugin_that_fails_costs_its_line_alone(site: Site, how: How) -> None:
    with_plugins(site, FaultyPlugin("layers_reminders", how, "faulty"), Waits())
    site.choose(NURSE)
    site.choose(GP)
    assert site.send() == Counter(sent=1, nothing=1)
    (mail,) = site.mails()
    assert mail["To"] == NURSE
    for text in parts(mail):
        assert "Waiting for you" in text
        assert "Two things wait" in text
        assert "https://layers.example/manor/waits/list" in text
    assert site.world.host.doors.faults.recent[-1].slug == "faulty"


def test_a_line_at_once_goes_once_and_only_to_whoever_asked_to_be_reminded(site: Site) -> None:
    site.choose(NURSE)
    site.choose(GP, replace(THURSDAY, reminders=False))
    line = Line("Something waits for you", "https://layers.example/manor/")
    with post.opened(site.settings) as hand_over:
        sender = Sender(site.world.database, site.world.host, site.settings, hand_over)
        nurse, gp = (site.world.actor(who, "manor").person_id for who in (NURSE, GP))
        assert [sender.at_once(nurse, "one", line), sender.at_once(nurse, "one", line)] == ["sent", "before"]
        assert sender.at_once(gp, "one", line) == "nothing"
    (mail,) = site.mails()
    assert mail["Subject"] == line.text
    assert "/stop-mail/" in mail["List-Unsubscribe"]


def test_each_week_once_however_often_it_runs(site: Site) -> None:
    site.choose(NURSE)
    site.write(NURSE, "A lesson")
    assert [site.send() for _run in range(3)] == [Counter(sent=1), Counter(before=1), Counter(before=1)]
    assert site.send(moment=NOON + timedelta(days=2)) == Counter(early=1)
    assert site.send(moment=NOON + timedelta(days=7)) == Counter(sent=1)
    assert len(site.mails()) == 2


def test_two_that_run_at_once_send_one(site: Site) -> None:
    site.choose(NURSE)
    site.choose(GP)
    site.write(NURSE, "A lesson")
    site.write(GP, "Another")
    ready, done = threading.Barrier(2), []

    def run() -> None:
        ready.wait()
        done.append(site.send())

    runs = [threading.Thread(target=run) for _number in range(2)]
    for one in runs:
        one.start()
    for one in runs:
        one.join()
    assert sum(done, Counter()) == Counter(sent=2, before=2)
    assert len(site.mails()) == 2


def test_killed_before_the_mail_left_it_is_not_sent_again(site: Site) -> None:
    site.choose(NURSE)
    site.write(NURSE, "A lesson")

    class Killed(BaseException):
        pass

    def die(_message) -> None:
        raise Killed

    with pytest.raises(Killed):
        Sender(site.world.database, site.world.host, site.settings, die).digests(NOON)
    assert site.states() == ["begun"]
    assert site.send() == Counter(before=1)
    assert site.mails() == []


def test_one_that_cannot_be_sent_stops_nobody_else(site: Site) -> None:
    for who in (NURSE, GP):
        site.choose(who)
        site.write(who, "A lesson")
    with site.world.database.write() as session:
        session.execute(update(Person).where(Person.email == NURSE).values(email="nurse@x\nBcc: all@example.org"))
    assert site.send() == Counter(sent=1, failed=1)
    assert [mail["To"] for mail in site.mails()] == [GP]


def test_nobody_is_mailed_who_did_not_ask_has_nothing_or_has_left(site: Site) -> None:
    site.write("manager@manor.example", "A lesson")
    assert site.send() == Counter()
    site.choose("gp@outside.example")
    assert site.send() == Counter(nothing=1)
    site.choose(NURSE)
    site.write(NURSE, "A lesson")
    nurse = site.world.actor(NURSE, "manor")
    with site.world.database.write() as session:
        service.leave(session, nurse.person_id, nurse.practice.id)
    assert site.send() == Counter(nothing=1)
    assert site.mails() == []


def test_who_works_in_two_practices_reads_a_title_once_and_who_left_one_is_led_to_pages_that_are_there(
    site: Site,
) -> None:
    nurse, tomorrow = site.world.actor(NURSE, "manor"), NOON.date() + timedelta(days=1)
    with site.world.database.write() as session:
        other = site.world.actor("gp@mckenzie.example", "mckenzie").practice.id
        service.join(session, session.get(Person, nurse.person_id), other, "nurse", ())
    site.choose(NURSE, replace(THURSDAY, mail_titles=True))
    lesson = Draft("core.note", "A lesson for all", {"text": "A lesson"}, site.world.cluster)
    site.world.service.save(site.world.actor(GP, "manor"), lesson)
    site.write(NURSE, "Mine", promise=Promise("Print it", tomorrow))
    assert site.send() == Counter(sent=1)
    (digest,) = site.mails()
    assert parts(digest)[0].count("A lesson for all") == 1
    assert "/manor/actions/" in parts(digest)[0]
    with site.world.database.write() as session:
        service.leave(session, nurse.person_id, nurse.practice.id)
    assert site.send("reminders") == Counter(sent=1)
    (reminder,) = (mail for mail in site.mails() if mail["Subject"] != digest["Subject"])
    assert "Print it" in parts(reminder)[0]
    assert "https://layers.example/me\n" in parts(reminder)[0]
    assert "/actions/" not in parts(reminder)[0]


def test_a_reminder_on_the_day_before_and_again_where_the_day_was_moved(site: Site) -> None:
    site.choose(NURSE)
    tomorrow = NOON.date() + timedelta(days=1)
    site.write(NURSE, "A lesson", promise=Promise("Print it", tomorrow))
    assert site.send("reminders", NOON - timedelta(days=1)) == Counter(nothing=1)
    assert [site.send("reminders") for _run in range(2)] == [Counter(sent=1), Counter(before=1)]
    nurse = site.world.actor(NURSE, "manor")
    with site.world.database.read() as session:
        from layers_core.artefacts import reading

        (action,) = reading.due(session, nurse)
    moved = tomorrow + timedelta(days=3)
    site.world.service.move_action(nurse, action.id, moved, "Later", GuardAnswer())
    assert site.send("reminders", NOON + timedelta(days=3)) == Counter(sent=1)
    site.world.service.close_action(nurse, action.id, "adopt", "Done", GuardAnswer())
    assert {mail["Subject"] for mail in site.mails()} == {"1 promise is due tomorrow"}
    assert all("Print it" not in parts(mail)[0] for mail in site.mails())


def test_one_press_of_a_mail_program_stops_it(site: Site) -> None:
    site.choose(NURSE)
    site.write(NURSE, "A lesson")
    site.send()
    mail = site.mails()[0]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Auto-Submitted"] == "auto-generated"
    token = urlsplit(mail["List-Unsubscribe"].strip("<>")).path.removeprefix("/stop-mail/")
    person_id, kind = stopping.read(KEY, token)
    assert kind == "digest"
    assert stopping.read("another key that is long enough too", token) is None
    assert stopping.read(KEY, token[:-1]) is None
    with site.world.database.write() as session:
        stopping.stop(session, person_id, kind, NOON)
    assert site.send(moment=NOON + timedelta(days=7)) == Counter()
    with site.world.database.read() as session:
        assert slots.of(session, person_id).reminders, "only this kind of mail stops"


class Refusing:
    """A mail server that takes nobody's mail."""

    async def handle_RCPT(self, *_asked: object) -> str:  # noqa: N802 - aiosmtpd's name
        return "550 no such mailbox"


def test_by_smtp(site: Site, tmp_path: Path) -> None:
    site.choose(NURSE)
    site.write(NURSE, "A lesson")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def send(handler: object, weeks: int = 0) -> Counter:
        server = Controller(handler, hostname="127.0.0.1", port=port) if handler else None
        if server:
            server.start()
        try:
            return site.send(moment=NOON + timedelta(weeks=weeks), settings=with_url(site, f"smtp://127.0.0.1:{port}"))
        finally:
            if server:
                server.stop()

    box = Mailbox(str(tmp_path / "received"))
    assert send(box) == Counter(sent=1)
    assert [mail["To"] for mail in mailbox.Maildir(tmp_path / "received")] == [NURSE]
    assert send(None, weeks=1) == Counter(failed=1)
    assert send(box, weeks=1) == Counter(sent=1), "nothing was handed over where nobody answered"
    assert send(Refusing(), weeks=2) == Counter(failed=1)
    assert send(box, weeks=2) == Counter(before=1), "what was refused is not tried again"
    assert site.states() == ["failed", "sent", "sent"]


def with_url(site: Site, url: str) -> Settings:
    return replace(site.settings, smtp_url=url)


@pytest.mark.parametrize("url", ["", "http://example.org", "smtp://", "maildir://", "smtp://host:no", "smtp://[::1"])
def test_settings_that_lead_nowhere_are_refused(site: Site, url: str) -> None:
    with pytest.raises(SettingsError, match="LAYERS_SMTP_URL"), post.opened(with_url(site, url)):
        pass


def test_the_command_says_what_it_did(site: Site) -> None:
    site.choose(NURSE)
    context = CliContext(site.settings, database=site.world.database, host=site.world.host)
    done = CliRunner().invoke(main, ["send", "reminders"], obj=context)
    assert done.output == "Sent 0, nothing to say 1, not yet 0, sent before 0, failed 0\n"
    assert done.exit_code == 0


def test_erasing_somebody_takes_their_slot_and_their_mails(site: Site) -> None:
    site.choose(NURSE)
    site.write(NURSE, "A lesson")
    site.send()
    erase_person(site.world.database, site.world.host, site.world.actor(NURSE, "manor").person_id)
    with site.world.database.read() as session:
        assert session.scalars(select(Slot)).all() == []
    assert site.states() == []
