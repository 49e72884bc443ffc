"""A table of work for the tests alone; it stands in metadata of its own, so that it never meets the toolkit's."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, MetaData

from layers_core.aside.models import AsideRow
from layers_core.db.base import NAMING


class Piece(AsideRow):
    """A piece of work."""

    metadata = MetaData(naming_convention=NAMING)
    __tablename__ = "trial_piece"


@pytest.fixture(scope="module")
def database_schema():
    def schema(engine: Engine) -> None:
        Piece.metadata.create_all(engine)

    return schema


@pytest.fixture
def piece(database):
    """Work of ten steps that nobody has begun."""
    row = Piece(state="waiting", total=10)
    with database.write() as session:
        session.add(row)
    return row
