"""Search on both databases, with the audience inside the index.

Each row carries the tokens of its audience and kind beside its words, so that the index itself leaves out what the
reader may not see; the join to the artefact checks it once more. SQLite keeps an FTS5 table, PostgreSQL a tsvector.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from layers_core.artefacts.models import Artefact, Audience
from layers_core.contract import AudienceView

MOST_WORDS = 12
NEWEST = 2**62
WORD = re.compile(r"\w+", re.UNICODE)


@dataclass(frozen=True)
class Hit:
    """One thing found: its number, and its words with the found ones between `MARK_ON` and `MARK_OFF`."""

    number: int
    snippet: str


MARK_ON, MARK_OFF = "\x02", "\x03"


def audience_token(audience_id: UUID) -> str:
    """The index token of an audience: letters and digits only, and nothing that a stemmer would cut."""
    return f"a{audience_id.int}"


def kind_token(kind: str) -> str:
    """The index token of a kind."""
    return "k" + kind.encode().hex().translate(str.maketrans("abcdef", "uvwxyz")) + "0"


def index(
    session: Session, artefact: Artefact, audience: Audience | AudienceView, words: str, *, new: bool = False
) -> None:
    """Put an artefact's present words, kind and audience into the index, in place of earlier ones unless `new`."""
    if not new:
        remove(session, artefact.number)
    row = {
        "number": artefact.number,
        "scope": f"{audience_token(audience.id)} {kind_token(artefact.kind)}",
        "title": artefact.title,
        "words": words,
    }
    session.connection().execute(STATEMENTS[_dialect(session)]["insert"], row)


def remove(session: Session, number: int) -> None:
    """Take an artefact out of the index."""
    session.connection().execute(STATEMENTS[_dialect(session)]["delete"], {"number": number})


def words_of(query: str) -> list[str]:
    """The words of what somebody typed, at most twelve."""
    return WORD.findall(query)[:MOST_WORDS]


def find(
    session: Session,
    audience_ids: Sequence[UUID],
    hidden_kinds: Sequence[str],
    query: str,
    *,
    before: int | None = None,
    limit: int = 20,
    any_word: bool = False,
) -> list[Hit]:
    """The newest things with all (or any) of the words that these audiences may see, newest first.

    Whole words are looked for, whatever their endings; where nobody used them, beginnings of words are. `before` is the
    number of the last hit of the page before.
    """
    words = words_of(query)
    if not words or not audience_ids:
        return []
    finder = FINDERS[_dialect(session)]

    def ask(start: int | None, most: int, *, beginnings: bool) -> list[Hit]:
        wanted = _Wanted(words, audience_ids, hidden_kinds, any_word, beginnings)
        return finder(session, wanted, {"before": start or NEWEST, "limit": most})

    # FTS5 gathers every hit of a beginning before it gives the first one: of a word in a tenth of 1,000,000 things,
    # that took 42 ms, and the word itself took 0.6.
    found = ask(before, limit, beginnings=False)
    if found or (before is not None and ask(None, 1, beginnings=False)):
        return found
    return ask(before, limit, beginnings=True)


@dataclass(frozen=True)
class _Wanted:
    """What is looked for."""

    words: Sequence[str]
    audience_ids: Sequence[UUID]
    hidden_kinds: Sequence[str]
    any_word: bool
    beginnings: bool


def _dialect(session: Session) -> str:
    return session.get_bind().dialect.name


def _find_sqlite(session: Session, wanted: _Wanted, asked: Mapping[str, int]) -> list[Hit]:
    scopes = " OR ".join(audience_token(key) for key in wanted.audience_ids)
    star = "*" if wanted.beginnings else ""
    joined = (" OR " if wanted.any_word else " AND ").join(f'"{word}"{star}' for word in wanted.words)
    match = f"(scope : ({scopes})) AND ({{title words}} : ({joined}))"
    for kind in wanted.hidden_kinds:
        match = f"({match}) NOT (scope : {kind_token(kind)})"
    return _hits(session, {**asked, "match": match, "on": MARK_ON, "off": MARK_OFF})


def _find_postgresql(session: Session, wanted: _Wanted, asked: Mapping[str, int]) -> list[Hit]:
    star = ":*" if wanted.beginnings else ""
    joined = (" | " if wanted.any_word else " & ").join(f"{word}{star}" for word in wanted.words)
    scopes = " | ".join(f"{audience_token(key)}:D" for key in wanted.audience_ids)
    hidden = "".join(f" & !{kind_token(kind)}:D" for kind in wanted.hidden_kinds)
    options = f'StartSel="{MARK_ON}", StopSel="{MARK_OFF}", MaxWords=24, MinWords=8'
    return _hits(session, {**asked, "scope": f"({scopes}){hidden}", "match": joined, "options": options})


def _hits(session: Session, asked: Mapping[str, object]) -> list[Hit]:
    rows = session.connection().execute(STATEMENTS[_dialect(session)]["find"], asked)
    return [Hit(row.number, row.snippet or "") for row in rows]


STATEMENTS = {
    "sqlite": {
        "insert": text("INSERT INTO core_search (rowid, scope, title, words) VALUES (:number, :scope, :title, :words)"),
        "delete": text("DELETE FROM core_search WHERE rowid = :number"),
        "find": text(
            "SELECT rowid AS number, snippet(core_search, 2, :on, :off, '…', 24) AS snippet FROM core_search"
            " WHERE core_search MATCH :match AND rowid < :before ORDER BY rowid DESC LIMIT :limit"
        ),
    },
    "postgresql": {
        "insert": text(
            "INSERT INTO core_search (number, words, vector) VALUES (:number, :words,"
            " setweight(to_tsvector('simple', :scope), 'D')"
            " || setweight(to_tsvector('english', :title), 'A') || setweight(to_tsvector('english', :words), 'B'))"
        ),
        "delete": text("DELETE FROM core_search WHERE number = :number"),
        "find": text(
            "SELECT found.number, ts_headline('english', found.words, wanted.terms, :options) AS snippet"
            " FROM (SELECT number, words FROM core_search"
            " WHERE vector @@ (to_tsquery('simple', :scope) && to_tsquery('english', :match)) AND number < :before"
            " ORDER BY number DESC LIMIT :limit) AS found,"
            " (SELECT to_tsquery('english', :match) AS terms) AS wanted ORDER BY found.number DESC"
        ),
    },
}
FINDERS = {"sqlite": _find_sqlite, "postgresql": _find_postgresql}
