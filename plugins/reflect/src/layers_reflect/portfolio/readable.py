"""What an entry says in the words that people read, for every format that is printed or opened in a text program."""

from __future__ import annotations

from datetime import date, datetime

from layers_core.i18n import format_date, local_date, ngettext
from layers_core.i18n import gettext as _
from layers_core.vocabulary import label, vocabulary
from layers_reflect import prompts
from layers_reflect.kinds import EPISODE
from layers_reflect.nmc.checklist import empty, in_words
from layers_reflect.nmc.kinds import CHECKLIST
from layers_reflect.portfolio.bodies import body_of, classified
from layers_reflect.portfolio.interchange import ActionRecord, Entry
from layers_reflect.told import duration


def happened_on(entry: Entry) -> date:
    """The day that an entry names, else the day it was written, where its reader is."""
    day = entry.about.get("date")
    written = day_of(entry.created_at)
    try:
        return date.fromisoformat(str(day)) if day else written
    except ValueError:
        return written


def day_of(moment: datetime) -> date:
    """The day of a moment where its reader is. In a file it may be the first that there is."""
    try:
        return local_date(moment)
    except OverflowError:
        return moment.date()


def said(entry: Entry) -> list[tuple[str, str]]:
    """The answers of an entry as (heading, text); a text without a question has an empty heading."""
    if entry.kind == EPISODE:
        return [("", str(entry.other.get("summary", ""))), (_("What it gathers"), "\n".join(_groups(entry)))]
    if entry.kind == CHECKLIST:
        return in_words({**empty(), **entry.other})
    if not entry.template:
        return [("", value) for value in entry.other.values() if isinstance(value, str) and value]
    body = {"asked": [], "other": [], **body_of(entry)}
    return [*prompts.answered(body), *prompts.others(body)]


def _groups(entry: Entry) -> list[str]:
    """The groups of an episode, each with how much is in it: what it gathers stands for itself."""
    body = {"groups": [], "loose": [], **entry.other}
    groups = [(group["name"], group["things"]) for group in body["groups"]]
    return [
        f"{name}: {ngettext('%(num)s entry', '%(num)s entries', len(things))}"
        for name, things in (*groups, (_("Not in a group"), body["loose"]))
        if things
    ]


def template_label(entry: Entry) -> str:
    """The name of the form that an entry was written with; empty where it has none that is known here."""
    known = vocabulary("templates", prompts.PACKAGE).get(entry.template)
    return _(known["label"]) if known else ""


def facts(entry: Entry) -> list[tuple[str, str]]:
    """When an entry happened, how long it took and what it counts as, as (name, words)."""
    about = entry.about
    lines = [(_("Date"), format_date(happened_on(entry)))]
    if form := template_label(entry):
        lines.append((_("Written as"), form))
    if minutes := about.get("minutes"):
        lines.append((_("Time"), duration(int(minutes))))
    if minutes := about.get("participatory_minutes"):
        lines.append((_("Of that with others"), duration(int(minutes))))
    if importance := about.get("importance"):
        lines.append((_("How important"), label("importance", str(importance), prompts.PACKAGE)))
    for scheme, heading in _schemes():
        if words := [words for known, _code, words in classified(about) if known == scheme]:
            lines.append((heading, ", ".join(words)))
    if entry.files:
        lines.append((_("Files"), ", ".join(file.name for file in entry.files)))
    return lines


def _schemes() -> list[tuple[str, str]]:
    known = vocabulary("classification", prompts.PACKAGE)
    return [*((scheme, _(entry["label"])) for scheme, entry in known.items()), ("topics", _("Topics"))]


def promised(action: ActionRecord) -> str:
    """A promise and what came of it, in lines."""
    lines = [action.expectation]
    if action.due_on:
        lines.append(_("By %(date)s", date=format_date(action.due_on)))
    if action.outcome:
        lines += [label("outcomes", action.outcome), action.what_happened]
    return "\n".join(line for line in lines if line)
