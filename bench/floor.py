"""What a page cannot cost less than: Flask and Jinja, 20 rows, one Core query made once, no sign-in, no frame.

Its POST writes one row in one durable transaction, the floor of a save.
"""

from __future__ import annotations

import json
from uuid import UUID

from flask import Flask, redirect, render_template, request
from sqlalchemy import Column, Integer, MetaData, Table, Text, bindparam, insert, select, union_all
from werkzeug.wrappers import Response

from layers_core.artefacts.models import Artefact
from layers_core.db.session import Database
from layers_core.practices.models import Person

ROWS = 20
NOTES = Table("bench_note", MetaData(), Column("id", Integer, primary_key=True), Column("text", Text))
PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Newest</title></head>
<body><h1>Newest</h1>
<ul>{% for row in rows %}
<li><a href="/things/{{ row.id }}">{{ row.title }}</a><p>{{ row.kind }} · {{ row.name }} · {{ row.created_at }}</p></li>
{% endfor %}</ul></body></html>
"""


def create_app(database: Database, audiences: list[UUID]) -> Flask:
    """The floor on a database, showing what these audiences may see: the feed's own query, with nothing around it."""
    app = Flask("bench_floor", static_folder=None)
    artefact = Artefact.__table__.c
    ranges = []
    for number in range(len(audiences)):
        newest = (
            select(artefact.number, artefact.created_at, artefact.id)
            .where(artefact.audience_id == bindparam(f"audience{number}"), artefact.state == "live")
            .order_by(artefact.created_at.desc(), artefact.id.desc())
            .limit(ROWS)
            .subquery()
        )
        ranges.append(select(newest))
    merged = union_all(*ranges).subquery()
    page = select(merged.c.number).order_by(merged.c.created_at.desc(), merged.c.id.desc()).limit(ROWS)
    person = Person.__table__.c
    query = (
        select(artefact.id, artefact.title, artefact.kind, artefact.created_at, person.name)
        .outerjoin_from(Artefact.__table__, Person.__table__, person.id == artefact.author_id)
        .where(artefact.number.in_(page))
        .order_by(artefact.created_at.desc(), artefact.id.desc())
    )
    asked = {f"audience{number}": key for number, key in enumerate(audiences)}
    template = app.jinja_env.from_string(PAGE)

    @app.get("/")
    def index() -> str:
        with database.engine.connect() as connection:
            rows = connection.execute(query, asked).all()
            connection.commit()
        return render_template(template, rows=rows)

    @app.post("/note")
    def save() -> Response:
        with database.write() as session:
            session.connection().execute(insert(NOTES).values(text=request.form["text"]))
        return redirect("/", 303)

    return app


def prepare(owner: Database, *, application: str = "") -> None:
    """Make the floor's own table; `application` is the role that may use it on PostgreSQL."""
    NOTES.metadata.create_all(owner.engine)
    if application and owner.dialect == "postgresql":
        with owner.engine.begin() as connection:
            connection.exec_driver_sql(f"GRANT ALL ON bench_note TO {application}")
            connection.exec_driver_sql(f"GRANT ALL ON SEQUENCE bench_note_id_seq TO {application}")


def audiences_of(words: str) -> list[UUID]:
    """The keys that a command line named."""
    return [UUID(word) for word in json.loads(words)]
