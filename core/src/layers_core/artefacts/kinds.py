"""Kinds at work: checking a body against its schema, reading old bodies, and turning rows into things."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from marshmallow import Schema

from layers_core.artefacts.audience import view as audience_named
from layers_core.artefacts.models import Artefact, Audience
from layers_core.contract import Actor, ArtefactKind, AudienceView, Body, MixView, Thing

if TYPE_CHECKING:
    from layers_core.host.loader import Host

CORE = "core"


class UnknownKind(Exception):
    """No installed plugin keeps this kind of thing, or the practice has switched it off."""


def slug_of(kind: str) -> str:
    """The plugin that a kind's name belongs to."""
    return kind.partition(".")[0]


def in_mix(kind: str, mix: MixView) -> bool:
    """Whether the plugin of a kind is in a mix; the core's own kinds always are."""
    slug = slug_of(kind)
    return slug == CORE or slug in mix.enabled


def require(host: Host, name: str) -> ArtefactKind:
    """The kind of that name. Raises UnknownKind."""
    kind = host.registry.kinds.get(name)
    if kind is None:
        raise UnknownKind(name)
    return kind


@cache
def _schema(schema: type[Schema]) -> Schema:
    return schema()


def checked_body(host: Host, kind: ArtefactKind, body: Body) -> Body:
    """The body as it is kept: loaded by its schema and dumped to JSON values. Raises marshmallow.ValidationError."""
    schema = _schema(kind.schema)
    dumped: Body = schema.dump(schema.load(body))
    return dumped


def hidden_kinds(host: Host, mix: MixView) -> tuple[str, ...]:
    """The kinds that a mix leaves out of home, feed, search and lists, sorted."""
    return tuple(sorted(name for name in host.registry.kinds if not in_mix(name, mix)))


def read_body(host: Host, name: str, body: Body, version: int) -> Body:
    """A kept body in its kind's present version. Raises UnknownKind."""
    kind = require(host, name)
    return body if version == kind.version else kind.upgrade(dict(body), version)


def body_for(host: Host, actor: Actor, row: Artefact | Thing | Any, body: Body, version: int) -> Body:
    """A kept body of the row's as the actor meets it: others than its author read what the kind lets others read.

    Raises UnknownKind.
    """
    body = read_body(host, row.kind, body, version)
    own = row.author_id is not None and row.author_id == actor.person_id
    return body if own else require(host, row.kind).for_others(body)


def words(kind: ArtefactKind, chosen: Audience | AudienceView, body: Body) -> str:
    """What search may find of a thing: where others search too, nothing that is for its author alone."""
    return kind.search_text(body if chosen.type == "person" else kind.for_others(body))


def thing_from(host: Host, actor: Actor, artefact: Artefact | Any, chosen: Audience | Any, author_name: str) -> Thing:
    """A row as the actor meets it: switched off or missing kinds show their title alone."""
    available = artefact.kind in host.registry.kinds and in_mix(artefact.kind, actor.practice.mix)
    return build(host, actor, artefact, audience_view(actor, chosen), author_name, available=available)


def audience_view(actor: Actor, chosen: Audience | Any) -> AudienceView:
    """An audience with the name that this actor knows it by."""
    for known in actor.audiences:
        if known.id == chosen.id:
            return known
    return audience_named(chosen.id, chosen.type, chosen.key, actor.practice.name, "")


def build(
    host: Host, actor: Actor, row: Artefact | Any, view: AudienceView, author_name: str, *, available: bool
) -> Thing:
    """A thing out of an artefact's row for an actor; its body is empty where it isn't available."""
    return Thing(
        id=row.id,
        number=row.number,
        kind=row.kind,
        title=row.title,
        body=body_for(host, actor, row, row.body, row.body_version) if available else {},
        language=row.language,
        practice_id=row.practice_id,
        author_id=row.author_id,
        author_name=author_name,
        audience=view,
        state=row.state,
        revision=row.revision,
        created_at=row.created_at,
        updated_at=row.updated_at,
        available=available,
    )
