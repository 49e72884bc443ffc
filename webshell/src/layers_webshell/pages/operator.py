"""What whoever runs the installation sees: plugins, faults, times, database, versions. No content and no people."""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from flask import Blueprint, current_app, render_template
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from layers_core.db.engine import may_lose
from layers_core.host.faults import trace_without_values, type_name
from layers_core.host.loader import Host, migration_rooms
from layers_core.i18n import LazyString
from layers_core.i18n import gettext as _
from layers_core.i18n import lazy_gettext as _l
from layers_core.practices.models import Practice
from layers_core.web import current, policy

if TYPE_CHECKING:
    from layers_core.db.migrate import MigrationProblem

pages = Blueprint("operator", __name__)

DISTRIBUTIONS = ("layers-core", "layers-webshell", "flask", "sqlalchemy", "alembic")
FAULTS_SHOWN = 20
TIMINGS_SHOWN = 30
PRACTICES_SHOWN = 200

STATES: Mapping[str, tuple[LazyString, str]] = {
    "healthy": (_l("Healthy"), "green"),
    "suspended": (_l("Page parts suspended"), "orange"),
    "quarantined": (_l("Kept out: faulty"), "red"),
    "disabled": (_l("Left out"), "grey"),
}
"""The state of an installed plugin, in words and as the colour of its tag."""

SERVER_VERSIONS = {"sqlite": "SELECT sqlite_version()", "postgresql": "SHOW server_version"}


@dataclass(frozen=True)
class PluginLine:
    """One installed plugin: its state here, why, and where in its code."""

    slug: str
    name: str
    version: str
    state: str
    faults: int
    reason: str = ""
    trace: str = ""


@pages.get("/operator")
@policy("operator")
def index() -> str:
    """How the installation is. Faults and times are those of the process that answers."""
    session, host = current.session, current.host
    faults = host.doors.faults.recent
    practices, known = _practices(session)
    problems, unchecked = _migrations(host)
    return render_template(
        "layers/pages/operator.html",
        plugins=_plugins(host),
        states=STATES,
        faults=faults[: -FAULTS_SHOWN - 1 : -1],
        more_faults=max(0, len(faults) - FAULTS_SHOWN),
        timings=host.doors.timings()[:TIMINGS_SHOWN],
        database=_database(session),
        may_lose=may_lose(session.connection()),
        problems=problems,
        unchecked=unchecked,
        versions=_versions(),
        demo=current_app.extensions["layers_settings"].demo,
        practices=practices,
        known=known,
    )


def _plugins(host: Host) -> list[PluginLine]:
    """Every installed plugin by slug."""
    faults = Counter(fault.slug for fault in host.doors.faults.recent)
    suspended = host.suspended()
    lines = [
        PluginLine(
            slug,
            str(plugin.meta.name),
            plugin.meta.version,
            "suspended" if slug in suspended else "healthy",
            faults[slug],
            _("It failed three times in a row. Restart the process to try it again.") if slug in suspended else "",
        )
        for slug, plugin in host.plugins.items()
    ]
    lines += [
        PluginLine(item.slug, item.name, "", "quarantined", faults[item.slug], item.reason, item.trace)
        for item in host.quarantined
    ]
    lines += [
        PluginLine(slug, slug, "", "disabled", 0, _("The setting LAYERS_DISABLE names it.")) for slug in host.disabled
    ]
    return sorted(lines, key=lambda line: line.slug)


def _database(session: Session) -> str:
    """Kind and version of the database."""
    dialect = session.get_bind().dialect.name
    return f"{dialect} {session.scalar(text(SERVER_VERSIONS[dialect]))}"


def _migrations(host: Host) -> tuple[list[MigrationProblem], str]:
    """What is wrong with the tables of each distribution; and where that can't be found out, the type of the fault."""
    # Alembic is for this page alone: 8 MB of every worker.
    from layers_core.db import migrate

    try:
        return migrate.check(current.artefacts.database.engine, migration_rooms(host)), ""
    except Exception as error:
        current_app.logger.error("The migrations could not be checked\n%s", trace_without_values(error))
        return [], type_name(error)


@lru_cache(maxsize=1)
def _versions() -> list[tuple[str, str]]:
    """What is installed here."""
    found = [("Python", platform.python_version())]
    for name in DISTRIBUTIONS:
        try:
            found.append((name, version(name)))
        except PackageNotFoundError:
            found.append((name, "–"))
    return found


def _practices(session: Session) -> tuple[list[tuple[str, str]], int]:
    """The first practices by name, as (name, code), and how many there are."""
    rows = session.execute(select(Practice.name, Practice.code).order_by(Practice.name).limit(PRACTICES_SHOWN))
    return [(row.name, row.code) for row in rows], session.scalar(select(func.count()).select_from(Practice)) or 0
