"""The API's addresses. Each declares its policy like a page; the gate finds the person by their token."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

from flask import Response, abort, current_app, jsonify, request, url_for
from flask.views import MethodView
from flask_smorest import Blueprint
from flask_smorest import abort as abort_with

from layers_core.artefacts import mine, reading, trail
from layers_core.artefacts.attachments.reading import find as find_file
from layers_core.artefacts.errors import GuardStop
from layers_core.artefacts.reading import Place
from layers_core.contract import Actor, Draft, GuardAnswer, NewLink, Promise, Thing
from layers_core.i18n import gettext as _
from layers_core.practices import access
from layers_core.web import current, policy, within_limit
from layers_webshell import cursors
from layers_webshell.accounts.identity import BEARER
from layers_webshell.api import schemas, shown
from layers_webshell.api.bodies import JsonParser
from layers_webshell.api.errors import Marked, install
from layers_webshell.sending import file_sent

LIMIT = "600 per minute"
"""How many requests one token may make."""

Answer = dict[str, Any]


class _Blueprint(Blueprint):  # type: ignore[misc]
    """flask-smorest's blueprint with the strict parser."""

    ARGUMENTS_PARSER = JsonParser()


blueprint = _Blueprint("api", __name__, url_prefix="/api/v1", description="Learning Layers")
install(blueprint)

PRACTICE = "/practices/<practice_slug:practice>"
ARTEFACT = f"{PRACTICE}/artefacts/<uuid:artefact_id>"


@blueprint.before_request
def slow_down() -> None:
    """Count the request of a token that works; too many in a minute are refused."""
    token = request.headers.get("Authorization", "").removeprefix(BEARER).strip()
    if token and not within_limit("api", token, current_app.config["LAYERS_API_LIMIT"]):
        abort(429)


def description() -> Response:
    """The API's own description, OpenAPI 3.1."""
    return jsonify(current_app.extensions["layers_api"].spec.to_dict())


# Added past flask-smorest, because a description does not describe itself.
blueprint.record(
    lambda state: state.app.add_url_rule(
        f"{state.url_prefix}/openapi.json", "api.description", policy("public")(description)
    )
)


@blueprint.route("/practices")
@policy("signed_in")
@blueprint.response(200, schemas.PracticesSchema)
def practices() -> Answer:
    """The practices that you belong to."""
    return {"items": access.practices_of(current.session, current.person.id)}


@blueprint.route("/events")
@policy("signed_in")
@blueprint.arguments(schemas.EventsQuery, location="query")
@blueprint.response(200, schemas.EventsSchema)
def events(query: dict[str, Any]) -> Answer:
    """What is recorded about your own use, newest first."""
    limit = query["limit"]
    rows = mine.events(current.session, current.person.id, before=query.get("cursor"), limit=limit + 1)
    after = cursors.from_number(rows[limit - 1].sequence) if len(rows) > limit else None
    return {"items": [shown.event(row) for row in rows[:limit]], "next": after}


@blueprint.route(f"{PRACTICE}/mix")
@policy("member")
@blueprint.response(200, schemas.MixSchema)
def mix() -> Answer:
    """What the practice uses now, and what you may create in it and for whom."""
    return shown.mix(current.session, current.host, current.actor)


@blueprint.route(f"{PRACTICE}/actions")
@policy("member")
@blueprint.arguments(schemas.PageQuery, location="query")
@blueprint.response(200, schemas.ActionsSchema)
def actions(query: dict[str, Any]) -> Answer:
    """Your own open promises, the most urgent first."""
    rows = reading.due(current.session, current.actor, query["limit"])
    return {"items": [shown.own_action(current.actor, row) for row in rows]}


@blueprint.route(f"{PRACTICE}/search")
@policy("member")
@blueprint.arguments(schemas.SearchQuery, location="query")
@blueprint.response(200, schemas.SearchSchema)
def search(query: dict[str, Any]) -> Answer:
    """The newest things that you may see with all of these words."""
    session, limit = current.session, query["limit"]
    hits = reading.find(session, current.host, current.actor, query["q"], before=query.get("cursor"), limit=limit + 1)
    after = cursors.from_number(hits[limit - 1].thing.number) if len(hits) > limit else None
    return {"items": shown.found(session, current.actor, hits[:limit]), "next": after}


@blueprint.route(f"{PRACTICE}/artefacts")
class Artefacts(MethodView):
    """The stream, and where something new goes."""

    @policy("member")
    @blueprint.arguments(schemas.FeedQuery, location="query")
    @blueprint.response(200, schemas.ArtefactsSchema)
    def get(self, query: dict[str, Any]) -> Answer:
        """What you may see, newest first."""
        session, limit = current.session, query["limit"]
        before, kind = query.get("cursor"), query.get("kind", "")
        things = reading.feed(session, current.host, current.actor, before=before, limit=limit + 1, kind=kind)
        last = things[limit - 1] if len(things) > limit else None
        after = cursors.from_place(Place(last.created_at, last.id)) if last else None
        return {"items": shown.artefacts(session, current.actor, things[:limit]), "next": after}

    @policy("member")
    @blueprint.arguments(schemas.IdempotencyHeaders, location="headers")
    @blueprint.arguments(schemas.NewArtefactSchema)
    @blueprint.response(201, schemas.CreatedSchema)
    @blueprint.alt_response(200, schema=schemas.CreatedSchema, description="Saved by an earlier request", success=True)
    def post(self, headers: dict[str, Any], given: dict[str, Any]) -> tuple[Answer, int, dict[str, str]]:
        """Save something new, with its promise and links, in one transaction."""
        draft = _draft(given)
        try:
            saved = current.artefacts.save(current.actor, draft, _client_key(current.actor, headers.get("key", "")))
        except GuardStop as stop:
            raise Marked(stop, draft) from stop
        url = url_for(".artefact", artefact_id=saved.id)
        answer = {"id": saved.id, "url": url, "repeated": saved.repeated}
        return answer, 200 if saved.repeated else 201, {"Location": url}


@blueprint.route(ARTEFACT)
@policy("member")
@blueprint.response(200, schemas.ArtefactSchema)
def artefact(artefact_id: UUID) -> Answer:
    """One thing. Reading it here is a program's doing and no event."""
    return shown.artefacts(current.session, current.actor, [_seen(artefact_id)])[0]


@blueprint.route(f"{ARTEFACT}/files/<uuid:attachment_id>")
@policy("member")
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type="application/octet-stream")
def artefact_file(artefact_id: UUID, attachment_id: UUID) -> Response:
    """The content of a file of a thing, in its own media type."""
    return file_sent(find_file(current.session, current.actor, _seen(artefact_id).id, attachment_id))


@blueprint.route(f"{ARTEFACT}/trail")
@policy("member")
@blueprint.response(200, schemas.TrailSchema)
def artefact_trail(artefact_id: UUID) -> Answer:
    """What led to a thing and what came of it, as far as you may see it."""
    around = trail.around(current.session, current.host, current.actor, _seen(artefact_id).id)
    if around is None:
        abort(404)
    return shown.trail(around)


@blueprint.route(f"{ARTEFACT}/actions")
@policy("member")
@blueprint.response(200, schemas.ActionsSchema)
def artefact_actions(artefact_id: UUID) -> Answer:
    """What people promised about a thing, oldest first."""
    found = reading.actions_of(current.session, [_seen(artefact_id).id])
    return {"items": [shown.action(current.actor, row) for row in found]}


@blueprint.route(f"{ARTEFACT}/links", methods=["POST"])
@policy("member")
@blueprint.arguments(schemas.NewLinkSchema)
@blueprint.response(201, schemas.LinkSchema)
def artefact_links(given: dict[str, Any], artefact_id: UUID) -> Answer:
    """Connect a thing with another; both are things that you may see. Doing it again changes nothing."""
    current.artefacts.link(current.actor, artefact_id, NewLink(given["type"], given["to"]))
    return {"type": given["type"], "from_": artefact_id, "to": given["to"]}


def _seen(artefact_id: UUID) -> Thing:
    thing = reading.get(current.session, current.host, current.actor, artefact_id)
    if thing is None or not thing.available:
        abort(404)
    return thing


def _draft(given: dict[str, Any]) -> Draft:
    """The draft that was sent. Answers 422 where a link names a thing that the writer may not see."""
    targets = [link["to"] for link in given["links"]]
    visible = reading.get_many(current.session, current.host, current.actor, targets) if targets else {}
    unseen = {str(number): {"to": [_("Not found")]} for number, to in enumerate(targets) if to not in visible}
    if unseen:
        abort_with(422, messages={"json": {"links": unseen}})
    promise, guard = given["promise"], given["guard"]
    return Draft(
        kind=given["kind"],
        title=given["title"],
        body=given["body"],
        audience=given["audience"],
        language=given["language"],
        promise=Promise(promise["expectation"], promise["due_on"]) if promise else None,
        links=tuple(NewLink(link["type"], link["to"]) for link in given["links"]),
        guard=GuardAnswer(guard["fingerprint"], guard["explanation"].strip()) if guard else GuardAnswer(),
    )


def _client_key(actor: Actor, key: str) -> str:
    """The service's key for a client's own: of this practice and of new things, so that no other write meets it."""
    if not key:
        return ""
    return "api:" + hashlib.sha256(f"{actor.practice.id}:artefact:{key}".encode()).hexdigest()
