"""What the API takes and gives. Answers hold the fields named here and no others; nobody's e-mail address is one."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from layers_core.artefacts.service import TITLE_LIMIT
from layers_core.vocabulary import vocabulary
from layers_webshell.api.cursors import NumberField, PlaceField

MOST_ITEMS = 100
KIND = validate.Regexp(r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")
LINK_TYPE = validate.OneOf(list(vocabulary("link_types")))


class PageQuery(Schema):
    """Which page of a list."""

    limit = fields.Integer(load_default=20, validate=validate.Range(1, MOST_ITEMS))


class FeedQuery(PageQuery):
    """Which page of the stream, and of which kind."""

    cursor = PlaceField(metadata={"description": "`next` of the page before"})
    kind = fields.String(validate=KIND)


class SearchQuery(PageQuery):
    """What to look for; the newest things with all of the words come first."""

    q = fields.String(required=True, validate=validate.Length(1, 200))
    cursor = NumberField(metadata={"description": "`next` of the page before"})


class EventsQuery(PageQuery):
    """Which page of one's own events."""

    cursor = NumberField(metadata={"description": "`next` of the page before"})


class PracticeSchema(Schema):
    """A practice that the token's person belongs to."""

    slug = fields.String(metadata={"description": "Its part of an address"})
    name = fields.String()
    profession = fields.String(metadata={"description": "The person's own, here"})
    roles = fields.List(fields.String())


class PracticesSchema(Schema):
    """The practices of the token's person."""

    items = fields.List(fields.Nested(PracticeSchema))


class AudienceSchema(Schema):
    """Who may see a thing."""

    type = fields.String(validate=validate.OneOf(["person", "group", "practice", "cluster", "network"]))
    name = fields.String()


class OwnerPracticeSchema(Schema):
    """Where a thing was recorded."""

    code = fields.String(metadata={"description": "NHS ODS code"})
    name = fields.String()


class FileSchema(Schema):
    """A file of a thing."""

    id = fields.UUID()
    name = fields.String()
    media_type = fields.String(metadata={"description": "Found from its content"})
    size = fields.Integer(metadata={"description": "In bytes"})
    description = fields.String(metadata={"description": "What a picture shows; often empty"})
    url = fields.String(metadata={"description": "Gives the content to the same token"})


class ArtefactSchema(Schema):
    """Something that somebody recorded."""

    id = fields.UUID()
    kind = fields.String()
    title = fields.String()
    body = fields.Dict(keys=fields.String(), metadata={"description": "As its kind has it, in its present version"})
    language = fields.String()
    author = fields.String(metadata={"description": "A name; empty where no colleague wrote it"})
    mine = fields.Boolean()
    practice = fields.Nested(OwnerPracticeSchema)
    audience = fields.Nested(AudienceSchema)
    revision = fields.Integer()
    created_at = fields.AwareDateTime(format="iso")
    updated_at = fields.AwareDateTime(format="iso")
    files = fields.List(fields.Nested(FileSchema))


class FoundSchema(ArtefactSchema):
    """A thing that search found."""

    snippet = fields.String(metadata={"description": "The words around what was found"})


class ArtefactsSchema(Schema):
    """One page of things, newest first."""

    items = fields.List(fields.Nested(ArtefactSchema))
    next = fields.String(allow_none=True)


class SearchSchema(Schema):
    """One page of what was found, newest first."""

    items = fields.List(fields.Nested(FoundSchema))
    next = fields.String(allow_none=True)


class KindSchema(Schema):
    """A kind of thing that may be created here."""

    name = fields.String()
    label = fields.String()
    version = fields.Integer()


class AudienceChoiceSchema(Schema):
    """An audience that may be chosen; `key` is what `audience` of a new thing takes."""

    key = fields.String()
    name = fields.String()
    people = fields.Integer(allow_none=True)


class MixPluginSchema(Schema):
    """A part of the toolkit in a practice's mix."""

    slug = fields.String()
    name = fields.String()
    state = fields.String(validate=validate.OneOf(["off", "trial", "on"]))
    until = fields.Date(allow_none=True, metadata={"description": "The end of a trial"})
    question = fields.String(metadata={"description": "What a trial should answer"})
    available = fields.Boolean(metadata={"description": "Whether it is working on this installation"})


class MixSchema(Schema):
    """A practice's mix in force, and what one may create in it."""

    version = fields.Integer()
    plugins = fields.List(fields.Nested(MixPluginSchema))
    kinds = fields.List(fields.Nested(KindSchema))
    audiences = fields.List(fields.Nested(AudienceChoiceSchema))


class ActionSchema(Schema):
    """A promise to change something."""

    id = fields.UUID()
    artefact_id = fields.UUID(allow_none=True, metadata={"description": "Null where you may not see the thing"})
    owner = fields.String()
    mine = fields.Boolean()
    expectation = fields.String()
    due_on = fields.Date(allow_none=True)
    outcome = fields.String(allow_none=True)
    what_happened = fields.String()
    closed_at = fields.AwareDateTime(format="iso", allow_none=True)


class ActionsSchema(Schema):
    """Promises."""

    items = fields.List(fields.Nested(ActionSchema))


class TrailThingSchema(Schema):
    """A box of a trail. One that is not available shows its title alone."""

    id = fields.UUID()
    kind = fields.String()
    title = fields.String()
    column = fields.Integer(metadata={"description": "0 is what came first"})
    available = fields.Boolean()


class TrailLinkSchema(Schema):
    """A link of a trail, from the earlier thing to the later one."""

    type = fields.String()
    earlier = fields.UUID()
    later = fields.UUID()


class TrailSchema(Schema):
    """What is connected with a thing, as far as you may see it."""

    things = fields.List(fields.Nested(TrailThingSchema))
    links = fields.List(fields.Nested(TrailLinkSchema))


class EventSchema(Schema):
    """One fact about your own use."""

    name = fields.String()
    tier = fields.String()
    at = fields.AwareDateTime(format="iso")
    practice = fields.String()
    profession = fields.String()
    artefact_id = fields.UUID(allow_none=True)
    props = fields.Dict(keys=fields.String())


class EventsSchema(Schema):
    """One page of your own events, newest first."""

    items = fields.List(fields.Nested(EventSchema))
    next = fields.String(allow_none=True)


class NewLinkSchema(Schema):
    """A link from one thing to another: this thing is `prompted_by` that one."""

    type = fields.String(required=True, validate=LINK_TYPE)
    to = fields.UUID(required=True)


class LinkSchema(Schema):
    """A link that is there now."""

    type = fields.String()
    from_ = fields.UUID(data_key="from")
    to = fields.UUID()


class PromiseSchema(Schema):
    """What the writer will do and by when."""

    expectation = fields.String(required=True, validate=validate.Length(1, 10_000))
    due_on = fields.Date(load_default=None, allow_none=True)


class GuardSchema(Schema):
    """What the writer decided about words that may identify somebody."""

    fingerprint = fields.String(required=True, validate=validate.Length(1, 100))
    explanation = fields.String(load_default="", validate=validate.Length(max=1_000))


class NewArtefactSchema(Schema):
    """Something new, with what its writer promises and what it grows out of: saved whole or not at all."""

    kind = fields.String(required=True, validate=KIND)
    title = fields.String(required=True, validate=validate.Length(1, TITLE_LIMIT))
    body = fields.Dict(keys=fields.String(), required=True, metadata={"description": "As its kind has it"})
    audience = fields.String(
        load_default="me",
        validate=validate.Length(1, 1_000),
        metadata={"description": "`me`, `practice`, `cluster:<id>`, `network` or `people:<id>,<id>`; see `/mix`"},
    )
    language = fields.String(load_default="en", validate=validate.Regexp(r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$"))
    promise = fields.Nested(PromiseSchema, load_default=None, allow_none=True)
    links = fields.List(fields.Nested(NewLinkSchema), load_default=list, validate=validate.Length(max=20))
    guard = fields.Nested(GuardSchema, load_default=None, allow_none=True)


class IdempotencyHeaders(Schema):
    """A key of the client's own that makes a repeated request give the first result."""

    key = fields.String(
        data_key="Idempotency-Key",
        validate=validate.Regexp(r"^[\x21-\x7e]{1,200}$"),
        metadata={"description": "The same key again gives the first result, whatever is sent with it"},
    )


class CreatedSchema(Schema):
    """What was saved, now or by an earlier request with the same key."""

    id = fields.UUID()
    url = fields.String()
    repeated = fields.Boolean()
