"""Getting at what a FHIR file holds: the hostile-input limits, and typed access to its elements."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from layers_core.i18n import LazyString
from layers_core.i18n import lazy_gettext as _l
from layers_guidelines.fhir_ratings import Place, Unread

MAX_BYTES: Final = 5 * 1024 * 1024
MAX_DEPTH: Final = 100
MAX_ELEMENTS: Final = 150_000
MAX_RECOMMENDATIONS: Final = 1_000

# What may stand in a text: everything but control characters other than tab and line feed.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


class UnreadableFile(ValueError):
    """The file as a whole cannot be read; ``why`` says so in words for a person, ``code`` for programs."""

    def __init__(self, code: str, why: LazyString) -> None:
        super().__init__(str(why))
        self.code = code
        self.why = why


def parse(content: bytes | str) -> dict[str, Any]:
    """Return the JSON object of the file.

    Raises:
        UnreadableFile: not JSON, not an object, longer than `MAX_BYTES`, nested deeper than `MAX_DEPTH` or with
            more than `MAX_ELEMENTS` objects and lists.
    """
    if len(content) > MAX_BYTES or (isinstance(content, str) and len(content.encode("utf-8", "replace")) > MAX_BYTES):
        raise UnreadableFile("too-big", _l("This file is larger than 5 MB. Split it into smaller files."))
    try:
        text = content.decode("utf-8-sig") if isinstance(content, bytes) else content.removeprefix("\ufeff")
        parsed = json.loads(text, parse_constant=_refuse_constant)
    except RecursionError:
        raise UnreadableFile("too-deep", _l("This file is nested too deeply to be a guideline.")) from None
    except ValueError:  # JSONDecodeError and UnicodeDecodeError are ValueErrors, and so is a number of 5,000 digits
        raise UnreadableFile("not-json", _l("This file is not JSON. Choose a FHIR file that ends in .json.")) from None
    if not isinstance(parsed, dict):
        raise UnreadableFile("wrong-resource", _l("This is JSON, but not FHIR: it does not name a resourceType."))
    _check_shape(parsed)
    return parsed


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _check_shape(value: dict[str, Any]) -> None:
    """Refuse what is nested too deeply or holds too many elements for its size."""
    level: list[Any] = [value]
    total = 0
    for _ in range(MAX_DEPTH):
        level = [
            child
            for node in level
            for child in (node.values() if isinstance(node, dict) else node)
            if isinstance(child, dict | list)
        ]
        total += len(level)
        if total > MAX_ELEMENTS:
            raise UnreadableFile("too-many", _l("This file holds too many elements. Split it into smaller files."))
        if not level:
            return
    raise UnreadableFile("too-deep", _l("This file is nested too deeply to be a guideline."))


class Plan:
    """One PlanDefinition while it is read: gets texts, and notes what is of a wrong type."""

    def __init__(self, plan: dict[str, Any], path: str) -> None:
        self.plan = plan
        self.path = path
        self.reported: list[Unread] = []

    def note(self, path: str, what: LazyString, why: LazyString, code: str) -> None:
        """Report something at the path."""
        self.reported.append(Unread(path, what, why, code))

    def at(self, path: str) -> str:
        """Return the path of an element of the plan itself."""
        return f"{self.path}.{path}".strip(".")

    def text(self, element: dict[str, Any], name: str, path: str) -> str:
        """Return a text without control characters; another type than text is reported and gives ``""``."""
        value = element.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            why = _l("It should be text. We left it out.")
            self.note(f"{path}.{name}".strip("."), _l("“%(name)s”", name=name), why, "wrong-type")
            return ""
        return _CONTROL.sub("", value.replace("\r\n", "\n").replace("\r", "\n")).strip()

    def elements(self, element: dict[str, Any], name: str, path: str) -> list[Place]:
        """Return the elements of a list with their paths; what is no element is reported and left out."""
        value = element.get(name)
        if value is None:
            return []
        where = f"{path}.{name}".strip(".")
        found = [(f"{where}[{n}]", item) for n, item in enumerate(value if isinstance(value, list) else [])]
        good = [(place, item) for place, item in found if isinstance(item, dict)]
        if not isinstance(value, list) or len(good) < len(found):
            why = _l("It should be a list of elements. We left out what is not.")
            self.note(where, _l("“%(name)s”", name=name), why, "wrong-type")
        return good

    def actions(self) -> list[Place]:
        """Return every action, outer before inner, in the file's order."""
        found: list[Place] = []
        waiting = self.elements(self.plan, "action", self.path)[::-1]
        while waiting:
            path, action = waiting.pop()
            found.append((path, action))
            waiting.extend(reversed(self.elements(action, "action", path)))
        return found
