"""The other addresses from which somebody may send themselves notes."""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import delete

from layers_core.artefacts.errors import DraftRefused
from layers_core.artefacts.service import ArtefactService
from layers_core.contract import Actor, Problem
from layers_core.db.base import put_once
from layers_core.i18n import gettext as _
from layers_core.practices.service import normalise_email
from layers_reflect.mail.models import MailSender

MOST = 5
FIELD = "senders"


def addresses_in(text: str, domain: str) -> list[str]:
    """The addresses of a text, one a line, as they are compared; each once.

    `domain` is that of the secret addresses: what comes from one of those is a loop. Raises DraftRefused with what to
    mend.
    """
    found, problems = [], []
    for line in dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()):
        try:
            address = normalise_email(validate_email(line, check_deliverability=False).normalized)
        except EmailNotValidError:
            words = _(
                "“%(line)s” is no e-mail address. Write one on each line, like name@example.nhs.uk", line=line[:80]
            )
            problems.append(Problem(words, FIELD))
            continue
        if domain and address.endswith(f"@{domain.casefold()}"):
            problems.append(Problem(_("Secret addresses of this program cannot be senders"), FIELD))
        found.append(address)
    if len(found) > MOST:
        problems.append(Problem(_("Name %(most)s addresses at most", most=MOST), FIELD))
    if problems:
        raise DraftRefused(problems)
    return list(dict.fromkeys(found))


def allow(service: ArtefactService, actor: Actor, addresses: list[str]) -> None:
    """Let these be the actor's other addresses, in place of those before. The same twice is the same."""
    with service.unit(actor) as unit:
        unit.session.execute(delete(MailSender).where(MailSender.person_id == actor.person_id))
        for address in addresses:
            put_once(unit.session, MailSender, person_id=actor.person_id, email=address, added_at=unit.moment)
