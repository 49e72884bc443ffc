"""The public page elsewhere: in a frame on the practice's own website, as a feed, and on paper."""

from __future__ import annotations

from flask import Response, render_template, request, url_for
from markupsafe import escape

from layers_core.contract import Problem
from layers_core.db.base import now
from layers_core.i18n import gettext as _
from layers_core.web import current, in_language, parse_uuid, policy
from layers_patient_input import qr
from layers_patient_input.kinds import PUBLISH
from layers_patient_input.loop import atom, reading
from layers_patient_input.loop.reading import PublicEntry
from layers_patient_input.schemas import settings_of
from layers_patient_input.views.blueprints import public, staff
from layers_patient_input.views.patients import reader
from layers_patient_input.wording import chosen, offered

FRAMED = 5
"""Entries in a frame; it leads to the rest."""
IN_FEED = 20
ON_POSTER = 4
POSTER_OFFERED = 20
# This page alone may stand in a frame of another website. It runs no script and takes no form.
FRAME_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors *",
    )
)


@public.get("/embed")
@policy("public")
def embed() -> Response:
    """The newest entries for a frame on another website: nothing around them, nothing to press but one link."""
    practice = current.practice
    who = reader(practice)
    entries = reading.published(current.session, current.host, practice.id, FRAMED)
    page, status = who.page("loop/embed.html", entries=entries)
    framed = Response(page, status)
    framed.headers["Content-Security-Policy"] = FRAME_POLICY
    framed.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return framed


@public.get("/feed.atom")
@policy("public")
def feed() -> Response:
    """The newest entries as a feed, for websites that show one."""
    practice = current.practice
    who = reader(practice)
    page = url_for("patient_input_public.loop", practice=practice.slug, _external=True)
    address = url_for("patient_input_public.feed", practice=practice.slug, _external=True)
    items = [
        atom.Item(str(entry.id), entry.theme, _in_one(entry), entry.language, entry.published_at)
        for entry in reading.published(current.session, current.host, practice.id, IN_FEED)
    ]
    title = _("You said, we learned, we did")
    made = Response(atom.feed(title, who.practice.name, page, address, items, now()), mimetype="application/atom+xml")
    # A website's own script may read it: everybody may.
    made.headers["Access-Control-Allow-Origin"] = "*"
    made.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return made


@staff.get("/website")
@policy("member")
def website() -> str:
    """What to copy into the practice's own website, and how it looks."""
    practice = current.practice
    address = url_for("patient_input_public.embed", practice=practice.slug, _external=True)
    title = f"{_('You said, we learned, we did')}: {practice.name}"
    snippet = (
        f'<iframe src="{escape(address)}" title="{escape(title)}" width="100%" height="600" loading="lazy"></iframe>'
    )
    return render_template(
        "patient_input/loop/website.html",
        snippet=snippet,
        embed=address,
        feed=url_for("patient_input_public.feed", practice=practice.slug, _external=True),
    )


@staff.get("/entries/poster")
@policy("member", PUBLISH)
def told_poster() -> str:
    """One to four entries on a sheet for the waiting room, with a code that leads to the rest."""
    session, practice = current.session, current.practice
    recent = reading.published(session, current.host, practice.id, POSTER_OFFERED)
    asked = {key for text in request.args.getlist("entry") if (key := parse_uuid(text))}
    wanted = asked or {entry.id for entry in recent[:3]}
    entries = reading.chosen(session, current.host, practice.id, wanted) if wanted else []
    problems = []
    if len(entries) > ON_POSTER:
        words = _("Choose %(most)s or fewer. The poster shows the newest of those that you chose", most=ON_POSTER)
        problems.append(Problem(words, "entry"))
    settings = settings_of(practice)
    language = chosen(request.args.get("lang") or next(iter(practice.languages), ""), settings)
    address = url_for("patient_input_public.loop", practice=practice.slug, _external=True)
    with in_language(language.base):
        headings = {
            "title": _("You said, we learned, we did"),
            "you_said": _("You said"),
            "we_learned": _("We learned"),
            "made": _("We did"),
            "planned": _("We will do"),
            "none": _("Why nothing changes"),
            "more": _("All entries, on our own page"),
        }
    return render_template(
        "patient_input/loop/poster.html",
        entries=entries[:ON_POSTER],
        recent=recent,
        languages=[(other.code, other.name) for other in offered(settings)],
        language=language,
        headings=headings,
        address=address,
        code=qr.code(address),
        problems=problems,
    )


def _in_one(entry: PublicEntry) -> str:
    headings = {"planned": _("We will do"), "none": _("Why nothing changes")}
    parts = (
        (_("You said"), entry.you_said),
        (_("We learned"), entry.we_learned),
        (headings.get(entry.change) or _("We did"), entry.we_did),
    )
    return "\n\n".join(f"{heading}\n{text}" for heading, text in parts)
