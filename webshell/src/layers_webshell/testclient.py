"""A test client that behaves as a browser without JavaScript: it fills in the forms that a page really has."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import IO, Any, cast
from uuid import UUID

from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from layers_core.db.session import Database
from layers_webshell.accounts import service
from layers_webshell.accounts.identity import DEVICE, OWN, SEEN
from layers_webshell.accounts.models import Account

Value = str | tuple[IO[bytes], str]
"""What goes into a field; a file is its content and its name."""
Values = Mapping[str, Value | Sequence[Value]]
PRESSED = {"submit", "image", "button", "reset", "file"}


@dataclass
class Form:
    """A form of a page with what its fields hold at first."""

    action: str
    method: str
    fields: MultiDict[str, str] = field(default_factory=MultiDict)
    names: set[str] = field(default_factory=set)


class Browser(FlaskClient):
    """Flask's test client, reading each answer to its end, so that work after the response has run by then."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send a request to the instance's own address."""
        kwargs.setdefault("base_url", self.base_url)
        kwargs.setdefault("buffered", True)
        return super().open(*args, **kwargs)

    @property
    def base_url(self) -> str:
        """The address that the instance is known by."""
        return str(self.application.extensions["layers_settings"].base_url)

    def submit(
        self, page: TestResponse, values: Values | None = None, *, action: str = "", **kwargs: Any
    ) -> TestResponse:
        """Fill in and send the form of a page, or the one whose action starts with `action`.

        Raises LookupError where there is no such form, or it has no field of a name in `values`.
        """
        found = [form for form in forms_of(page.text) if form.method == "post" or form.action]
        found = [form for form in found if form.action.startswith(action)] if action else found
        chosen = [form for form in found if values is None or set(values) <= form.names]
        if not chosen:
            raise LookupError(
                f"No form with {sorted(values or ())} among {[(form.action, form.names) for form in found]}"
            )
        form = chosen[0]
        data: MultiDict[str, Any] = MultiDict(form.fields)
        for name, value in (values or {}).items():
            data.setlist(name, [value] if isinstance(value, str | tuple) else list(value))
        target = form.action or page.request.full_path.rstrip("?")
        if form.method == "get":
            return self.get(target, query_string=data, **kwargs)
        return self.post(target, data=data, **kwargs)

    def send(self, path: str, values: Values | None = None, **kwargs: Any) -> TestResponse:
        """Post values to an address with a token that fits the session, without looking at a page first."""
        return self.post(path, data={"csrf_token": self.csrf_token(), **(values or {})}, **kwargs)

    def csrf_token(self) -> str:
        """A token as a page of this session would hold it."""
        with self.session_transaction(base_url=self.base_url) as session:
            raw = session.setdefault("csrf_token", secrets.token_hex(20))
        signer = URLSafeTimedSerializer(cast("str", self.application.secret_key), salt="wtf-csrf-token")
        return signer.dumps(raw)

    def sign_in(self, account_id: UUID, *, own_device: bool = True) -> None:
        """Sign an account in on this browser without its password."""
        database = cast("Database", self.application.extensions["layers_database"])
        with database.read() as reader:
            uniquifier = reader.scalars(select(Account.fs_uniquifier).where(Account.id == account_id)).one()
        device = service.start(database, account_id, own_device=own_device)
        with self.session_transaction(base_url=self.base_url) as session:
            session.clear()
            session.update({"_user_id": uniquifier, DEVICE: device, SEEN: int(time.time()), OWN: own_device})
            session.permanent = own_device

    def stand_idle(self, minutes: float) -> None:
        """Let time pass on this device: its last request was so many minutes ago."""
        with self.session_transaction(base_url=self.base_url) as session:
            session[SEEN] = int(time.time() - minutes * 60)


def forms_of(html: str) -> list[Form]:
    """The forms of a page, in their order."""
    reader = _Forms()
    reader.feed(html)
    reader.close()
    return reader.forms


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._open: Form | None = None
        self._text: list[str] | None = None
        self._area = ""
        self._select: str = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = Form(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self._open)
        if self._open is None:
            return
        name = given.get("name", "")
        if tag == "input" and name:
            self._input(name, given)
        elif tag == "button" and name:
            self._open.names.add(name)
        elif tag == "textarea" and name:
            self._open.names.add(name)
            self._area, self._text = name, []
        elif tag == "select" and name:
            self._open.names.add(name)
            self._select = name
        elif tag == "option" and self._select and ("selected" in given or self._select not in self._open.fields):
            self._open.fields.setlist(self._select, [given.get("value", "")])

    def _input(self, name: str, given: dict[str, str]) -> None:
        assert self._open is not None
        self._open.names.add(name)
        kind = given.get("type", "text")
        if kind in PRESSED or (kind in {"checkbox", "radio"} and "checked" not in given):
            return
        self._open.fields.add(name, given.get("value", "on" if kind == "checkbox" else ""))

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea" and self._text is not None and self._open is not None:
            # A browser drops the line break straight after the opening tag.
            self._open.fields.add(self._area, "".join(self._text).removeprefix("\n"))
            self._text = None
