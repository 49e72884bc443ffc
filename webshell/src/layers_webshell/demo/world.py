"""The demo's world: three invented practices, their people, a pilot study, and a few weeks of work.

It is made through the same services as everything else. What it holds is data (`data/world.json`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from layers_core.artefacts.service import ArtefactService
from layers_core.contract import Actor
from layers_core.db.base import now
from layers_core.db.session import Database
from layers_core.host.loader import Host
from layers_core.practices import access
from layers_core.practices import service as practices
from layers_core.practices.models import Cluster, Person, Practice, PublicLink
from layers_core.usage import consent, studies
from layers_core.usage.models import Study
from layers_core.vocabulary import vocabulary
from layers_webshell.accounts import service as accounts
from layers_webshell.accounts.demo_links import DemoLinks
from layers_webshell.accounts.models import Account
from layers_webshell.demo import deciding, telling, year

PACKAGE = "layers_webshell.demo"
ROLES = ("gp", "nurse", "receptionist", "manager", "lead", "evaluator", "operator", "neighbour")
"""Who can sign in by a link of the demo."""
PATIENT_PLUGIN = "patient_input"


class Unfinished(RuntimeError):
    """The making of a demo was interrupted."""


@dataclass(frozen=True)
class DemoWorld:
    """The keys of what a demo holds.

    `practices` and `slugs` are by "home", "neighbour" and "outside", `people` by role, `things` by the names in the
    data. `public_form` is the token of the home practice's form for patients, "" where no plugin offers one.
    """

    practices: Mapping[str, UUID]
    slugs: Mapping[str, str]
    people: Mapping[str, UUID]
    cluster: UUID
    study: str
    public_form: str
    things: Mapping[str, UUID]

    def actor(self, database: Database, host: Host, role: str) -> Actor:
        """The actor that somebody of the demo is in their practice now. Raises LookupError for roles without one."""
        place = data()["people"][role]["practice"]
        if place is None:
            raise LookupError(f"The {role} belongs to no practice")
        with database.read() as session:
            found = access.find_actor(session, host, self.people[role], self.slugs[place])
        if found is None:
            raise LookupError(f"The {role} is no member of {self.slugs[place]} any more")
        return found


def data() -> dict[str, Any]:
    """What the world consists of."""
    return vocabulary("world", PACKAGE)


def build(database: Database, host: Host, service: ArtefactService) -> DemoWorld:
    """Make the world in a database that has its tables and none of the demo yet; gives the keys."""
    with database.write() as session:
        _found(session)
    world = _keys(database)
    deciding.decide(world, database, host, service, data()["decisions"])
    things = telling.tell(world, database, host, service, data())
    year.tell(world, database, host, service, vocabulary("year", PACKAGE))
    # The study comes last: where it is, the demo is whole.
    with database.write() as session:
        _evaluate(session, world)
    return replace(_keys(database), things=things)


def find(database: Database) -> DemoWorld | None:
    """The world that a database holds, without its things; None where there is none. Raises Unfinished."""
    with database.read() as session:
        begun = session.scalar(select(Practice.id).where(Practice.code == data()["practices"]["home"]["code"]))
        whole = session.scalar(select(Study.id).where(Study.slug == data()["study"]["slug"]))
    if begun is None:
        return None
    if whole is None:
        raise Unfinished("The making of the demo was interrupted.")
    return _keys(database)


def addresses(database: Database, links: DemoLinks) -> Mapping[str, str]:
    """For each role the path that signs in once, for "patient" that of the public form."""
    world = _keys(database)
    with database.read() as session:
        rows = session.execute(select(Account.person_id, Account.id))
        account_of = dict(rows.all())
    found = {role: links.issue(account_of[world.people[role]]) for role in ROLES}
    if world.public_form:
        found["patient"] = f"/f/{world.public_form}"
    return found


def _found(session: Session) -> None:
    """Make the practices, their network and their people, who can sign in by link only."""
    made: dict[str, Practice] = {}
    cluster = practices.create_cluster(session, **data()["cluster"])
    for key, entry in data()["practices"].items():
        details = {name: entry[name] for name in ("slug", "telephone", "postcode")}
        made[key] = practices.create_practice(session, entry["code"], entry["name"], **details)
        made[key].languages = entry["languages"]
        if entry["in_cluster"]:
            practices.add_to_cluster(session, cluster, made[key], (now() - timedelta(days=365)).date())
    for role, entry in data()["people"].items():
        person = practices.ensure_person(session, entry["name"], entry["email"])
        person.is_operator = role == "operator"
        if entry["practice"]:
            practices.join(session, person, made[entry["practice"]].id, entry["profession"], entry["roles"])
        accounts.make_account(session, person.id)


def _evaluate(session: Session, world: DemoWorld) -> None:
    """Start the pilot study, and let the staff take part from its first day on."""
    entry = data()["study"]
    began = now() - timedelta(days=entry["days_ago"])
    study = studies.create(session, entry["slug"], entry["title"], entry["approval"], began.date())
    for place in entry["practices"]:
        studies.add_practice(session, study, world.practices[place])
    studies.add_evaluator(session, study, world.people["evaluator"])
    for role in entry["consents"]:
        consent.give(session, world.people[role], began)


def _keys(database: Database) -> DemoWorld:
    entries = data()
    with database.read() as session:
        by_code = dict(session.execute(select(Practice.code, Practice.id)).all())
        by_email = dict(session.execute(select(Person.email, Person.id)).all())
        cluster = session.scalars(select(Cluster.id).where(Cluster.code == entries["cluster"]["code"])).one()
        home = by_code[entries["practices"]["home"]["code"]]
        form = session.scalar(
            select(PublicLink.token)
            .where(
                PublicLink.practice_id == home,
                PublicLink.plugin == PATIENT_PLUGIN,
                PublicLink.method == "online",
                PublicLink.withdrawn_at.is_(None),
            )
            .order_by(PublicLink.created_at.desc())
        )
    return DemoWorld(
        practices={key: by_code[entry["code"]] for key, entry in entries["practices"].items()},
        slugs={key: entry["slug"] for key, entry in entries["practices"].items()},
        people={role: by_email[entry["email"]] for role, entry in entries["people"].items()},
        cluster=cluster,
        study=entries["study"]["slug"],
        public_form=form or "",
        things={},
    )
