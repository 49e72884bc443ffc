"""The statements that nearly every page asks, each made once for each shape that it comes in.

Putting one together and taking it through the ORM took three to six times as long as the database took to answer it:
1.5 of the 2 milliseconds that a page of the feed spent on its query. So they are kept, with parameters for what
differs, and go past the ORM. The parameters `audiences` and `hidden` are lists, `person` is a key.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    Uuid,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
    tuple_,
    union_all,
)

from layers_core.artefacts.attachments.models import Attachment
from layers_core.artefacts.audience import visible_when_asked
from layers_core.artefacts.models import Action, Artefact, Comment, Exposure, Link, WriteKey
from layers_core.db.base import UtcDateTime
from layers_core.practices.models import Person, Practice
from layers_core.reminding.models import Slot

_artefact, _person, _practice = Artefact.__table__, Person.__table__, Practice.__table__
_file = Attachment.__table__
_action, _comment, _exposure, _link = Action.__table__, Comment.__table__, Exposure.__table__, Link.__table__
_ARTEFACT_COLUMNS = tuple(
    _artefact.c[name]
    for name in (
        *("number", "id", "kind", "title", "body", "body_version", "language", "practice_id", "author_id"),
        *("audience_id", "state", "revision", "created_at", "updated_at"),
    )
)
_THINGS = _artefact.outerjoin(_person, _person.c.id == _artefact.c.author_id)


def _list(name: str, type_: Any = None) -> BindParameter[Any]:
    return bindparam(name, type_=type_, expanding=True)


def _things() -> Select[Any]:
    return select(*_ARTEFACT_COLUMNS, _person.c.name.label("author_name")).select_from(_THINGS)


THING_BY_ID = _things().where(_artefact.c.id == bindparam("id"), visible_when_asked())
THINGS_BY_ID = _things().where(_artefact.c.id.in_(_list("ids", Uuid())), visible_when_asked())
THINGS_BY_NUMBER = _things().where(_artefact.c.number.in_(_list("numbers")), visible_when_asked())


@cache
def feed(ranges: int, *, kind: bool, hidden: bool, by_others: bool, before: bool) -> Select[Any]:
    """The newest things of so many audiences, `audience0` and so on; `limit` of them.

    One short range of the index for each audience, merged: no OFFSET and no count. The flags say which of the
    parameters `kind`, `hidden`, `person`, `before_at` and `before_id` there are.
    """
    columns = _artefact.c
    conditions: list[ColumnElement[bool]] = [columns.state == "live"]
    if kind:
        conditions.append(columns.kind == bindparam("kind"))
    if hidden:
        conditions.append(columns.kind.not_in(_list("hidden")))
    if by_others:
        conditions.append(columns.author_id.is_distinct_from(bindparam("person", type_=Uuid())))
    if before:
        place = bindparam("before_at", type_=UtcDateTime()), bindparam("before_id", type_=Uuid())
        conditions.append(tuple_(columns.created_at, columns.id) < tuple_(*place))
    picked = []
    for number in range(ranges):
        newest = (
            select(columns.number, columns.created_at, columns.id)
            .where(columns.audience_id == bindparam(f"audience{number}", type_=Uuid()), *conditions)
            .order_by(columns.created_at.desc(), columns.id.desc())
            .limit(bindparam("limit"))
            .subquery(f"r{number}")
        )
        picked.append(select(newest))
    merged = union_all(*picked).subquery("m")
    page = select(merged.c.number).order_by(merged.c.created_at.desc(), merged.c.id.desc()).limit(bindparam("limit"))
    return _things().where(columns.number.in_(page)).order_by(columns.created_at.desc(), columns.id.desc())


DUE = (
    select(
        _action.c.id,
        _action.c.artefact_id,
        _action.c.expectation,
        _action.c.due_on,
        _artefact.c.title,
        visible_when_asked().label("visible"),
    )
    .join_from(_action, _artefact, _artefact.c.id == _action.c.artefact_id)
    .where(_action.c.owner_id == bindparam("person"), _action.c.closed_at.is_(None))
    .order_by(_action.c.due_on.is_(None), _action.c.due_on, _action.c.id)
    .limit(bindparam("limit"))
)


@cache
def again(*, hidden: bool) -> Select[Any]:
    """What is due at `moment` to come back to `person`, the longest due first; `again_limit` of it.

    `slot_minutes` is the time that the person set aside, so that a page need not ask for it.
    """
    slot = Slot.__table__
    minutes = select(slot.c.minutes).where(slot.c.person_id == bindparam("person")).scalar_subquery()
    query = (
        _things()
        .add_columns(_exposure.c.id.label("exposure_id"), _exposure.c.reviews, minutes.label("slot_minutes"))
        .select_from(_exposure.join(_THINGS, _artefact.c.id == _exposure.c.artefact_id))
        .where(
            _exposure.c.person_id == bindparam("person"),
            _exposure.c.due_at <= bindparam("moment"),
            visible_when_asked(),
        )
        .order_by(_exposure.c.due_at, _exposure.c.id)
        .limit(bindparam("again_limit"))
    )
    return query.where(_artefact.c.kind.not_in(_list("hidden"))) if hidden else query


ACTIONS = (
    select(
        _action.c.id,
        _action.c.artefact_id,
        _action.c.owner_id,
        _person.c.name.label("owner_name"),
        _action.c.expectation,
        _action.c.due_on,
        _action.c.outcome,
        _action.c.what_happened,
        _action.c.closed_at,
    )
    .join_from(_action, _person, _person.c.id == _action.c.owner_id)
    .where(_action.c.artefact_id.in_(_list("ids", Uuid())))
    .order_by(_action.c.id)
)
COMMENTS = (
    select(
        _comment.c.id,
        _comment.c.author_id,
        _person.c.name,
        _practice.c.name.label("practice_name"),
        _comment.c.text,
        _comment.c.created_at,
    )
    .join_from(_comment, _artefact, _artefact.c.id == _comment.c.artefact_id)
    .join(_person, _person.c.id == _comment.c.author_id)
    .join(_practice, _practice.c.id == _artefact.c.practice_id)
    .where(_comment.c.artefact_id == bindparam("id"), _comment.c.withdrawn_at.is_(None), visible_when_asked())
    .order_by(_comment.c.id)
    .limit(200)
)


FILES = (
    select(
        _file.c.id,
        _file.c.artefact_id,
        _file.c.digest,
        _file.c.name,
        _file.c.media_type,
        _file.c.size,
        _file.c.description,
        _file.c.position,
    )
    .join_from(_file, _artefact, _artefact.c.id == _file.c.artefact_id)
    .where(_file.c.artefact_id == bindparam("id"), visible_when_asked())
)


def _trail() -> Select[Any]:
    """The things that links lead to from the thing `id`, in `steps` at most; the `boxes` closest, the oldest first.

    A thing has a row for each link that starts at it and ends in the trail, or one without a link.
    """
    start = select(_artefact.c.id.label("id"), literal(0).label("step")).where(
        _artefact.c.id == bindparam("id"), visible_when_asked()
    )
    reach = start.cte("reach", recursive=True)
    neighbour = case((_link.c.from_id == reach.c.id, _link.c.to_id), else_=_link.c.from_id)
    reach = reach.union(
        select(neighbour, reach.c.step + 1)
        .select_from(reach)
        .join(_link, or_(_link.c.from_id == reach.c.id, _link.c.to_id == reach.c.id))
        .join(_artefact, _artefact.c.id == neighbour)
        .where(reach.c.step < bindparam("steps"), visible_when_asked())
    )
    # The thing itself first, then what is closest: of more than fit, the database would leave out whichever it likes.
    boxes = select(reach.c.id).group_by(reach.c.id).order_by(func.min(reach.c.step), reach.c.id)
    within = (_link.c.from_id == _artefact.c.id) & _link.c.to_id.in_(select(reach.c.id))
    return (
        _things()
        .add_columns(
            _link.c.id.label("link_id"),
            _link.c.type.label("link_type"),
            _link.c.to_id.label("link_to"),
            _link.c.created_at.label("link_made"),
        )
        .select_from(_THINGS.outerjoin(_link, within))
        .where(_artefact.c.id.in_(boxes.limit(bindparam("boxes"))), visible_when_asked())
        .order_by(_artefact.c.created_at)
    )


TRAIL = _trail()
WRITE_RESULT = select(WriteKey.result_id).where(
    WriteKey.writer == bindparam("writer"), WriteKey.client_key == bindparam("key")
)
