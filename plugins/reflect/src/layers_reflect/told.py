"""A note as people read it: what was asked and answered, and its facts in words. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from layers_core.contract import Body
from layers_core.i18n import format_date, ngettext
from layers_core.i18n import gettext as _
from layers_core.vocabulary import vocabulary
from layers_reflect import prompts
from layers_reflect.classification import PACKAGE, SCHEMES, TOPICS, codes, heading


def note_in_words(body: Body) -> Iterator[tuple[str, str]]:
    """Everything that a note holds, as (what, words)."""
    if label := prompts.template_of(body).label:
        yield _("Written as"), _(label)
    yield from prompts.answered(body)
    yield from prompts.others(body)
    yield from facts_in_words(body)


def facts_in_words(body: Body) -> Iterator[tuple[str, str]]:
    """The facts of a note as (what, words), for its writer; those that were not given are left out."""
    about = body["about"]
    if about["date"]:
        yield _("When"), format_date(date.fromisoformat(about["date"]))
    if about["minutes"]:
        yield _("Time"), duration(about["minutes"])
    if about["participatory_minutes"]:
        yield _("Of it with others"), duration(about["participatory_minutes"])
    if about["importance"]:
        yield _("Importance"), _(vocabulary("importance", PACKAGE)[str(about["importance"])])
    for scheme in SCHEMES:
        if about[scheme]:
            known = codes(scheme)
            yield _(heading(scheme)), ", ".join(_(known.get(code, code)) for code in about[scheme])
    if about[TOPICS]:
        yield _("Topics"), ", ".join(about[TOPICS])


def duration(minutes: int) -> str:
    """A time as people say it: "1 hour 30 minutes"."""
    hours, rest = divmod(minutes, 60)
    parts = [ngettext("%(num)s hour", "%(num)s hours", hours)] if hours else []
    parts += [ngettext("%(num)s minute", "%(num)s minutes", rest)] if rest or not hours else []
    return " ".join(parts)
