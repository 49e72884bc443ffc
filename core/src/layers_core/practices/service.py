"""Making practices, clusters and people, and who belongs where."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from layers_core.artefacts import audience
from layers_core.db.base import now
from layers_core.i18n import gettext as _
from layers_core.practices.models import Cluster, ClusterPractice, Membership, Person, Practice, PublicLink
from layers_core.vocabulary import vocabulary

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")


class Refused(ValueError):
    """What was asked can't be done; the message says what to do."""


def normalise_email(email: str) -> str:
    """An e-mail address as it is kept and compared: NFKC, no white space around, case folded.

    Without this, "admin " or a full-width letter could register beside an existing account.
    """
    return unicodedata.normalize("NFKC", email).strip().casefold()


def create_practice(session: Session, code: str, name: str, *, slug: str = "", **details: str) -> Practice:
    """A new practice. `slug`, the first part of its pages' addresses, is its code in lower case unless given.

    `details` are telephone, postcode and time_zone. Raises Refused for a reserved, malformed or taken slug or code.
    """
    code = code.strip().upper()
    slug = slug or code.lower()
    if slug in vocabulary("reserved_slugs") or not SLUG.fullmatch(slug):
        raise Refused(_("%(slug)s can't be a practice's address. Choose another one", slug=slug))
    taken = session.scalar(select(Practice.code).where((Practice.code == code) | (Practice.slug == slug)))
    if taken:
        raise Refused(_("There is a practice %(code)s already", code=taken))
    practice = Practice(code=code, slug=slug, name=name, **details)
    session.add(practice)
    session.flush()
    audience.ensure(session, "network")
    audience.ensure(session, "practice", practice.id)
    return practice


def create_cluster(session: Session, code: str, name: str, kind: str) -> Cluster:
    """A new cluster of a kind that the vocabulary holds. Raises Refused."""
    if kind not in vocabulary("cluster_kinds"):
        raise Refused(_("Choose one of these kinds: %(kinds)s", kinds=", ".join(vocabulary("cluster_kinds"))))
    cluster = Cluster(code=code.strip().upper(), name=name, kind=kind)
    session.add(cluster)
    session.flush()
    audience.ensure(session, "cluster", cluster.id)
    return cluster


def add_to_cluster(session: Session, cluster: Cluster, practice: Practice, since: date) -> None:
    """Let a practice belong to a cluster from a day on."""
    session.add(ClusterPractice(cluster_id=cluster.id, practice_id=practice.id, since=since))
    session.flush()


def ensure_person(session: Session, name: str, email: str) -> Person:
    """The person with this e-mail address; made where there is none."""
    email = normalise_email(email)
    person = session.scalar(select(Person).where(Person.email == email))
    if person is None:
        person = Person(name=name.strip(), email=email)
        session.add(person)
        session.flush()
        audience.ensure(session, "person", person.id)
    return person


def join(session: Session, person: Person, practice_id: UUID, profession: str, roles: Iterable[str]) -> Membership:
    """Make a person a member of a practice, or bring back one who had left. Raises Refused for unknown codes."""
    wanted = sorted({"member", *roles})
    if profession not in vocabulary("professions") or not set(wanted) <= set(vocabulary("roles")):
        raise Refused(_("Choose a profession and roles from the list"))
    membership = session.scalar(
        select(Membership).where(Membership.person_id == person.id, Membership.practice_id == practice_id)
    )
    if membership is None:
        membership = Membership(person_id=person.id, practice_id=practice_id, profession=profession, roles=wanted)
        session.add(membership)
    else:
        membership.profession, membership.roles, membership.left_at = profession, wanted, None
    session.flush()
    return membership


def leave(session: Session, person_id: UUID, practice_id: UUID, moment: datetime | None = None) -> None:
    """End a person's membership. What they wrote stays theirs at /me. Raises Refused where they are no member,
    or are the last manager."""
    membership = session.scalar(
        select(Membership).where(
            Membership.person_id == person_id, Membership.practice_id == practice_id, Membership.left_at.is_(None)
        )
    )
    if membership is None:
        raise Refused(_("This person does not belong to the practice"))
    others = session.scalars(
        select(Membership).where(
            Membership.practice_id == practice_id, Membership.left_at.is_(None), Membership.person_id != person_id
        )
    )
    if "manager" in membership.roles and not any("manager" in other.roles for other in others):
        raise Refused(_("This is the only manager. Make somebody else a manager first"))
    membership.left_at = moment or now()
    session.flush()


def ensure_public_link(
    session: Session, practice_id: UUID, plugin: str, form: str, method: str = "online"
) -> PublicLink:
    """The practice's working link to a public form; made where there is none."""
    link = session.scalar(
        select(PublicLink)
        .where(
            PublicLink.practice_id == practice_id,
            PublicLink.plugin == plugin,
            PublicLink.form == form,
            PublicLink.method == method,
            PublicLink.withdrawn_at.is_(None),
            (PublicLink.expires_at.is_(None)) | (PublicLink.expires_at > now()),
        )
        .order_by(PublicLink.created_at.desc())
    )
    if link is None:
        # 16 bytes: 128 bits that nobody can guess, and still short enough for a small QR code.
        link = PublicLink(
            token=secrets.token_urlsafe(16), practice_id=practice_id, plugin=plugin, form=form, method=method
        )
        session.add(link)
        session.flush()
    return link


def find_person(session: Session, email: str) -> Person | None:
    """The person with this e-mail address, or None."""
    return session.scalar(select(Person).where(Person.email == normalise_email(email)))
