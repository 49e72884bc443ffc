"""What an entry comes from: any number of answers, themes and other things of the practice."""

from __future__ import annotations

from collections.abc import Sequence

from flask import abort

from layers_core.artefacts import reading as core_reading
from layers_core.contract import Thing
from layers_core.web import current, parse_uuid
from layers_patient_input.kinds import ANSWER, YOU_SAID

OFFERED = 10
"""Things that are offered besides those that are chosen: the newest answers, or what was searched for."""


def asked(keys: Sequence[str]) -> list[Thing]:
    """The things that an address or a form names, in its order; 404 for one that the actor can't start from."""
    ids = [parse_uuid(key) for key in dict.fromkeys(keys) if key]
    known = [key for key in ids if key]
    found = core_reading.get_many(current.session, current.host, current.actor, known) if known else {}
    things = [found[key] for key in dict.fromkeys(known) if key in found and _may_start(found[key])]
    if len(known) < len(ids) or len(things) < len(set(known)):
        abort(404)
    return things


def offered(sources: Sequence[Thing], words: str) -> list[Thing]:
    """What may be chosen besides: what has these words, or the newest answers where none are given."""
    most = OFFERED + len(sources)
    if words:
        hits = core_reading.find(current.session, current.host, current.actor, words, limit=most)
        found = [hit.thing for hit in hits]
    else:
        found = core_reading.feed(current.session, current.host, current.actor, kind=ANSWER, limit=most)
    known = {source.id for source in sources}
    return [thing for thing in found if thing.id not in known and _may_start(thing)][:OFFERED]


def _may_start(thing: Thing) -> bool:
    return thing.available and thing.practice_id == current.practice.id and thing.kind != YOU_SAID
