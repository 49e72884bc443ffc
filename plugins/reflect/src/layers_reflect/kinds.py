"""The kinds of thing that Reflect keeps."""

from __future__ import annotations

from layers_core.contract import ArtefactKind, Body
from layers_core.i18n import gettext as _
from layers_core.i18n import lazy_gettext as _l
from layers_reflect import prompts
from layers_reflect.classification import TOPICS, no_facts
from layers_reflect.schemas import AsideSchema, NoteSchema
from layers_reflect.titles import title_from
from layers_reflect.told import note_in_words

NOTE = "reflect.note"
ASIDE = "reflect.aside"
EPISODE = "reflect.episode"
WRITE = "reflect.write"
AS_EPISODE = "episode"
"""What stands where an entry's template stands, for an entry that is an episode."""


def upgrade_note(body: Body, from_version: int) -> Body:
    """A note's body in version 3.

    Version 1 held a single `text`, which is what a quick note asks for now; version 2 knew no facts of the event, no
    own templates and no answers of an earlier template.
    """
    if from_version > 2:
        return body
    if from_version == 1:
        body = {"template": prompts.QUICK, "template_version": 1, "answers": {"what": body["text"]}}
    return {**body, "asked": [], "other": [], "about": no_facts()}


def summary_of_note(body: Body) -> str:
    """One line for a card: the second thing that was answered, because the title is made from the first."""
    answers = prompts.answered(body)
    return title_from(answers[1][1]) if len(answers) > 1 else ""


def words_of_note(body: Body) -> str:
    """Every answer and the topics, for search."""
    answers = [answer for _prompt, answer in (*prompts.answered(body), *prompts.others(body))]
    return "\n".join([*answers, *body["about"][TOPICS]])


def note_for_others(body: Body) -> Body:
    """What colleagues read of a note: its answers. When it was, how long, and what it counts as are its writer's."""
    return {**body, "about": no_facts()}


def summary_of_aside(body: Body) -> str:
    """Nothing: a private text is not repeated in lists."""
    return ""


def words_of_aside(body: Body) -> str:
    """The private text; the index gives it to its author alone."""
    return str(body["text"])


KINDS = (
    ArtefactKind(
        name=NOTE,
        version=3,
        schema=NoteSchema,
        label=_l("Reflection"),
        summary=summary_of_note,
        search_text=words_of_note,
        page_template="reflect/note.html",
        permission=WRITE,
        upgrade=upgrade_note,
        resurfaces=True,
        for_others=note_for_others,
        told=note_in_words,
    ),
    ArtefactKind(
        name=ASIDE,
        version=1,
        schema=AsideSchema,
        label=_l("Only for me"),
        summary=summary_of_aside,
        search_text=words_of_aside,
        page_template="reflect/aside.html",
        permission=WRITE,
        only_for_author=True,
        told=lambda body: [(_("Only for me"), body["text"])],
    ),
)
