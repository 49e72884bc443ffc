"""An entry as JSON and back, with nothing lost: what the archive's lines and our part of a Leap2A file hold."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC
from typing import Any, BinaryIO

from marshmallow import ValidationError

from layers_core.i18n import gettext as _
from layers_reflect.portfolio.interchange import ActionRecord, Entry, FileRecord, LinkRecord, Refused
from layers_reflect.portfolio.schemas import EntrySchema

FindFile = Callable[[str], Callable[[], BinaryIO] | None]
"""Gives what opens the file of a digest, or None where the file is not there."""

_SCHEMA = EntrySchema()
LINE_LIMIT = 4_000_000
DEPTH_LIMIT = 20
"""More than twice as deep as anything that an entry holds."""


def line_of(entry: Entry) -> str:
    """An entry as one line of JSON in ASCII: every character survives, also one that XML cannot hold."""
    return json.dumps(
        {
            "id": str(entry.id),
            "kind": entry.kind,
            "title": entry.title,
            "template": entry.template,
            "template_version": entry.template_version,
            "answers": dict(entry.answers),
            "asked": [dict(question) for question in entry.asked],
            "about": dict(entry.about),
            "language": entry.language,
            "created_at": entry.created_at.isoformat(),
            "updated_at": entry.updated_at.isoformat(),
            "links": [{"type": link.type, "to": str(link.to), "reverse": link.reverse} for link in entry.links],
            "actions": [_action(action) for action in entry.actions],
            "files": [_file(file) for file in entry.files],
            "other": dict(entry.other),
        },
        separators=(",", ":"),
        allow_nan=False,
    )


def _action(action: ActionRecord) -> Mapping[str, Any]:
    return {
        "expectation": action.expectation,
        "due_on": action.due_on.isoformat() if action.due_on else None,
        "outcome": action.outcome,
        "what_happened": action.what_happened,
        "created_at": action.created_at.isoformat(),
        "closed_at": action.closed_at.isoformat() if action.closed_at else None,
    }


def _file(file: FileRecord) -> Mapping[str, Any]:
    return {
        "name": file.name,
        "media_type": file.media_type,
        "size": file.size,
        "digest": file.digest,
        "description": file.description,
    }


def _missing(name: str) -> Callable[[], BinaryIO]:
    def refuse() -> BinaryIO:
        raise Refused(_("The file “%(name)s” is not in what you brought", name=name))

    return refuse


def entry_from(line: str | bytes, find_file: FindFile) -> Entry:
    """The entry that a line holds. Raises Refused, in words, for a line that holds none."""
    if len(line) > LINE_LIMIT:
        raise Refused(_("It is too long to be an entry"))
    try:
        data = json.loads(line)
        # A lone surrogate passes the parser and no database.
        json.dumps(data, ensure_ascii=False, allow_nan=False).encode()
        if not _is_flat(data, DEPTH_LIMIT):
            raise Refused(_("It is too deeply nested to be an entry"))
        found = _SCHEMA.load(data)
        created, updated = found["created_at"].astimezone(UTC), found["updated_at"].astimezone(UTC)
        actions = tuple(_past(action) for action in found["actions"])
    except ValidationError as error:
        fields = ", ".join(sorted(str(field) for field in error.messages_dict))
        raise Refused(_("It is not in the shape of an entry. Look at: %(fields)s", fields=fields)) from error
    except Refused:
        raise
    except (ValueError, OverflowError, RecursionError) as error:
        raise Refused(_("It cannot be read as an entry")) from error
    return Entry(
        id=found["id"],
        kind=found["kind"],
        title=found["title"],
        template=found["template"],
        template_version=found["template_version"],
        answers=found["answers"],
        asked=tuple(found["asked"]),
        about=found["about"],
        language=found["language"],
        created_at=created,
        updated_at=updated,
        links=tuple(LinkRecord(**link) for link in found["links"]),
        actions=actions,
        files=tuple(
            FileRecord(**file, open=find_file(file["digest"]) or _missing(file["name"])) for file in found["files"]
        ),
        other=found["other"],
    )


def _is_flat(value: Any, levels: int) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return levels > 0 and all(_is_flat(part, levels - 1) for part in inner)


def _past(action: Mapping[str, Any]) -> ActionRecord:
    closed = action["closed_at"]
    times = {
        "created_at": action["created_at"].astimezone(UTC),
        "closed_at": closed.astimezone(UTC) if closed else None,
    }
    return ActionRecord(**{**action, **times})
