"""A made-up plugin that has been through three versions of its one kind, as it was in each of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from marshmallow import Schema, fields

from layers_core.contract import ArtefactKind, Body, Permission, PluginMeta, hookimpl

KIND = "diary.entry"


class First(Schema):
    """Version 1: a text."""

    text = fields.String(required=True)


class Second(Schema):
    """Version 2: a text and a mood."""

    text = fields.String(required=True)
    mood = fields.String(load_default="none")


class Third(Schema):
    """Version 3: the text has another name, and moods are several."""

    what = fields.String(required=True)
    moods = fields.List(fields.String(), load_default=list)


def upgrade(body: Body, from_version: int) -> Body:
    """A body of an earlier version in version 3."""
    if from_version < 2:
        body = {**body, "mood": "none"}
    if from_version < 3:
        body = {"what": body["text"], "moods": [body["mood"]]}
    return body


SCHEMAS: dict[int, type[Schema]] = {1: First, 2: Second, 3: Third}
WORDS = {1: "text", 2: "text", 3: "what"}
"""The field with the words, by version."""


class Diary:
    """The plugin in one of its versions."""

    meta = PluginMeta(
        slug="diary",
        name="Diary",
        version="1",
        requires_core=">=0.1",
        summary="For tests",
        stores="Entries",
        seen_by="Whoever the writer chooses",
    )

    def __init__(self, version: int) -> None:
        self._version = version

    @hookimpl
    def layers_permissions(self) -> Iterable[Permission]:
        """Everybody may write."""
        return [Permission("diary.write", "Write")]

    @hookimpl
    def layers_artefact_kinds(self) -> Iterable[ArtefactKind]:
        """Entries."""

        def words(body: dict[str, Any]) -> str:
            return str(body[WORDS[self._version]])

        return [
            ArtefactKind(
                name=KIND,
                version=self._version,
                schema=SCHEMAS[self._version],
                label="Entry",
                summary=words,
                search_text=words,
                page_template="diary/entry.html",
                permission="diary.write",
                upgrade=upgrade,
            )
        ]
