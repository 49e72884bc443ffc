"""What the forms of an episode's page ask for: a submitted form as a step, and which problems to mend. No request."""

from __future__ import annotations

from dataclasses import dataclass, field

from layers_core.artefacts.service import TITLE_LIMIT
from layers_core.contract import Problem
from layers_core.i18n import gettext as _
from layers_core.web import Submitted, parse_uuid
from layers_reflect.episodes import arranging
from layers_reflect.episodes.schemas import NAME_LIMIT, SUMMARY_LIMIT
from layers_reflect.episodes.service import Step

NEW = "new"
"""In the place of a group or an episode: one that is made with the same submit."""


@dataclass(frozen=True)
class Pressed:
    """A button that was pressed: what it does, and the key of what it is about."""

    verb: str
    subject: str


@dataclass
class Asked:
    """What a form asks for; without a step it names what to mend, or is none of this page's forms."""

    step: Step | None = None
    problems: list[Problem] = field(default_factory=list)


def pressed(form: Submitted) -> Pressed:
    """The button of a form."""
    verb, _colon, subject = form.get("do").partition(":")
    return Pressed(verb, subject)


def title_of(form: Submitted, problems: list[Problem]) -> str:
    """The title that was typed; a problem where there is none or it is too long."""
    title = form.get("title")
    if not title:
        problems.append(Problem(_("Enter a title for the episode"), "title"))
    elif len(title) > TITLE_LIMIT:
        problems.append(Problem(_("The title must be 200 characters or fewer"), "title"))
    if len(form.get("summary")) > SUMMARY_LIMIT:
        problems.append(Problem(_("What it is about must be 5,000 characters or fewer"), "summary"))
    return title


def asked(form: Submitted) -> Asked:
    """The step that the form of an episode's page asks for."""
    button, found = pressed(form), Asked()
    if button.verb in arranging.MOVES:
        move = arranging.MOVES[button.verb]
        found.step = lambda title, body: (title, move(body, button.subject))
    elif button.verb == "about":
        title, summary = title_of(form, found.problems), form.get("summary")
        found.step = lambda _title, body: (title, {**body, "summary": summary})
    elif button.verb == "add":
        keys = [str(key) for word in form.getlist("entries") if (key := parse_uuid(word))]
        if not keys:
            found.problems.append(Problem(_("Tick at least one entry"), "entries"))
        found.step = lambda title, body: (title, arranging.add(body, keys))
    elif button.verb == "rename":
        name = _name(form, found.problems)
        found.step = lambda title, body: (title, arranging.rename(body, button.subject, name))
    elif button.verb == "group" or (button.verb == "to" and form.get("group") == NEW):
        name, things = _name(form, found.problems), [button.subject] if button.subject else []
        found.step = lambda title, body: (title, arranging.new_group(body, name, things))
    elif button.verb == "to":
        found.step = lambda title, body: (title, arranging.move_to(body, button.subject, form.get("group")))
    return Asked(None if found.problems else found.step, found.problems)


def _name(form: Submitted, problems: list[Problem]) -> str:
    name = form.get("name")
    if not 0 < len(name) <= NAME_LIMIT:
        problems.append(Problem(_("Enter a name of at most 120 characters for the group"), "name"))
    return name
