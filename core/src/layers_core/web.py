"""What a plugin's views may use. It needs Flask; the web shell fills it for each request.

A plugin imports nothing from the shell: it reads `current`, declares a `policy` for each route, reads submitted fields
with `submitted()` and renders its templates, which extend `layers/page.html` by name.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from ipaddress import IPv4Address, IPv6Network, ip_address
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast
from uuid import UUID

from flask import current_app, g, request
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.datastructures import MultiDict

from layers_core.contract import Actor, GuardAnswer, PracticeView, Problem, Promise
from layers_core.i18n import gettext as _

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from layers_core.artefacts.service import ArtefactService
    from layers_core.host.loader import Host
    from layers_core.privacy.wording import Wording
    from layers_core.settings import Settings

GUARD_USE = "guard_use"
"""The name of the buttons of `guard_box` that put safer words in; the value is "field:start:end:number"."""
YEARS = range(1900, 2200)
"""The years that somebody can mean in a form."""
MOST_DIGITS = 9
"""A number with more digits fits no column."""

View = TypeVar("View", bound=Callable[..., Any])
Level = Literal["public", "signed_in", "member", "evaluator", "operator"]


@dataclass(frozen=True)
class Policy:
    """Who may call a route: a level, and for practice pages a permission besides membership."""

    level: Level
    permission: str = ""


def policy(level: Level, permission: str = "") -> Callable[[View], View]:
    """Declare who may call a view. A route without a policy is refused when the app starts."""

    def declare(view: View) -> View:
        view.__layers_policy__ = Policy(level, permission)  # type: ignore[attr-defined]
        return view

    return declare


def takes_files(view: View) -> View:
    """Declare that a view takes files: only then may a request be as large as those are."""
    view.__layers_takes_files__ = True  # type: ignore[attr-defined]
    return view


@dataclass(frozen=True)
class PersonView:
    """Who is signed in, on pages inside and outside a practice."""

    id: UUID
    name: str
    email: str
    is_operator: bool


@dataclass
class RequestContext:
    """What the shell knows about the present request. The read session is opened when it is first used."""

    open_session: Callable[[], Session]
    artefacts: ArtefactService
    host: Host
    actor: Actor | None = None
    practice: PracticeView | None = None
    person: PersonView | None = None
    after: list[Callable[[], None]] = field(default_factory=list)

    @cached_property
    def session(self) -> Session:
        """A session for reading, the same during the whole request."""
        return self.open_session()


class _Current:
    """The present request's actor, practice, read session, service and host."""

    @property
    def _context(self) -> RequestContext:
        return cast("RequestContext", g.layers)

    @property
    def actor(self) -> Actor:
        """Who is asking. Raises LookupError on pages that have no practice."""
        if self._context.actor is None:
            raise LookupError("This page belongs to no practice, so there is no actor")
        return self._context.actor

    @property
    def practice(self) -> PracticeView:
        """The practice that the page belongs to. Raises LookupError where there is none."""
        if self._context.practice is None:
            raise LookupError("This page belongs to no practice")
        return self._context.practice

    @property
    def person(self) -> PersonView:
        """Who is signed in. Raises LookupError on pages for people without an account."""
        if self._context.person is None:
            raise LookupError("Nobody is signed in on this page")
        return self._context.person

    @property
    def session(self) -> Session:
        """A session for reading; it refuses to write, and doesn't see what this request saves after its first use."""
        return self._context.session

    @property
    def artefacts(self) -> ArtefactService:
        """The one service that saves."""
        return self._context.artefacts

    @property
    def host(self) -> Host:
        """The loaded plugins, their registry and the doors."""
        return self._context.host


current = _Current()


def instance_settings() -> Settings:
    """What the instance was told from outside."""
    return cast("Settings", current_app.extensions["layers_settings"])


def after_response(work: Callable[[], None]) -> None:
    """Do something once the page has been sent and only if it was no error page.

    The work runs outside the request: it opens its own transaction and uses nothing of `current`. If it fails, that is
    logged; the page has long arrived.
    """
    cast("RequestContext", g.layers).after.append(work)


def settle_language(code: str) -> str:
    """Write the rest of the present page in a language; gives the one it was in until now.

    For a page that is offered in some languages only: the shell takes any that its address or reader asks for.
    """
    return cast("str", current_app.extensions["layers_language"](code))


@contextmanager
def in_language(code: str) -> Iterator[None]:
    """Write a part of the present page in a language, such as one sheet of a poster for many readers."""
    before = settle_language(code)
    try:
        yield
    finally:
        settle_language(before)


NONCE_HOURS = 24


def public_nonce(scope: str) -> str:
    """A signed value for a hidden field of a public form, new for each page shown. `scope` is the link's token."""
    return _nonces(scope).dumps(secrets.token_urlsafe(16))


def nonce_key(value: str, scope: str) -> str | None:
    """The key inside a nonce, to be given to the service as client key; None where it is not ours or a day old.

    The same form sent twice carries the same key, so that the second submit gives the first result.
    """
    nonce = read_nonce(value, scope)
    return nonce.key if nonce else None


@dataclass(frozen=True)
class Nonce:
    """A nonce that came back: the key of the submit, and when its page was made."""

    key: str
    made_at: datetime


def read_nonce(value: str, scope: str, *, hours: int = NONCE_HOURS, own: str = "") -> Nonce | None:
    """A nonce that came back with a form; None where it is not ours, too old, or `own` is none that a page makes.

    A page that stays open for many submits, such as a kiosk's, makes a key of its `own` for each of them: 22 to 64
    random letters and digits as in base 64 for addresses. It is the submit's key alone, so that what is sent once more
    from a newer page is still the same submit.
    """
    if own and not _OWN_KEY.fullmatch(own):
        return None
    try:
        key, made_at = _nonces(scope).loads(value, max_age=hours * 3600, return_timestamp=True)
    except BadData:
        return None
    return Nonce(f"own.{own}" if own else key, made_at)


_OWN_KEY = re.compile(r"[A-Za-z0-9_-]{22,64}")


def _nonces(scope: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(cast("str", current_app.secret_key), salt=f"layers.public-form.{scope}")


def within_limit(scope: str, key: str, limit: str) -> bool:
    """Count one use and say whether it is within a limit such as "30 per hour".

    `key` says whose uses are counted (a token, or `client_address()`); it is kept in memory only, as a keyed digest
    that changes every day.
    """
    return cast("bool", current_app.extensions["layers_limits"].hit(scope, key, limit))


def client_address() -> str:
    """Where the request comes from, for `within_limit` alone: never store or log it.

    Of an IPv6 address it is the network of 64 bits: whoever has one has all its addresses, as many as they like.
    """
    text = request.remote_addr or ""
    try:
        address = ip_address(text)
    except ValueError:
        return text
    if isinstance(address, IPv4Address):
        return text
    mapped = address.ipv4_mapped
    return str(mapped) if mapped else str(IPv6Network((int(address), 64), strict=False))


@dataclass
class Submitted:
    """A submitted form: its values, and the problems found while reading them."""

    values: Mapping[str, Any]
    problems: list[Problem] = field(default_factory=list)
    used: Wording | None = None
    """The safer words that the writer has just put in with a button of `guard_box`; nothing is saved then."""

    def get(self, key: str, default: str = "") -> str:
        """One value, without the white space around it and without NUL, which no database text may hold."""
        # Not `values.get`: a MultiDict makes an error page for each name that is missing before it gives the default.
        text = str(self.values[key]) if key in self.values else default
        return text.replace("\0", "").strip()

    def getlist(self, key: str) -> list[str]:
        """All values of a name (checkboxes)."""
        getlist = getattr(self.values, "getlist", None)
        return [str(value).replace("\0", "") for value in getlist(key)] if getlist else []

    def required(self, key: str, message: str) -> str:
        """One value; a problem with this message where it is empty."""
        value = self.get(key)
        if not value:
            self.problems.append(Problem(message, key))
        return value

    def one_of(self, key: str, codes: Mapping[str, object], message: str) -> str:
        """One value out of a vocabulary; a problem with this message where it is none of them."""
        value = self.get(key)
        if value not in codes:
            self.problems.append(Problem(message, key))
        return value

    def date(self, key: str) -> date | None:
        """A date typed as `<key>-day`, `<key>-month` and `<key>-year`; None where all three are empty."""
        parts = [self.get(f"{key}-{part}") for part in ("day", "month", "year")]
        if not any(parts):
            return None
        try:
            return real_date(parts)
        except ValueError:
            self.problems.append(Problem(_("Enter a real date, for example 4 12 2026"), f"{key}-day"))
            return None

    def whole(self, key: str) -> int | None:
        """A whole number of at most nine digits, such as a revision in a hidden field; None for anything else."""
        value = self.get(key)
        return int(value) if value.isdecimal() and len(value) <= MOST_DIGITS else None

    def promise(self) -> Promise | None:
        """The fields of `promise_fields`: what somebody will do and by when; None where nothing was promised."""
        expectation, due_on = self.get("promise"), self.date("due")
        if not expectation:
            if due_on:
                self.problems.append(Problem(_("Say what you will do by that date, or remove the date"), "promise"))
            return None
        return Promise(expectation, due_on)

    def guard(self) -> GuardAnswer:
        """The fields of `guard_box`: what the writer decided about marked words."""
        looked_at = self.get("guard_fingerprint") if self.get("guard_checked") else ""
        return GuardAnswer(looked_at, self.get("guard_why"), editing=GUARD_USE in self.values)

    @property
    def client_key(self) -> str:
        """The key that makes a repeated submit give the first result."""
        return self.get("client_key")


def submitted() -> Submitted:
    """The present request's form, with the safer words in it where the writer has just chosen some."""
    form = Submitted(request.form)
    name, start, end, number = [*form.get(GUARD_USE).split(":"), "", "", "", ""][:4]
    if not (name in request.form and all(part.isdecimal() and part.isascii() for part in (start, end, number))):
        return form
    from layers_core.privacy import wording

    used = wording.use(form.get(name), int(start), int(end), int(number))
    if used is None:
        return form
    values = MultiDict(request.form)
    values.setlist(name, [used.text])
    return Submitted(values, used=used)


def real_date(parts: Sequence[str]) -> date:
    """The date of a day, a month and a year as they were typed. Raises ValueError where they are none.

    A year of two digits is none: what happened in "26" would be found in no appraisal year.
    """
    day, month, year = (int(part) if len(part) <= 4 else 0 for part in parts)
    if year not in YEARS:
        raise ValueError(f"No year {year}")
    return date(year, month, day)


def parse_uuid(text: str) -> UUID | None:
    """A key from a form or address; None where it is none."""
    try:
        return UUID(text)
    except ValueError:
        return None
