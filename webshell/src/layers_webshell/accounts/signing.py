"""The session side of signing in and out, and where to go afterwards."""

from __future__ import annotations

import time
from typing import cast
from uuid import UUID

from flask import Response, current_app, g, redirect, session
from flask_security.utils import login_user, logout_user
from sqlalchemy import select
from sqlalchemy.orm import Session

from layers_core.db.session import Database
from layers_core.practices import access
from layers_core.practices.models import Person
from layers_core.usage.models import StudyEvaluator
from layers_core.web import RequestContext
from layers_webshell.accounts import identity, service
from layers_webshell.accounts.identity import DEVICE, OWN, SEEN


def sign_in(account_id: UUID, *, own_device: bool, target: str | None = None) -> Response:
    """Sign an account in on this device, with a new session, and go to `target` or where the person belongs."""
    database = cast("Database", current_app.extensions["layers_database"])
    _end_present(database)
    device = service.start(database, account_id, own_device=own_device)
    # A reader of its own: the request's may have begun before the account was made.
    with database.read() as reader:
        person = identity.of_account(reader, account_id)
        target = target or destination(reader, person.person_id)
    login_user(person, authn_via=["password"])
    session.permanent = own_device
    session.update({DEVICE: device, SEEN: int(time.time()), OWN: own_device})
    return cast("Response", redirect(target, 303))


def sign_out() -> None:
    """Sign this device out and forget its session."""
    _end_present(cast("Database", current_app.extensions["layers_database"]))


def destination(reader: Session, person_id: UUID) -> str:
    """Where somebody goes after signing in: their only practice, else the page of their role, else "Your things"."""
    found = access.practices_of(reader, person_id)
    if len(found) == 1:
        return f"/{found[0].slug}/"
    if not found:
        if reader.scalar(select(Person.is_operator).where(Person.id == person_id)):
            return "/operator"
        if reader.scalar(select(StudyEvaluator.study_id).where(StudyEvaluator.person_id == person_id).limit(1)):
            return "/evaluation"
    return "/me"


def _end_present(database: Database) -> None:
    device = session.get(DEVICE)
    if device:
        service.end(database, device)
        logout_user()
    # Whatever a session held before somebody signed in or out belongs to nobody.
    session.clear()
    g.pop("csrf_token", None)
    context = cast("RequestContext | None", g.get("layers"))
    if context is not None:
        context.person = None
