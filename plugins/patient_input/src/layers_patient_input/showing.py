"""An answer's codes in the words that staff read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from layers_core.contract import Body
from layers_core.i18n import gettext as _
from layers_core.i18n import lazy_gettext as _l
from layers_core.vocabulary import label, vocabulary
from layers_patient_input.models import Answer
from layers_patient_input.wording import PACKAGE, WORDS

_MONTHS = (
    _l("January"), _l("February"), _l("March"), _l("April"), _l("May"), _l("June"),
    _l("July"), _l("August"), _l("September"), _l("October"), _l("November"), _l("December"),
)  # fmt: skip


@dataclass(frozen=True)
class ShownAnswer:
    """A patient's answer in words; `received` is a month for what was released."""

    score: str
    question: str
    text: str
    translation: str
    language: str
    language_name: str
    direction: str
    method: str
    received: str


def score(scale: str, code: str) -> str:
    """An answer's score in words; its code where this version does not know the scale."""
    entry = vocabulary("scales", PACKAGE).get(scale, {}).get(code)
    return _(entry["label"]) if entry else code


def month(when: date) -> str:
    """A month as people write it: November 2026."""
    return _("%(month)s %(year)s", month=_MONTHS[when.month - 1], year=when.year)


def answer(body: Body) -> ShownAnswer:
    """A released answer."""
    known = WORDS.get(body["language"], {})
    return ShownAnswer(
        score=score(body["scale_version"], body["score"]),
        question=body["question"],
        text=body["text"],
        translation=body["translation"],
        language=body["language"],
        language_name=known.get("name", body["language"]),
        direction=known.get("direction", "auto"),
        method=label("methods", body["method"], PACKAGE),
        received=month(date.fromisoformat(f"{body['received_month']}-01")),
    )


def of_row(row: Answer) -> ShownAnswer:
    """An answer as it came in."""
    return answer(
        {
            "scale_version": row.scale_version,
            "score": row.score,
            "question": row.question,
            "text": row.text,
            "translation": "",
            "language": row.language,
            "method": row.method,
            "received_month": f"{row.received_on:%Y-%m}",
        }
    )
