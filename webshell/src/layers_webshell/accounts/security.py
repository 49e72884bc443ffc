"""Flask-Security, set up for what we take from it: passwords and the session of a sign-in. Its views stay out.

Its own pages keep no server-side record of a sign-in, carry inline scripts, and know neither practices nor a shared PC,
so the views of this room stand in their place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from flask import Flask, current_app, g
from flask_security import RoleMixin, Security, SQLAlchemySessionUserDatastore, UserMixin
from flask_security.utils import hash_password, verify_password
from sqlalchemy.orm import scoped_session, sessionmaker

from layers_core.db.session import Database
from layers_core.i18n import gettext as _
from layers_webshell.accounts.models import Account

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 128
FEWEST_DIFFERENT = 5


@dataclass
class SignedIn(UserMixin):
    """Who is signed in, as Flask-Login and Flask-Security meet them."""

    account_id: UUID
    person_id: UUID
    fs_uniquifier: str
    name: str
    email: str
    is_operator: bool
    language: str
    active: bool = True


class _NoRoles(RoleMixin):
    """Flask-Security wants a class of roles. Roles here belong to memberships, in the core."""


def install(app: Flask, database: Database) -> None:
    """Set Flask-Security up on the instance's own engine. Nothing of it runs in a request that needs no account."""
    app.config.update(
        SECURITY_PASSWORD_HASH="argon2",  # nosec B106 - the name of a scheme
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_DEPRECATED_PASSWORD_SCHEMES=[],
        # argon2id has a salt of its own; the extra HMAC would tie every password to the secret key.
        SECURITY_PASSWORD_SINGLE_HASH=["argon2"],
        SECURITY_PASSWORD_LENGTH_MIN=SHORTEST_PASSWORD,
        SECURITY_TRACKABLE=False,
        SECURITY_DEFAULT_REMEMBER_ME=False,
        # Bound to the device's address and browser, a session would end each time a phone changes its network.
        SESSION_PROTECTION=None,
    )
    session = scoped_session(sessionmaker(database.engine))
    # An account needs no more than the columns that Flask-Security looks for.
    datastore = SQLAlchemySessionUserDatastore(session, cast("type[UserMixin]", Account), _NoRoles)
    security = Security(app, datastore, register_blueprint=False)
    # The gate finds out who is signed in; what asks Flask-Login afterwards is told the same, without another query.
    security.login_manager.user_loader(lambda _uniquifier: g.get("layers_signed_in"))
    security.login_manager.request_loader(None)
    # Flask-Principal would ask at the start of every request, public pages included.
    security.principal.identity_loaders.clear()
    app.teardown_appcontext(lambda _error: session.remove())


def hashed(password: str) -> str:
    """The argon2id hash of a password."""
    return hash_password(_normalised(password))


def matches(password: str, password_hash: str | None) -> bool:
    """Whether a password fits a hash. It takes as long where there is no hash, and then is never right."""
    given = _normalised(password)[:LONGEST_PASSWORD]
    if password_hash is None:
        verify_password(given, _hash_of_nobody())
        return False
    return bool(verify_password(given, password_hash))


def password_problems(password: str, email: str) -> list[str]:
    """Why a new password can't be taken, in words that say what to do; empty where it can (NIST SP 800-63B: length)."""
    normal = _normalised(password)
    problems = []
    if len(normal) < SHORTEST_PASSWORD:
        advice = _(
            "Use at least %(number)s characters. Three words that mean something to you do well",
            number=SHORTEST_PASSWORD,
        )
        problems.append(advice)
    if len(normal) > LONGEST_PASSWORD:
        problems.append(_("Use at most %(number)s characters", number=LONGEST_PASSWORD))
    if normal.casefold() == email or len(set(normal)) < FEWEST_DIFFERENT:
        problems.append(_("Choose a password that is harder to guess"))
    return problems


def _normalised(password: str) -> str:
    return cast("str", _extension().password_util.normalize(password))


def _extension() -> Any:
    return current_app.extensions["security"]


def _hash_of_nobody() -> str:
    extensions = current_app.extensions
    if "layers_password_of_nobody" not in extensions:
        extensions["layers_password_of_nobody"] = hash_password("nobody has this one")
    return cast("str", extensions["layers_password_of_nobody"])
