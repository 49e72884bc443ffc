"""Invented things in any number: the same seed gives the same ones, and a small set is the newest part of a large one.

Every value is text or a number as both databases take it, so that one generator feeds both loaders.
"""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bench.world import World
from layers_core.artefacts.search import audience_token, kind_token
from layers_core.host.loader import Host
from layers_reflect.prompts import newest
from layers_reflect.writing import new_body

CHUNK = 1_000
EVERY_SECONDS = 90
"""So far apart are two things: 1,000,000 of them are nearly three years."""
TERMS = {"ferritin": 0.0001, "spirometry": 0.01, "letters": 0.1}
"""Words whose share of all things is known."""
KINDS = {
    "reflect.note": 0.55,
    "reflect.aside": 0.05,
    "core.note": 0.08,
    "peer_share.question": 0.06,
    "patient_input.answer": 0.12,
    "guidelines.recommendation": 0.08,
    "guidelines.decision": 0.06,
}
AUDIENCES = {"person": 0.2, "practice": 0.5, "cluster": 0.2, "network": 0.1}
FIXED_AUDIENCE = {
    "reflect.aside": "person",
    "patient_input.answer": "practice",
    "guidelines.recommendation": "practice",
    "guidelines.decision": "practice",
}
WITHOUT_AUTHOR = {"patient_input.answer"}
RESURFACES = {"reflect.note"}
TEMPLATE = "what_so_what_now_what"
READER_EVERY = 100
"""One in so many of the newest things is the reader's own, with a promise that is due and a note that comes back."""
PROMISED, LINKED, COMMENTED, USED = 0.1, 0.4, 0.05, 0.02

WORDS = """
patient reception phone letter result referral clinic nurse repeat prescription blood pressure monitoring pharmacy
practice meeting review appointment guideline dose urine sample children asthma inhaler diabetes foot check vaccine
fridge consent record summary discharge hospital follow safety net warning signs explain listen carer home visit triage
telephone message urgent routine team learned change next time ask before again translate leaflet large print screen
access door waiting room booking online text reminder missed late early
"""
COMMON = WORDS.split()
SYLLABLES = ("ba", "ce", "di", "fo", "gu", "la", "me", "ni", "po", "ru", "sa", "te", "vi", "zo")
RARE = ["".join(parts) for parts in itertools.product(SYLLABLES, repeat=3)]
"""2,744 invented words, each in few things, as names and abbreviations are."""

Rows = dict[str, list[tuple[Any, ...]]]


@dataclass
class Chunk:
    """The rows of some things, by table."""

    rows: Rows = field(default_factory=dict)

    def add(self, table: str, *values: Any) -> None:
        """Add one row."""
        self.rows.setdefault(table, []).append(values)


def stamp(moment: datetime) -> str:
    """A moment in UTC as both databases read it."""
    return f"{moment:%Y-%m-%d %H:%M:%S.%f}"


def key(moment: datetime, chance: random.Random) -> str:
    """A key of UUID version 7 for a moment, as 32 hexadecimal digits."""
    milliseconds = int(moment.timestamp() * 1000)
    high, low = chance.getrandbits(12), chance.getrandbits(62)
    return f"{(milliseconds << 80) | (7 << 76) | (high << 64) | (2 << 62) | low:032x}"


def chunks(world: World, host: Host, size: int) -> Iterator[Rows]:
    """The rows of `size` things, the oldest first, a thousand at a time."""
    end = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=5)
    for number_of_chunk in range(size // CHUNK - 1, -1, -1):
        # Counted from the newest, so that the newest thousand are the same in a small and in a large set.
        yield _Maker(world, host, size, number_of_chunk, end).make()


class _Maker:
    def __init__(self, world: World, host: Host, size: int, chunk: int, end: datetime) -> None:
        self.world, self.host, self.size, self.chunk, self.end = world, host, size, chunk, end
        self.chance = random.Random(f"chunk {chunk}")
        self.out = Chunk()
        self.linkable: dict[int, list[str]] = {}
        self.recommended: dict[int, list[str]] = {}

    def make(self) -> Rows:
        """Make the rows."""
        for position in range(CHUNK):
            self._thing(position)
        return self.out.rows

    def _thing(self, position: int) -> None:
        chance, world = self.chance, self.world
        age = self.chunk * CHUNK + (CHUNK - 1 - position)
        moment = self.end - timedelta(seconds=age * EVERY_SECONDS)
        readers = self.chunk == 0 and position % READER_EVERY == READER_EVERY // 2
        kind = chance.choices(list(KINDS), KINDS.values())[0]
        practice = chance.randrange(len(world.practices))
        member = chance.randrange(len(world.practices[0].people))
        type_ = FIXED_AUDIENCE.get(kind) or chance.choices(list(AUDIENCES), AUDIENCES.values())[0]
        if readers:
            kind, practice, member, type_ = "reflect.note", 0, 0, ("practice", "cluster")[position // READER_EVERY % 2]
        home = world.practices[practice]
        author = None if kind in WITHOUT_AUTHOR else home.people[member]
        audience = {
            "person": home.own_audiences[member],
            "practice": home.audience,
            "cluster": home.cluster_audience,
            "network": world.network_audience,
        }[type_]
        artefact, at = key(moment, chance), stamp(moment)
        if kind == "guidelines.decision" and not self.recommended.get(practice):
            kind = "core.note"
        text = self._text()
        title, body = self._body(kind, text, practice)
        kept = json.dumps(body)
        version = self.host.registry.kinds[kind].version
        number = self.size - age
        add = self.out.add
        add(
            "core_artefact",
            *(number, artefact, kind, title, kept, version, "en", home.id, author, audience.hex, "live", 1, at, at),
        )
        add("core_revision", artefact, 1, title, kept, version, audience.hex, author, at)
        words = self.host.registry.kinds[kind].search_text(body)
        add("core_search", number, f"{audience_token(audience)} {kind_token(kind)}", title, words)
        self._around(kind, artefact, moment, home, author, type_, readers)
        self._plugin_rows(kind, artefact, at, practice, author, body)
        if type_ == "practice":
            self.linkable.setdefault(practice, []).append(artefact)
        if kind == "guidelines.recommendation":
            self.recommended.setdefault(practice, []).append(artefact)

    def _text(self) -> list[str]:
        chance = self.chance
        words = chance.choices(COMMON, k=30) + chance.choices(RARE, k=10)
        words += [term for term, share in TERMS.items() if chance.random() < share]
        chance.shuffle(words)
        return words

    def _body(self, kind: str, words: list[str], practice: int) -> tuple[str, dict[str, Any]]:
        text = " ".join(words)
        first, second, third = " ".join(words[:16]), " ".join(words[16:28]), " ".join(words[28:])
        title = " ".join(words[:9]).capitalize()
        if kind == "reflect.note":
            answers = {"what": first, "so_what": second, "now_what": third}
            about = {"minutes": 30, "types": ["cpd"], "topics": [self.chance.choice(COMMON)]}
            return title, new_body(newest(TEMPLATE), answers, about)
        if kind == "peer_share.question":
            return title, {"need": first, "tried": f"{second} {third}"}
        if kind == "patient_input.answer":
            return title, {
                "form": "fft",
                "form_version": 1,
                "scale_version": "2020",
                "score": "good",
                "form_title": "",
                "parts": [{"link_id": "text", "question": "", "text": text, "translation": "", "words": True}],
                "language": "en",
                "method": "online",
                "received_month": "2026-10",
            }
        if kind == "guidelines.recommendation":
            return title, {
                "text": text,
                "guideline": "Example guideline",
                "source_name": "Example",
                "source_url": "",
                "licence": "Example",
                "version_label": "1",
                "dated": "2026-01-01",
                "dated_as_written": "",
                "strength": "strong",
                "certainty": "moderate",
                "status": "",
                "codes": [],
                "passages": [],
                "documents": [],
                "reported": [],
                "example": True,
                "origin": "by-hand",
                "edition": "bench",
                "content_hash": "",
                "path": title,
                "imported_on": "2026-01-01",
            }
        if kind == "guidelines.decision":
            return title, {
                "recommendation": self.chance.choice(self.recommended[practice]),
                "decision": "adapt",
                "reason": first,
                "local_wording": f"{second} {third}",
                "criteria": [],
                "review_on": None,
            }
        return title, {"text": text}

    def _around(
        self, kind: str, artefact: str, moment: datetime, home: Any, author: Any, type_: str, mine: bool
    ) -> None:
        chance, add, at = self.chance, self.out.add, stamp(moment)
        if author and kind in RESURFACES:
            due = stamp(moment if mine else moment + timedelta(days=4_000))
            card = json.dumps({"fsrs": json.dumps({"card_id": 0, "state": 2, "due": moment.isoformat()})})
            add("core_exposure", key(moment, chance), author, artefact, due, card, 0)
        if author and (mine or chance.random() < PROMISED):
            closed = None if mine else at
            outcome = None if mine else "adopt"
            words = " ".join(chance.choices(COMMON, k=6)).capitalize()
            due_on = f"{moment + timedelta(days=7):%Y-%m-%d}"
            add(
                "core_action",
                *(key(moment, chance), artefact, home.id, author, words, due_on, outcome, "It works", at, closed),
            )
        others = self.linkable.get(home.index)
        if others and type_ == "practice" and chance.random() < LINKED:
            add("core_link", key(moment, chance), "prompted_by", artefact, chance.choice(others), author, at)
        if type_ != "person" and chance.random() < COMMENTED:
            text = " ".join(chance.choices(COMMON, k=12)).capitalize()
            add("core_comment", key(moment, chance), artefact, chance.choice(home.people), text, at, None)
        if author and type_ in {"cluster", "network"} and (mine or chance.random() < USED):
            neighbour = self.world.practices[(home.index + 1) % len(self.world.practices)]
            seen = None if mine else at
            add(
                "peer_share_response",
                *(key(moment, chance), artefact, neighbour.people[0], neighbour.id, author, "used", "", at, seen),
            )
        actor = home.actor_keys[home.people.index(author)] if author else None
        event = ("core.recorded", 1, "producing", actor, "gp", home.id, artefact, "core", 4, at)
        add("core_usage_event", key(moment, chance), *event, json.dumps({"audience": type_, "prompted": False}), None)

    def _plugin_rows(self, kind: str, artefact: str, at: str, practice: int, author: Any, body: dict[str, Any]) -> None:
        add, home = self.out.add, self.world.practices[practice]
        if kind == "reflect.note":
            about = body["about"]
            add("reflect_entry", artefact, author, at[:10], about["minutes"], 0, None, body["template"], False)
            for scheme in ("types", "topics"):
                add("reflect_tag", artefact, scheme, about[scheme][0])
        if kind == "reflect.aside" and self.linkable.get(practice):
            add("reflect_aside", artefact, self.chance.choice(self.linkable[practice]))
        if kind == "peer_share.question":
            add("peer_share_question", artefact, "open", None, None)
        if kind == "guidelines.recommendation":
            add("guidelines_recommendation", artefact, home.edition, body["path"], "strong", "moderate")
        if kind == "guidelines.decision":
            add("guidelines_decision", artefact, body["recommendation"], home.id, "adapt", at)
