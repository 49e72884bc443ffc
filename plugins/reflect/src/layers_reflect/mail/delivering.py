"""Bringing a message to whom it is for: kept as a private note, refused with a reason, or left for later.

Saving comes first and everything else after it; the message's own key makes a repeat harmless, so that a process that
ends at any point neither loses a message nor keeps it twice.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from sqlalchemy.exc import InterfaceError, OperationalError

from layers_core.artefacts.attachments import Prepared, Refused, limit, prepare
from layers_core.artefacts.errors import CheckFailed, DraftRefused, GuardStop, NotAllowed
from layers_core.artefacts.service import TITLE_LIMIT, ArtefactService, Saved
from layers_core.contract import Actor, Draft, GuardAnswer
from layers_core.db.base import now
from layers_core.db.errors import WriterBusy
from layers_core.host.faults import DoorFault
from layers_core.i18n import gettext as _
from layers_core.practices import access
from layers_reflect.kinds import NOTE
from layers_reflect.mail import quoting, reading, service
from layers_reflect.mail.head import Head, HeadTooLong, is_automatic, read_head
from layers_reflect.mail.letter import LIMIT, Letter, SentFile, Unusable, read_letter
from layers_reflect.mail.reading import Owner
from layers_reflect.mail.senders import is_confirmed
from layers_reflect.schemas import ANSWER_LIMIT
from layers_reflect.titles import title_from
from layers_reflect.writing import quick_body

AN_HOUR = 60
"""Notes by e-mail that one person may add in an hour; more wait for the next one."""
TEMPORARY = (OperationalError, InterfaceError, WriterBusy, CheckFailed, DoorFault, OSError)
"""Faults that pass; the message is worth another try."""

State = Literal["kept", "here", "refused", "unknown", "later"]
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outcome:
    """What became of a message: kept, here already, refused, for nobody here, or to be tried again later.

    `reason` is a code of `data/mail_refusals.json` where it was refused.
    """

    state: State
    reason: str = ""


class Delivery:
    """Brings messages to the people of one instance."""

    def __init__(self, artefacts: ArtefactService, domain: str, authserv_id: str = "") -> None:
        """Take the service that saves, the domain of the secret addresses, and the receiving server's name.

        With a name, a message counts as its sender's own only where that server confirmed it.
        """
        self._artefacts = artefacts
        self.domain = domain.casefold()
        self._authserv_id = authserv_id

    def token(self, address: str) -> str:
        """The first part of one of our addresses; empty for an address elsewhere."""
        local, _at, domain = address.strip().strip("<>").rpartition("@")
        return local.casefold() if domain.casefold() == self.domain else ""

    def is_known(self, address: str) -> bool:
        """Whether the address is somebody's now. Raises what the database raises."""
        return self._owner(self.token(address)) is not None

    def deliver(self, token: str, raw: bytes, *, bounce: bool = False) -> Outcome:
        """Bring one message to the owner of an address. `bounce` says that its return path was empty.

        Never raises for what a message holds.
        """
        return self._settled(token, raw, bounce=bounce, large=len(raw) >= LIMIT)

    def refuse_large(self, token: str, beginning: bytes) -> Outcome:
        """Refuse a message that is too large, of which only the beginning was read."""
        return self._settled(token, beginning, bounce=False, large=True)

    def _settled(self, token: str, raw: bytes, *, bounce: bool, large: bool) -> Outcome:
        try:
            owner = self._owner(token)
            if owner is None:
                return Outcome("unknown")
            try:
                head = read_head(raw)
            except HeadTooLong:
                return self._refused(owner, Head((), service.hash_of(raw[:4096].decode("latin-1"))), "too_complex")
            try:
                if large:
                    raise Unusable("too_large")
                return self._kept(owner, head, raw, bounce=bounce)
            except Unusable as why:
                return self._refused(owner, head, why.reason)
        except TEMPORARY as fault:
            # Its type alone: the message may hold what somebody wrote.
            _log.warning("A message waits for another try: %s", type(fault).__name__)
            return Outcome("later")

    def _owner(self, token: str) -> Owner | None:
        if not token:
            return None
        with self._artefacts.database.read() as session:
            return reading.owner_of(session, token)

    def _refused(self, owner: Owner, head: Head, reason: str) -> Outcome:
        service.list_refused(self._artefacts, owner.person_id, owner.practice_id, reason, head.subject, head.key)
        return Outcome("refused", reason)

    def _kept(self, owner: Owner, head: Head, raw: bytes, *, bounce: bool) -> Outcome:
        """Keep a message as a note. Raises Unusable with the reason for which it is refused."""
        if reason := is_automatic(head, self.domain, bounce=bounce):
            raise Unusable(reason)
        if not self._is_own(owner, head.sender):
            raise Unusable("forged")
        if self._authserv_id and not is_confirmed(head.all("authentication-results"), self._authserv_id, head.sender):
            raise Unusable("unproven")
        key = f"mail:{head.key}"
        if self._artefacts.repeat_of(str(owner.person_id), key):
            return Outcome("here")
        with self._artefacts.database.read() as session:
            if reading.came_since(session, owner.person_id, now() - timedelta(hours=1)) >= AN_HOUR:
                return Outcome("later")
            actor = access.find_actor(session, self._artefacts.host, owner.person_id, owner.practice_slug)
        if actor is None:
            return Outcome("unknown")
        saved = self._save(actor, _draft(head, read_letter(raw, owner.time_zone)), key)
        return Outcome("here" if saved.repeated else "kept")

    def _is_own(self, owner: Owner, sender: str) -> bool:
        """Whether a message comes from the address that the owner signs in with, or one that they allowed."""
        if sender == owner.email:
            return True
        with self._artefacts.database.read() as session:
            return sender in reading.senders(session, owner.person_id)

    def _save(self, actor: Actor, draft: Draft, key: str) -> Saved:
        """Save a note for its writer alone. The guard cannot ask them now: what it marked waits on the note's page."""
        try:
            try:
                return self._artefacts.save(actor, draft, key)
            except GuardStop as stop:
                marks = sum(len(item.spans) for item in stop.marked)
                came = service.CameByMail(marks, len(draft.attachments))
                marked = replace(draft, extras={service.CAME: came}, guard=GuardAnswer(stop.fingerprint))
                return self._artefacts.save(actor, marked, key)
        except NotAllowed as why:
            raise Unusable("switched_off") from why
        except DraftRefused as why:
            raise Unusable("not_saved") from why


def _draft(head: Head, letter: Letter) -> Draft:
    """The note that a message becomes: its subject is the title, its own words and meetings are the text.

    Raises Unusable where there is nothing to keep or too much.
    """
    subject = quoting.own_subject(head.subject)
    forwarded = quoting.is_forwarded(head.subject)
    own = quoting.own_words(letter.text, forwarded=forwarded)
    files, left_out = _files(letter.files)
    parts = ["\n".join(letter.meetings), own, *letter.forwarded]
    if not any(part.strip() for part in (subject, *parts)) and not files:
        raise Unusable("empty")
    if left_out:
        parts.append("\n".join([_("We did not keep:"), *(f"- {why}" for why in left_out)]))
    text = "\n\n".join(part for part in parts if part.strip()) or subject or files[0].name
    if len(text) > ANSWER_LIMIT:
        raise Unusable("too_long")
    return Draft(
        kind=NOTE,
        title=(subject or title_from(text))[:TITLE_LIMIT],
        body=quick_body(text),
        audience="me",
        extras={service.CAME: service.CameByMail(0, len(files))},
        attachments=files,
    )


def _files(sent: list[SentFile]) -> tuple[tuple[Prepared, ...], list[str]]:
    """The files that can be kept, and for each of the others its name and why it was not kept."""
    kept: list[Prepared] = []
    left_out: list[str] = []
    for number, file in enumerate(sent):
        if number >= limit("files_a_thing"):
            left_out.append(_("%(name)s: more than %(number)d files came", name=file.name[:120], number=number))
            continue
        try:
            kept.append(prepare(file.name, file.content))
        except Refused as why:
            left_out.append(str(why))
    return tuple(kept), left_out
