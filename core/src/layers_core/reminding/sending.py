"""Sending what is due: each mail at most once, however often and in how many processes this runs.

The row that says "begun" is committed before the mail is handed over. Whoever is killed in between leaves a mail that
was perhaps not sent, and never one that was sent twice. Only where no server was reached is the row taken back.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, delete, select, update

from layers_core.artefacts import mine
from layers_core.artefacts.mine import MyAction
from layers_core.db.base import now, put_once
from layers_core.i18n import format_datetime, ngettext
from layers_core.i18n import gettext as _
from layers_core.practices.models import Membership, Person
from layers_core.reminding import digest, slots
from layers_core.reminding.letters import Line, Section, letter
from layers_core.reminding.models import Sending, Slot
from layers_core.reminding.post import Post, Unreachable
from layers_core.reminding.slots import SlotView
from layers_core.reminding.stopping import Kind
from layers_core.settings import Settings

if TYPE_CHECKING:
    from layers_core.db.session import Database
    from layers_core.host.loader import Host

log = logging.getLogger("layers.mail")

Outcome = Literal["sent", "nothing", "early", "before", "failed"]
"""Sent now; nothing to say; its time has not come; sent, or begun, before; not taken by the server."""


class Sender:
    """Sends to everybody who wants it; what goes wrong with one person's mail stops nobody else's."""

    def __init__(self, database: Database, host: Host, settings: Settings, post: Post) -> None:
        self._database, self._host, self._settings, self._post = database, host, settings, post

    def digests(self, moment: datetime) -> Counter[Outcome]:
        """Send the weekly mail to everybody whose time of the week begins within a day."""
        return self._each(Slot.digest & Slot.weekday.is_not(None), self._digest, moment)

    def reminders(self, moment: datetime) -> Counter[Outcome]:
        """Send a mail to everybody who promised something by tomorrow."""
        return self._each(Slot.reminders, self._reminder, moment)

    def at_once(self, person_id: UUID, key: str, line: Line) -> Outcome:
        """Send one line now to somebody who asked to be reminded; a mail of the same key goes once.

        The line is the subject too, so it names no content and nobody.
        """
        member = select(Membership.id).where(Membership.person_id == Slot.person_id, Membership.left_at.is_(None))
        wants = (Slot.person_id == person_id) & Slot.reminders & member.exists()
        with self._database.read() as session:
            email = session.scalar(select(Person.email).join(Slot, Slot.person_id == Person.id).where(wants))
        if email is None:
            return "nothing"
        parts = [Section(_("Waiting for you"), [line])]
        message = letter(self._settings, person_id, email, "reminder", line.text, parts)
        return self._send(person_id, "reminder", [key], lambda _claimed: message)

    def _each(
        self,
        wanted: ColumnElement[bool] | Any,
        work: Callable[[UUID, str, SlotView, datetime], Outcome],
        moment: datetime,
    ) -> Counter[Outcome]:
        """Do it for everybody who wants it and belongs to a practice."""
        member = select(Membership.id).where(Membership.person_id == Slot.person_id, Membership.left_at.is_(None))
        asked = select(Slot, Person.email).join(Person, Person.id == Slot.person_id).where(wanted, member.exists())
        with self._database.read() as session:
            people = [(row.Slot.person_id, row.email, slots.view(row.Slot)) for row in session.execute(asked)]
        done: Counter[Outcome] = Counter()
        for person_id, email, slot in people:
            try:
                done[work(person_id, email, slot, moment)] += 1
            except Exception as fault:
                # By its type and the person's key: neither an address nor anybody's words belong into a log.
                log.error("A mail to %s could not be written: %s", person_id, type(fault).__name__)
                done["failed"] += 1
        return done

    def _digest(self, person_id: UUID, email: str, slot: SlotView, moment: datetime) -> Outcome:
        start = slots.next_start(slot, moment)
        if start is None or start - moment > timedelta(hours=slots.rules()["hours_ahead"]):
            return "early"
        week = slots.week_of(slot, start)
        if self._begun(person_id, "digest", [week]):
            return "before"
        with self._database.read() as session:
            parts = digest.sections(session, self._host, person_id, slot, moment, self._settings.base_url)
        if not parts:
            return "nothing"
        subject = _("Your time for what you learnt: %(moment)s", moment=format_datetime(start, slot.time_zone))
        message = letter(self._settings, person_id, email, "digest", subject, parts)
        return self._send(person_id, "digest", [week], lambda _claimed: message)

    def _reminder(self, person_id: UUID, email: str, slot: SlotView, moment: datetime) -> Outcome:
        tomorrow = moment.astimezone(ZoneInfo(slot.time_zone)).date() + timedelta(days=1)
        with self._database.read() as session:
            promised = mine.actions(session, person_id, only_open=True)
        due = {_key(item): item for item in promised if item.due_on == tomorrow}
        if not due:
            return "nothing"
        begun = self._begun(person_id, "reminder", list(due))
        if begun >= due.keys():
            return "before"
        base_url = self._settings.base_url

        def write(claimed: Sequence[str]) -> EmailMessage:
            count = len(claimed)
            subject = ngettext("%(num)s promise is due tomorrow", "%(num)s promises are due tomorrow", count)
            lines = [Line(subject, f"{base_url}/me")]
            if slot.mail_titles:
                today = tomorrow - timedelta(days=1)
                lines = [digest.promise_line(due[key], today, base_url) for key in claimed]
            parts = [Section(_("What you promised"), lines)]
            return letter(self._settings, person_id, email, "reminder", subject, parts)

        return self._send(person_id, "reminder", [key for key in due if key not in begun], write)

    def _begun(self, person_id: UUID, kind: Kind, keys: Sequence[str]) -> set[str]:
        with self._database.read() as session:
            found = session.scalars(
                select(Sending.key).where(
                    Sending.person_id == person_id, Sending.kind == kind, Sending.key.in_(list(keys))
                )
            )
            return set(found)

    def _send(
        self, person_id: UUID, kind: Kind, keys: Sequence[str], write: Callable[[Sequence[str]], EmailMessage]
    ) -> Outcome:
        """Claim the keys, hand over the mail about those that were free, and note what came of it."""
        claimed = self._claim(person_id, kind, keys)
        if not claimed:
            return "before"
        begun = (Sending.person_id == person_id) & (Sending.kind == kind) & Sending.key.in_(list(claimed))
        outcome: Literal["sent", "failed"] = "sent"
        try:
            self._post(write(claimed))
        except Unreachable as fault:
            log.error("A mail to %s waits for the next run: %s", person_id, fault)
            with self._database.write() as session:
                session.execute(delete(Sending).where(begun))
            return "failed"
        except (OSError, ValueError) as fault:
            log.error("A mail to %s was not taken: %s", person_id, type(fault).__name__)
            outcome = "failed"
        with self._database.write() as session:
            session.execute(update(Sending).where(begun).values(state=outcome))
        return outcome

    def _claim(self, person_id: UUID, kind: Kind, keys: Sequence[str]) -> list[str]:
        """Write that mails are begun; gives the keys that were free: of two processes one gets each."""
        row = {"person_id": person_id, "kind": kind, "state": "begun", "begun_at": now()}
        with self._database.write() as session:
            return [key for key in keys if put_once(session, Sending, **row, key=key)]


def _key(item: MyAction) -> str:
    """A promise with its day: a promise that is moved is reminded of again."""
    return f"{item.id}:{item.due_on}"
