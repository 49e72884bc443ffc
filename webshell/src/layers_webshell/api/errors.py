"""Why the API did not do something: a status, words, and for what the client can mend which field it is about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue
from marshmallow import Schema, fields
from werkzeug.exceptions import HTTPException

from layers_core.artefacts.errors import CheckFailed, DraftRefused, GuardStop, NotAllowed, NotFound
from layers_core.contract import Draft
from layers_core.host.faults import DoorFault
from layers_core.i18n import LazyString
from layers_core.i18n import gettext as _
from layers_core.i18n import lazy_gettext as _l

RETRY_SECONDS = {429: "60", 503: "10"}
ABOUT_DRAFT = ("title", "audience", "kind", "language", "promise")

WORDS: Mapping[int, tuple[LazyString, LazyString]] = {
    400: (_l("Not understood"), _l("The request is not one that we can read.")),
    401: (_l("No token that works"), _l("Send a personal token as Authorization: Bearer, from /me/tokens.")),
    404: (_l("Not found"), _l("It does not exist, or you may not see it.")),
    405: (_l("Not possible here"), _l("This address takes other methods; see Allow.")),
    413: (_l("Too large"), _l("Send less than 1 megabyte at once.")),
    422: (_l("Not saved"), _l("Something has to be changed first; see errors.")),
    429: (_l("Too many requests"), _l("Wait a minute, then go on more slowly.")),
    503: (_l("Not working just now"), _l("Nothing was saved. Try again shortly, with the same Idempotency-Key.")),
}


class MarkSchema(Schema):
    """Words of the request that may identify somebody: `start` to `end` (Unicode characters) of the text of a field."""

    field = fields.String()
    type = fields.String()
    start = fields.Integer()
    end = fields.Integer()
    why = fields.String()


class ErrorSchema(Schema):
    """Why nothing was done."""

    code = fields.Integer()
    status = fields.String()
    message = fields.String()
    errors = fields.Dict(metadata={"description": "Field to what is wrong with it"})
    marks = fields.List(fields.Nested(MarkSchema))
    fingerprint = fields.String(
        metadata={"description": "Sent back as guard.fingerprint, it says that you checked exactly these marks"}
    )
    needs_explanation = fields.Boolean(metadata={"description": "guard.explanation has to say why the words may stay"})


class Marked(Exception):
    """The identifier guard stopped a draft; `marks` are what it found, by field."""

    def __init__(self, stop: GuardStop, draft: Draft) -> None:
        super().__init__("The identifier guard marked words")
        self.stop = stop
        self.marks = list(_marks(stop, draft))


def install(blueprint: Blueprint) -> None:
    """Answer what goes wrong in the API's views; what is left goes to the application's own handlers."""
    blueprint.register_error_handler(HTTPException, _http)
    blueprint.register_error_handler(Marked, _marked)
    blueprint.register_error_handler(DraftRefused, _refused)
    for missing in (NotFound, NotAllowed):
        blueprint.register_error_handler(missing, lambda _error: answer(404))
    for passing in (CheckFailed, DoorFault):
        blueprint.register_error_handler(passing, lambda _error: answer(503))


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None:
        return error.response
    problems = getattr(error, "data", {}).get("messages")
    return answer(error.code or 503, **({"errors": problems} if problems else {}))


def _refused(error: DraftRefused) -> ResponseReturnValue:
    problems: dict[str, list[str]] = {}
    for problem in error.problems:
        problems.setdefault(_path(problem.field), []).append(str(problem.message))
    return answer(422, errors={"json": problems})


def _path(field: str) -> str:
    """A problem's field as the request has it: the draft's own, or one of the body."""
    if field in ABOUT_DRAFT:
        return field
    return f"body.{field}" if field else "body"


def _marked(error: Marked) -> ResponseReturnValue:
    message = _("Some words may identify somebody. Change them, or send the fingerprint as guard.fingerprint.")
    if error.stop.wider:
        message += " " + _("People outside the practice will read this, so say in guard.explanation why they may stay.")
    return answer(
        422,
        message=message,
        marks=error.marks,
        fingerprint=error.stop.fingerprint,
        needs_explanation=error.stop.wider,
    )


def answer(code: int, **more: Any) -> Response:
    """An error as the API says it; `more` stands beside or instead of its words."""
    status, message = WORDS.get(code) or WORDS[400 if code < 500 else 503]
    response = jsonify({"code": code, "status": str(status), "message": str(message), **more})
    response.status_code = code
    if code == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if code in RETRY_SECONDS:
        response.headers["Retry-After"] = RETRY_SECONDS[code]
    return response


def _marks(stop: GuardStop, draft: Draft) -> Iterator[dict[str, Any]]:
    """Each mark with the field whose text it is in; a text that stands in two fields is marked in both."""
    spans = {marked.text: marked.spans for marked in stop.marked}
    for field, text in _texts(draft):
        for span in spans.get(text, ()):
            yield {"field": field, "type": span.type, "start": span.start, "end": span.end, "why": str(span.why)}


def _texts(draft: Draft) -> Iterator[tuple[str, str]]:
    yield "title", draft.title
    yield from _strings("body", draft.body)
    if draft.promise:
        yield "promise.expectation", draft.promise.expectation


def _strings(path: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for name, part in value.items():
            yield from _strings(f"{path}.{name}", part)
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _strings(f"{path}.{number}", part)
