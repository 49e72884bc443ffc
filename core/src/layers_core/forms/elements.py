"""Reading one element of a form tolerantly: what is used is taken from it, and the rest is reported when it is done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from layers_core.forms import values
from layers_core.forms.model import Value, Words
from layers_core.i18n import gettext as _
from layers_core.vocabulary import vocabulary

TRANSLATION = "http://hl7.org/fhir/StructureDefinition/translation"
MOST_REPORTED = 10_000
_LONGEST_NAME = 200
# Marks that turn the order of other people's words: https://www.unicode.org/reports/tr9/#Explicit_Directional_Embeddings
_EMBEDDINGS = dict.fromkeys(range(0x202A, 0x202F))


@dataclass(frozen=True)
class Reported:
    """One thing in a file that is not used as it stands: where (empty for the form itself), what, and why."""

    link_id: str
    what: str
    why: str


class Report:
    """Collects what is reported, each line once, and no more lines than somebody could ever read."""

    def __init__(self) -> None:
        self._lines: dict[Reported, None] = {}
        self._more = 0

    def add(self, link_id: str, what: str, why: str) -> None:
        """Report a thing."""
        line = Reported(link_id[:_LONGEST_NAME], what, why)
        if line not in self._lines and len(self._lines) >= MOST_REPORTED:
            self._more += 1
        else:
            self._lines[line] = None

    def lines(self) -> tuple[Reported, ...]:
        """All lines in the order in which they were found."""
        if not self._more:
            return tuple(self._lines)
        return (*self._lines, Reported("", _("report"), _("%(count)s more lines are left out.", count=self._more)))


def codes(name: str) -> Any:
    """One table of data/questionnaires.json."""
    return vocabulary("questionnaires")[name]


@dataclass
class Element:
    """One JSON object of the form; `within` names it in the report where it is a part of an item."""

    data: Mapping[str, Any]
    link_id: str
    report: Report
    within: str = ""
    taken: set[str] = field(default_factory=set)
    known: set[str] = field(default_factory=set)
    """Addresses of extensions that are used, so that they are not reported."""

    def tell(self, what: str, why: str) -> None:
        """Report something about this element."""
        self.report.add(self.link_id, what, why)

    def take(self, key: str) -> Any:
        """What stands under a name, as it is."""
        self.taken.add(key)
        return self.data.get(key)

    def string(self, key: str) -> str:
        """A text; a number counts as one. Empty where there is none."""
        found = self.take(key)
        if isinstance(found, bool) or not isinstance(found, str | int | float | None):
            self.tell(key, _("It should be text, so it is not used."))
            return ""
        if isinstance(found, int | float):
            self.tell(key, _("It is a number; it is read as text."))
        return "" if found is None else str(found).strip()

    def name(self, key: str) -> str:
        """A linkId, exactly as it stands there; a number counts as one. Empty where there is none."""
        found = self.data.get(key)
        if isinstance(found, str) and found.strip():
            self.taken.add(key)
            return found
        return self.string(key)

    def words(self, key: str) -> Words:
        """A text with its translations, without marks that would turn the words around it."""
        text = self.string(key)
        plain = text.translate(_EMBEDDINGS)
        if plain != text:
            self.tell(key, _("Marks that change the direction of the text are taken out."))
        return Words(plain, self.translations(key))

    def translations(self, key: str) -> dict[str, str]:
        """The translations of a text, from the standard extension of its sibling `_name`."""
        self.taken.add(f"_{key}")
        sibling = self.data.get(f"_{key}")
        found: dict[str, str] = {}
        if not isinstance(sibling, dict):
            return found
        for extension in listed(sibling.get("extension")):
            if not isinstance(extension, dict):
                continue
            if extension.get("url") != TRANSLATION:
                self.extension(extension)
                continue
            parts = {part.get("url"): part for part in listed(extension.get("extension")) if isinstance(part, dict)}
            language = _first(parts.get("lang"), ("valueCode", "valueString"))
            content = _first(parts.get("content"), ("valueString", "valueMarkdown"))
            if language and content:
                found[language] = content.translate(_EMBEDDINGS)
            else:
                self.tell(_("translation"), _("It lacks its language or its words."))
        return found

    def flag(self, key: str) -> bool:
        """Whether a name says true."""
        found = self.take(key)
        if isinstance(found, str) and found.strip().lower() in ("true", "false"):
            self.tell(key, _("It is a text; it is read as true or false."))
            return found.strip().lower() == "true"
        if found is not None and not isinstance(found, bool):
            self.tell(key, _("It should be true or false, so it is not used."))
        return found is True

    def many(self, key: str) -> Iterator[Element]:
        """The objects of a list; one object alone counts as a list of one."""
        found = self.take(key)
        if found is not None and not isinstance(found, list):
            self.tell(key, _("It should be a list; it is read as a list of one."))
        for entry in listed(found):
            if isinstance(entry, dict):
                yield Element(entry, self.link_id, self.report, self.within or key)
            else:
                self.tell(key, _("An entry is no object, so it is not used."))

    def value(self, prefix: str) -> Value | None:
        """The value under `prefix[x]`; None where there is none. A number or truth written as text is put right."""
        names = [name for name in self.data if name.startswith(prefix) and name[len(prefix) :][:1].isupper()]
        if not names:
            return None
        if len(names) > 1:
            self.tell(prefix, _("It has several values; the first one is used."))
        self.taken.update(names)
        found = mended(Value(names[0][len(prefix) :], self.data[names[0]]))
        if found is None:
            self.tell(names[0][:_LONGEST_NAME], _("The value is not of this type, so it is not used."))
        return found

    def extension(self, extension: Mapping[str, Any]) -> None:
        """Report an extension that is not used."""
        url = str(extension.get("url") or "")[:_LONGEST_NAME]
        if url not in self.known:
            why = codes("extensions").get(url)
            self.tell(f"extension {url}".strip(), _(why) if why else _("This extension is not used here."))

    def rest(self) -> None:
        """Report what nobody took."""
        quiet = codes("about")["part" if self.link_id or self.within else "form"]
        for name in self.data:
            if name in self.taken or name in quiet or name == "fhir_comments":
                continue
            if name in ("extension", "modifierExtension"):
                self._extensions(name)
            elif name.startswith("_"):
                sibling = self.data[name]
                for extension in listed(sibling.get("extension") if isinstance(sibling, dict) else None):
                    if isinstance(extension, dict):
                        self.extension(extension)
            else:
                what = f"{self.within}.{name}" if self.within else name
                why = codes("elements").get(name)
                self.tell(what[:_LONGEST_NAME], _(why) if why else _("This is not used here."))

    def _extensions(self, name: str) -> None:
        for extension in listed(self.data[name]):
            if not isinstance(extension, dict):
                self.tell(name, _("An entry is no object, so it is not used."))
            elif name == "extension":
                self.extension(extension)
            else:
                url = str(extension.get("url") or "")[:_LONGEST_NAME]
                self.tell(
                    f"modifierExtension {url}".strip(), _("It may change what this means. Ask who made the form.")
                )


def listed(found: Any) -> Iterable[Any]:
    """A list as it is, nothing as an empty one, anything else as a list of one."""
    if isinstance(found, list):
        return found
    return () if found is None else (found,)


def mended(value: Value) -> Value | None:
    """A value of its type, where need be from a text that says the same; None where it is none."""
    data = value.data
    if value.type in ("Integer", "Decimal") and (exact := values.number(data)) is not None:
        whole = exact == exact.to_integral_value() and (value.type == "Integer" or isinstance(data, int))
        data = int(exact) if whole else data if isinstance(data, float) else float(exact)
    elif value.type == "Boolean" and isinstance(data, str) and data.lower() in ("true", "false"):
        data = data.lower() == "true"
    elif value.type == "Coding" and isinstance(data, dict):
        data = {
            part: str(data[part]).strip()
            for part in ("system", "version", "code", "display")
            if _is_word(data.get(part))
        }
    elif value.type == "String" and isinstance(data, str | int | float) and not isinstance(data, bool):
        data = str(data).strip()
    return Value(value.type, data) if values.fits(value.type, data) else None


def _is_word(data: Any) -> bool:
    return isinstance(data, str | int | float) and not isinstance(data, bool) and bool(str(data).strip())


def _first(part: Any, names: Iterable[str]) -> str:
    found = next((part[name] for name in names if name in part), "") if isinstance(part, dict) else ""
    return found.strip() if isinstance(found, str) else ""
