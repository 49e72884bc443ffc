"""Putting many rows into a database quickly: one transaction of executemany on SQLite, COPY on PostgreSQL."""

from __future__ import annotations

import sqlite3
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url

from bench.things import CHUNK, Rows

COLUMNS = {
    "core_artefact": (
        "number id kind title body body_version language practice_id author_id audience_id state revision"
        " created_at updated_at"
    ),
    "core_revision": "artefact_id number title body body_version audience_id edited_by created_at",
    "core_exposure": "id person_id artefact_id due_at card reviews",
    "core_action": (
        "id artefact_id practice_id owner_id expectation due_on outcome what_happened created_at closed_at"
    ),
    "core_link": "id type from_id to_id made_by created_at",
    "core_comment": "id artefact_id author_id text created_at withdrawn_at",
    "core_usage_event": (
        "id name version tier actor_key role practice_id artefact_id plugin mix_version occurred_at props once_key"
    ),
    "reflect_aside": "artefact_id note_id",
    "reflect_entry": ("artefact_id author_id happened_on minutes participatory_minutes importance template is_copy"),
    "reflect_tag": "artefact_id scheme code",
    "peer_share_question": "artefact_id state outcome closed_at",
    "peer_share_response": "id artefact_id person_id practice_id author_id type note created_at seen_at",
    "guidelines_recommendation": "artefact_id edition_id path strength certainty",
    "guidelines_decision": "artefact_id recommendation_id practice_id decision decided_at",
}
SEARCH = "core_search"
SEARCH_COLUMNS = ("number", "scope", "title", "words")


def shown(batches: Iterator[Rows], size: int, where: str) -> Iterator[Rows]:
    """The same batches, with a line that says how far they are."""
    began = time.monotonic()
    for number, rows in enumerate(batches, 1):
        yield rows
        done = number * CHUNK
        if done % 20_000 == 0 or done == size:
            rate = done / (time.monotonic() - began)
            print(
                f"\r  {where}: {done:,} of {size:,} things, {rate:,.0f} a second ", end="", file=sys.stderr, flush=True
            )
    print(file=sys.stderr)


def into_sqlite(path: Path, batches: Iterator[Rows]) -> None:
    """Load into a file that nobody else uses: no waiting for the disk, one transaction, no check of references."""
    connection = sqlite3.connect(path, isolation_level=None)
    for setting in ("synchronous = OFF", "foreign_keys = OFF", "cache_size = -400000", "temp_store = MEMORY"):
        connection.execute(f"PRAGMA {setting}")
    inserts = {table: _insert(table, columns.split()) for table, columns in COLUMNS.items()}
    inserts[SEARCH] = _insert(SEARCH, ["rowid", *SEARCH_COLUMNS[1:]])
    connection.execute("BEGIN")
    for rows in batches:
        for table, some in rows.items():
            connection.executemany(inserts[table], some)
    connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def _insert(table: str, columns: list[str]) -> str:
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"


def into_postgresql(owner_url: str, batches: Iterator[Rows]) -> None:
    """Load as the superuser, without checks of references; the index of words is made at the end."""
    address = make_url(owner_url).set(drivername="postgresql", username="postgres")
    with psycopg.connect(address.render_as_string(hide_password=False)) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET timezone = 'UTC'")
        connection.execute("SET maintenance_work_mem = '1GB'")
        connection.execute("DROP INDEX ix_core_search_vector")
        connection.execute("CREATE TEMP TABLE staged (number BIGINT, scope TEXT, title TEXT, words TEXT)")
        for rows in batches:
            for table, some in rows.items():
                columns = SEARCH_COLUMNS if table == SEARCH else COLUMNS[table].split()
                target = "staged" if table == SEARCH else table
                with connection.cursor().copy(f"COPY {target} ({', '.join(columns)}) FROM STDIN") as copy:
                    for row in some:
                        copy.write_row(row)
            connection.execute(
                "INSERT INTO core_search (number, words, vector) SELECT number, words,"
                " setweight(to_tsvector('simple', scope), 'D') || setweight(to_tsvector('english', title), 'A')"
                " || setweight(to_tsvector('english', words), 'B') FROM staged"
            )
            connection.execute("TRUNCATE staged")
        print("  PostgreSQL: the index of words", file=sys.stderr)
        connection.execute("CREATE INDEX ix_core_search_vector ON core_search USING GIN (vector)")
        connection.execute("ALTER TABLE core_search OWNER TO layers_owner")
        connection.execute(
            "SELECT setval(pg_get_serial_sequence('core_artefact', 'number'), (SELECT max(number) FROM core_artefact))"
        )
    with psycopg.connect(address.render_as_string(hide_password=False), autocommit=True) as connection:
        # What autovacuum does in its own time, done before the clock runs.
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")
