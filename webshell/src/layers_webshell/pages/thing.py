"""A thing's page: what it is, who can see it, what plugins add, promises, comments, its trail, earlier versions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from werkzeug.routing import BuildError

from layers_core.artefacts import reading, trail
from layers_core.artefacts.followup import today_in
from layers_core.artefacts.kinds import slug_of
from layers_core.artefacts.reading import RevisionView
from layers_core.artefacts.related import Related, related
from layers_core.artefacts.service import may_edit
from layers_core.contract import Thing
from layers_core.vocabulary import label
from layers_core.web import Submitted, after_response, current, policy
from layers_webshell import placements
from layers_webshell.pages.differences import ChangedField, changes, fields_of
from layers_webshell.pages.parts import body_of, part
from layers_webshell.pages.picture import draw
from layers_webshell.pages.rows import kind_label, kind_of
from layers_webshell.pages.saving import Refusal

pages = Blueprint("thing", __name__)


@dataclass(frozen=True)
class ShownPanel:
    """A plugin's panel, rendered; `body` is None where it could not be."""

    heading: str
    body: Markup | None


@pages.get("/<practice>/things/<uuid:thing_id>")
@policy("member")
def show(thing_id: UUID) -> str:
    """The page of a thing that the reader may see."""
    page = render(thing_id, just_saved="saved" in request.args)
    # Nothing of the request is left when the work is done, so it takes the service and the actor along.
    after_response(partial(current.artefacts.viewed, current.actor, thing_id))
    return page


def render(
    thing_id: UUID,
    *,
    just_saved: bool = False,
    fields: Submitted | None = None,
    refusal: Refusal | None = None,
    form: str = "",
) -> str:
    """The page; `form` (such as "comment") was submitted and refused, and is shown with its `fields` again."""
    session, host, actor = current.session, current.host, current.actor
    around = trail.around(session, host, actor, thing_id)
    if around is None:
        abort(404)
    thing = around.things[thing_id]
    # The address may be passed on to a colleague, who saved nothing.
    just_saved = just_saved and thing.author_id == actor.person_id
    shown = {key: item for key, item in around.things.items() if item.available}
    beside = reading.beside(session, actor, list(shown), thing_id)
    picture = draw(
        around, beside.actions, thing_id, label=kind_label, url=lambda key: url_for("thing.show", thing_id=key)
    )
    return render_template(
        "layers/pages/thing.html",
        thing=thing,
        reader=actor.person_id,
        kind=kind_label(thing.kind),
        kind_label=kind_label,
        installed=thing.kind in host.registry.kinds,
        body=body_of(thing),
        panels=_panels(thing),
        files=beside.files,
        actions=[action for action in beside.actions if action.artefact_id == thing_id],
        comments=beside.comments if thing.available else [],
        picture=picture,
        related=_related(thing) if just_saved else [],
        just_saved=just_saved,
        editable=may_edit(host, actor, thing),
        shareable=may_edit(host, actor, thing) and not host.registry.kinds[thing.kind].only_for_author,
        edit_url=_edit_url(thing) if may_edit(host, actor, thing) else "",
        versions_url=_versions_url(thing) or url_for("thing.versions", thing_id=thing_id),
        outcome=lambda code: label("outcomes", code),
        today=today_in(actor.practice.time_zone),
        fields=fields or Submitted({}),
        failed=form,
        refusal=refusal,
        problems=refusal.problems if refusal else (),
    )


def _panels(thing: Thing) -> list[ShownPanel]:
    if not thing.available:
        return []
    placed = placements.panels(current.host, current.actor, current.session, [thing])[thing.id]
    shown = [
        ShownPanel(
            str(panel.heading),
            part(slug, "layers_artefact_panels", panel.template, **{**panel.context, "thing": thing}),
        )
        for slug, panel in placed.items
    ]
    return shown + [ShownPanel(str(name), None) for name in placed.unavailable]


def _related(thing: Thing) -> Iterable[Related]:
    return related(current.session, current.host, current.actor, thing)


def _edit_url(thing: Thing) -> str:
    """Where the thing's kind has it edited; empty where it has no such page."""
    return _page_of(thing, f"{slug_of(thing.kind)}.edit")


def _versions_url(thing: Thing) -> str:
    """Where the thing's kind shows its versions; empty where they are shown here, word by word."""
    return _page_of(thing, f"{thing.kind}_versions")


def _page_of(thing: Thing, endpoint: str) -> str:
    if endpoint not in current_app.view_functions:
        return ""
    names = {name for rule in current_app.url_map.iter_rules(endpoint) for name in rule.arguments} - {"practice"}
    values: dict[str, Any] = dict.fromkeys(names, thing.id)
    try:
        return url_for(endpoint, **values)
    except BuildError:
        return ""


@dataclass(frozen=True)
class Version:
    """A state of a thing, and how it differs from the one before that the reader may see."""

    revision: RevisionView
    first: bool
    title_changed: str
    changed: list[ChangedField]


@pages.get("/<practice>/things/<uuid:thing_id>/versions")
@policy("member")
def versions(thing_id: UUID) -> ResponseReturnValue:
    """The states of a thing that the reader may see, newest first, each with what it changed."""
    thing = reading.get(current.session, current.host, current.actor, thing_id)
    if thing is None or not thing.available:
        abort(404)
    if elsewhere := _versions_url(thing):
        return redirect(elsewhere)
    revisions, kind = reading.history(current.session, current.host, current.actor, thing), kind_of(thing.kind)
    shown = [
        Version(
            revision,
            earlier is None,
            earlier.title if earlier and earlier.title != revision.title else "",
            changes(earlier.body, revision.body, kind) if earlier else [],
        )
        for revision, earlier in zip(revisions, [*revisions[1:], None], strict=False)
    ]
    oldest = fields_of(revisions[-1].body, kind) if revisions else []
    return render_template("layers/pages/versions.html", thing=thing, versions=shown, oldest=oldest)
