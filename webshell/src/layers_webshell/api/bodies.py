"""Reading a JSON body that anybody may have sent: wrong, endless, deep, or with characters that no database keeps."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn

from flask import Request
from flask_smorest import Blueprint, abort
from marshmallow import Schema, missing

from layers_core.i18n import gettext as _

DEEPEST = 20
UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")
"""PostgreSQL keeps no NUL, and half a surrogate pair is no text at all."""


class JsonParser(type(Blueprint.ARGUMENTS_PARSER)):  # type: ignore[misc]
    """flask-smorest's parser, stricter about the JSON itself."""

    def load_json(self, req: Request, schema: Schema) -> Any:
        """The JSON body, or `missing` where there is none. Answers 400 for what is no JSON, 422 for what can't be kept.

        Numbers that are not finite, and what Python can't read without running out of stack, count as no JSON.
        """
        if not req.is_json:
            return missing
        try:
            data = json.loads(req.get_data(cache=True), parse_constant=_no_number)
        except (ValueError, RecursionError) as error:
            abort(400, exc=error, messages={"json": [_("This is not JSON that we can read")]})
        for problem in problems(data):
            abort(422, messages={"json": [problem]})
        return data


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def problems(data: object) -> Iterator[str]:
    """What is wrong with JSON values before any schema looks at them. Never recurses."""
    waiting: list[tuple[object, int]] = [(data, 1)]
    while waiting:
        value, depth = waiting.pop()
        if isinstance(value, dict | list) and depth > DEEPEST:
            yield _("This is nested too deep")
        elif isinstance(value, dict):
            waiting += [(part, depth + 1) for pair in value.items() for part in pair]
        elif isinstance(value, list):
            waiting += [(part, depth + 1) for part in value]
        elif isinstance(value, str) and UNKEEPABLE.search(value):
            yield _("This holds a character that cannot be kept")
