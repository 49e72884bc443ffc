"""The kinds of thing that patient input keeps, and what people may do with them."""

from __future__ import annotations

from collections.abc import Iterator

from layers_core.contract import ArtefactKind, Body, Permission
from layers_core.i18n import gettext as _
from layers_core.i18n import lazy_gettext as _l
from layers_core.vocabulary import label
from layers_patient_input.loop import statements
from layers_patient_input.loop.schemas import PARTS, YouSaidBody, upgrade_entry
from layers_patient_input.schemas import AnswerBody
from layers_patient_input.themes.schemas import ThemeBody
from layers_patient_input.wording import PACKAGE

ANSWER = "patient_input.answer"
YOU_SAID = "patient_input.you_said"
THEME = "patient_input.theme"

MODERATE = "patient_input.moderate"
PUBLISH = "patient_input.publish"
THEMES = "patient_input.themes"
WAYS_IN = "patient_input.ways_in"
ENTER = "patient_input.enter"
FORMS = "patient_input.forms"
RETURNS = "patient_input.returns"
HOLD = "patient_input.hold"

_DECIDERS = frozenset({"lead", "manager"})

PERMISSIONS = (
    Permission(
        MODERATE, _l("Look at patients’ answers before the practice sees them"), frozenset({"member", *_DECIDERS})
    ),
    Permission(THEMES, _l("Gather patients’ answers in themes"), frozenset({"member", *_DECIDERS})),
    Permission(PUBLISH, _l("Tell patients what you learned and did"), _DECIDERS),
    Permission(WAYS_IN, _l("Withdraw and renew the links and posters for patients"), _DECIDERS),
    Permission(ENTER, _l("Type in cards and calls for patients"), frozenset({"member", *_DECIDERS})),
    Permission(FORMS, _l("Make forms for patients, open and close them"), _DECIDERS),
    Permission(RETURNS, _l("Say that a month’s Friends and Family Test was sent"), _DECIDERS),
    # No role has it: a patient's words belong to no member of staff, so none may change them or share them further.
    Permission(HOLD, _l("Keep patients’ answers (the practice itself, no person)"), frozenset()),
)


def upgrade_answer(body: Body, from_version: int) -> Body:
    """An answer's body in version 2: version 1 knew one text besides the score. One that was taken back stays empty."""
    if from_version > 1 or not body:
        return body
    kept = {name: value for name, value in body.items() if name not in {"question", "text", "translation"}}
    part = {name: body.get(name, "") for name in ("question", "text", "translation")}
    return {**kept, "form_title": "", "parts": [{"link_id": "text", **part, "words": True}]}


def summary_of_answer(body: Body) -> str:
    """The words that staff can read: the translations where there are some."""
    return _line(" ".join(part["translation"] or part["text"] for part in body["parts"]))


def words_of_answer(body: Body) -> str:
    """The patient's words and their translation, for search."""
    return "\n".join(text for part in body["parts"] for text in (part["text"], part["translation"]) if text)


def summary_of_entry(body: Body) -> str:
    """What was done."""
    return _line(body["we_did"])


def words_of_entry(body: Body) -> str:
    """All parts of an entry, for search."""
    return "\n".join(body[part] for part in PARTS)


def told_of_entry(body: Body) -> Iterator[tuple[str, str]]:
    """An entry as people read it in their own things and in what a version changed."""
    headings = (_("What it is about"), _("You said"), _("We learned"), _("We did"))
    yield from zip(headings, (body[part] for part in PARTS), strict=True)
    yield _("What changes"), label("changes", body["change"], PACKAGE)
    yield _("Day of the change"), body["on"]
    yield _("Quality statements"), "\n".join(statements.label(code) for code in body["statements"])


def _line(text: str, most: int = 160) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1].rsplit(' ', 1)[0]}…"


KINDS = (
    ArtefactKind(
        name=THEME,
        version=1,
        schema=ThemeBody,
        label=_l("Theme of patients’ answers"),
        summary=lambda body: _line(body["about"]),
        search_text=lambda body: "\n".join([body["about"], *body["words"]]),
        page_template="patient_input/themes/body.html",
        permission=THEMES,
        edited_by_permission=True,
        told=lambda body: [(_("What it is about"), body["about"]), (_("Words"), ", ".join(body["words"]))],
    ),
    ArtefactKind(
        name=ANSWER,
        version=2,
        schema=AnswerBody,
        label=_l("Patient’s answer"),
        summary=summary_of_answer,
        search_text=words_of_answer,
        page_template="patient_input/answer_body.html",
        permission=HOLD,
        edited_by_permission=True,
        upgrade=upgrade_answer,
    ),
    ArtefactKind(
        name=YOU_SAID,
        version=2,
        schema=YouSaidBody,
        label=_l("You said, we learned, we did"),
        summary=summary_of_entry,
        search_text=words_of_entry,
        page_template="patient_input/loop/entry_body.html",
        permission=PUBLISH,
        edited_by_permission=True,
        upgrade=upgrade_entry,
        told=told_of_entry,
    ),
)
