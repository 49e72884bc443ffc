"""An answer's codes in the words that staff read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from layers_core.contract import Body
from layers_core.i18n import gettext as _
from layers_core.i18n import lazy_gettext as _l
from layers_core.vocabulary import label, vocabulary
from layers_patient_input.models import Answer
from layers_patient_input.responses import Part
from layers_patient_input.wording import PACKAGE, known

_MONTHS = (
    _l("January"), _l("February"), _l("March"), _l("April"), _l("May"), _l("June"),
    _l("July"), _l("August"), _l("September"), _l("October"), _l("November"), _l("December"),
)  # fmt: skip


@dataclass(frozen=True)
class ShownAnswer:
    """A patient's answer in words; `received` is a month for what was released, `score` empty without one."""

    form: str
    score: str
    parts: Sequence[Mapping[str, Any]]
    language: str
    language_name: str
    direction: str
    method: str
    received: str

    @property
    def line(self) -> str:
        """What the patient wrote in one line, as staff can read it."""
        return " ".join(part["translation"] or part["text"] for part in self.parts if part["words"])

    @property
    def translated(self) -> bool:
        """Whether staff read a translation in that line."""
        return any(part["translation"] for part in self.parts)


def score(scale: str, code: str) -> str:
    """An answer's score in words; its code where this version does not know the scale."""
    entry = vocabulary("scales", PACKAGE).get(scale, {}).get(code)
    return _(entry["label"]) if entry else code


def month(when: date) -> str:
    """A month as people write it: November 2026."""
    return _("%(month)s %(year)s", month=_MONTHS[when.month - 1], year=when.year)


def form_name(code: str, own_title: str = "") -> str:
    """A form's name: its own title, or the name of a built-in; its code where this version does not know it."""
    return own_title or label("built_in_forms", code, PACKAGE)


def title(row: Answer, own_title: str = "") -> str:
    """The title of an answer: what it answers, and nothing that the patient wrote."""
    entry = vocabulary("built_in_forms", PACKAGE).get(row.form, {})
    if row.score and "released" in entry:
        return _(entry["released"], score=score(row.scale_version, row.score))
    return _(entry["released"]) if "released" in entry else _("A patient answered “%(form)s”", form=own_title)


def answer(body: Body) -> ShownAnswer:
    """A released answer."""
    language = known(body["language"])
    return ShownAnswer(
        form=form_name(body["form"], body["form_title"]),
        score=score(body["scale_version"], body["score"]) if body["score"] else "",
        parts=body["parts"],
        language=body["language"],
        language_name=language.name if language else body["language"],
        direction=language.direction if language else "auto",
        method=label("methods", body["method"], PACKAGE),
        received=month(date.fromisoformat(f"{body['received_month']}-01")),
    )


def of_row(row: Answer, parts: Sequence[Part], own_title: str = "") -> ShownAnswer:
    """An answer as it came in."""
    return answer(
        {
            "form": row.form,
            "form_title": own_title,
            "scale_version": row.scale_version,
            "score": row.score or "",
            "parts": [{**asdict(part), "translation": ""} for part in parts],
            "language": row.language,
            "method": row.method,
            "received_month": f"{row.received_on:%Y-%m}",
        }
    )
