"""How NICE words and dates its recommendations, read out of the text itself. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

from layers_core.i18n import gettext as _
from layers_core.vocabulary import vocabulary
from layers_guidelines.words import NICE_VERBS, PACKAGE

# As published with NG17: [new 2015], [2015], [2004], [2004, amended 2015].
_DATE_LABEL = re.compile(r"\[(new )?([0-9]{4})(, amended ([0-9]{4}))?\]")
# Where a sentence or a point of a list begins, behind a number such as 1.2.3.
_START = r"(?:\A|\n|[.:;]\s)\s*(?:[-–•*o]\s+)?(?:[0-9]+(?:\.[0-9]+)+\.?\s+)?"


CODES = {
    (True, False): "new",
    (True, True): "new_amended",
    (False, False): "reviewed",
    (False, True): "amended",
}
"""The code of a label by whether it says "new" and whether it says "amended"."""


@dataclass(frozen=True)
class DateLabel:
    """A label such as [2004, amended 2015]: how old a recommendation's evidence and its wording are."""

    text: str
    code: str
    year: int
    amended: int | None = None

    @property
    def words(self) -> str:
        """The label in words."""
        return _(vocabulary("date_labels", PACKAGE)[self.code], year=self.year, amended=self.amended)


def date_label(text: str) -> DateLabel | None:
    """The last date label in a text, which is the one of the recommendation as a whole; None where there is none."""
    found = list(_DATE_LABEL.finditer(text))
    if not found:
        return None
    label, new, year, _amended, amended = found[-1].group(0, 1, 2, 3, 4)
    return DateLabel(label, CODES[bool(new), bool(amended)], int(year), int(amended) if amended else None)


def verbs(text: str) -> tuple[str, ...]:
    """The codes of NICE's verbs that a text uses, in the order of the vocabulary.

    "Offer" and "consider" count where a sentence begins with them, so that "the offer of" and "after you consider" do
    not; "must" counts anywhere.
    """
    return tuple(code for code, pattern in _patterns().items() if pattern.search(text))


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    return {
        code: re.compile(entry["pattern"].replace("START", _START), re.IGNORECASE) for code, entry in NICE_VERBS.items()
    }


def is_nice(source_name: str, source_url: str) -> bool:
    """Whether a source is NICE, whose verbs have a fixed meaning; another publisher's "consider" is a word like any."""
    known = vocabulary("nice_names", PACKAGE)
    names = {re.sub(r"\W+", " ", part).strip().casefold() for part in re.split(r"[(),:–/-]", source_name)}
    if names & {name.casefold() for name in known["names"]}:
        return True
    try:
        host = (urlsplit(source_url).hostname or "").removeprefix("www.")
    except ValueError:
        return False
    return host in known["hosts"]
