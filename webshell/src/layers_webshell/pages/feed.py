"""What's new: one stream, newest first, by kind where somebody asks, with a link to what is older."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from layers_core.artefacts import kinds, reading
from layers_core.artefacts.reading import Place
from layers_core.web import current, policy
from layers_webshell.pages.rows import cursor, kind_label, place, rows

pages = Blueprint("feed", __name__)

PAGE = 20


@pages.get("/<practice>/new")
@policy("member")
def index() -> str:
    """One page of the stream; `kind` keeps one kind, `older` is where the page before ended."""
    chips = kind_chips()
    # An unknown kind, such as that of a tool switched off since the link was kept, shows everything.
    wanted = next((name for name, _words in chips if name == request.args.get("kind")), "")
    before = place(request.args.get("older", ""))
    found = reading.feed(current.session, current.host, current.actor, before=before, limit=PAGE + 1, kind=wanted)
    shown = found[:PAGE]
    last = shown[-1] if len(found) > PAGE else None
    return render_template(
        "layers/pages/feed.html",
        rows=rows(shown),
        kinds=chips,
        wanted=wanted,
        later=before is not None,
        older=cursor(Place(last.created_at, last.id)) if last else "",
    )


def kind_chips() -> list[tuple[str, str]]:
    """The kinds of the mix, as (name, words), by their words."""
    registry, mix = current.host.registry, current.practice.mix
    return sorted(
        ((name, kind_label(name)) for name in registry.kinds if kinds.in_mix(name, mix)), key=lambda chip: chip[1]
    )
