"""What the frame around a page needs to know; templates see it as `frame`."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlencode

from flask import Flask, current_app, g, has_request_context, request, url_for

from layers_core import charts, i18n
from layers_core.contract import NavItem, Problem
from layers_core.forms import asking
from layers_core.host.builtin import RECORD
from layers_core.web import RequestContext
from layers_webshell import language, own_device, placements
from layers_webshell.guard_marks import guard_findings

if TYPE_CHECKING:
    from layers_core.artefacts.errors import Marked
    from layers_core.privacy.identifiers import Span

LARGE = "large"


class Frame:
    """The present page's surroundings. Everything is worked out when a template first asks for it."""

    def __init__(self) -> None:
        self.failed = False
        self._context = cast("RequestContext | None", g.get("layers"))

    @cached_property
    def lang(self) -> str:
        """The page's language."""
        return language.now()

    @property
    def dir(self) -> str:
        """The direction that it is written in."""
        return language.direction(self.lang)

    @property
    def large(self) -> bool:
        """Whether the page was asked for in large print (?size=large)."""
        return request.args.get("size") == LARGE

    @property
    def owner(self) -> str:
        """The practice's name; empty outside a practice."""
        return self._context.practice.name if self._context and self._context.practice else ""

    @property
    def person_name(self) -> str:
        """Who is signed in."""
        return self._context.person.name if self._context and self._context.person else ""

    @property
    def path(self) -> str:
        """The address of the present page."""
        return request.path

    @cached_property
    def menu(self) -> Sequence[NavItem]:
        """The practice's menu; empty outside a practice."""
        context = self._context
        return placements.nav(context.host, context.actor) if context and context.actor and context.person else ()

    @property
    def home(self) -> str:
        """Where the name in the header leads."""
        return f"/{self._slug}/" if self._slug else "/"

    @cached_property
    def search(self) -> str:
        """Where the search box sends; empty where there is none."""
        return self._endpoint("search.index") if self._slug else ""

    @cached_property
    def suggest(self) -> str:
        """Where to suggest a change to the present page."""
        return self._endpoint("mix.suggest", page=request.path) if self._slug else ""

    @cached_property
    def device(self) -> str:
        """Whose device this is: "own" or "shared"; empty where nobody is signed in."""
        signed_in = self._context is not None and self._context.person is not None
        return ("own" if own_device.is_own() else "shared") if signed_in else ""

    @cached_property
    def owner_mark(self) -> str:
        """The mark of the person on what their own device keeps; empty on a shared one."""
        person = self._context.person if self._context and self.device == "own" else None
        return own_device.owner_mark(person.id) if person and self._endpoint("outbox.index") else ""

    @cached_property
    def shell(self) -> str:
        """The page that one's own device keeps for the time without a connection; empty where there is none."""
        actor = self._context.actor if self._context else None
        return url_for("outbox.shell") if self.owner_mark and actor and actor.can(RECORD) else ""

    @property
    def me(self) -> str:
        """The person's own page."""
        return "/me"

    @property
    def sign_out(self) -> str:
        """Where the sign-out button sends."""
        return "/sign-out"

    @property
    def _slug(self) -> str:
        return self._context.practice.slug if self._context and self._context.practice and self._context.person else ""

    @staticmethod
    def _endpoint(endpoint: str, **values: Any) -> str:
        return url_for(endpoint, **values) if endpoint in current_app.view_functions else ""


def install(app: Flask) -> None:
    """Give templates the frame and the helpers of `layers/forms.html`."""

    def around() -> dict[str, Any]:
        return {"frame": Frame()} if has_request_context() else {}

    app.context_processor(around)
    app.jinja_env.globals.update(
        here=here, problem_of=problem_of, new_client_key=new_client_key, marked_pieces=marked_pieces
    )
    app.jinja_env.globals.update(guard_findings=guard_findings, chart_figure=charts.figure, form_parts=asking.asked)
    app.jinja_env.filters.update(day=day, moment=i18n.format_datetime, paragraphs=paragraphs)


def here(**changes: str) -> str:
    """The present address with some of its query changed; an empty value takes a part out."""
    query = {**request.args.to_dict(), **changes}
    kept = {name: value for name, value in query.items() if value}
    return f"{request.path}?{urlencode(kept)}" if kept else request.path


def problem_of(problems: Iterable[Problem] | None, name: str) -> Problem | None:
    """The first problem that is about a field."""
    return next((problem for problem in problems or () if problem.field == name), None)


def new_client_key() -> str:
    """A key that makes a repeated submit of one form harmless."""
    return secrets.token_urlsafe(16)


def marked_pieces(marked: Marked) -> Iterator[tuple[str, Span | None]]:
    """A text in pieces, each with the identifier guard's mark or None."""
    position = 0
    for span in marked.spans:
        yield marked.text[position : span.start], None
        yield marked.text[span.start : span.end], span
        position = span.end
    yield marked.text[position:], None


def day(value: date | datetime) -> str:
    """A date as people write it: 22 November 2026."""
    return _day(i18n.local_date(value) if isinstance(value, datetime) else value, language.now())


# A list has a date in each row, mostly the same few; writing one took 12 µs.
@lru_cache(maxsize=4096)
def _day(value: date, _language: str) -> str:
    return i18n.format_date(value)


def paragraphs(text: str) -> list[str]:
    """Plain text as its paragraphs."""
    return [part.strip() for part in re.split(r"\n\s*\n", text.replace("\r\n", "\n")) if part.strip()]
