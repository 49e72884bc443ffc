"""The pages of own templates: the list, making and changing one, passing one on by link."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeSerializer

from layers_core.artefacts.errors import DraftRefused, GuardStop, NotAllowed, NotFound
from layers_core.contract import Problem
from layers_core.i18n import gettext as _
from layers_core.vocabulary import vocabulary
from layers_core.web import Submitted, current, parse_uuid, policy, submitted
from layers_reflect.kinds import WRITE
from layers_reflect.own import form as editing_form
from layers_reflect.own import reading, service
from layers_reflect.own.form import SAVE, Editing
from layers_reflect.own.reading import MAKE, OwnView
from layers_reflect.own.service import Stale
from layers_reflect.prompts import PACKAGE
from layers_reflect.views import staff

NEW = "new"
PRACTICE = "practice"


@staff.get("/templates")
@policy("member", WRITE)
def templates() -> str:
    """The templates that one may use, one's own and the practice's."""
    return _list()


def _list(problems: Iterable[Problem] = (), link: str = "") -> str:
    found = reading.all_of(current.session, current.actor)
    return render_template(
        "reflect/templates.html",
        offered=[view for view in found if view.is_offered],
        switched_off=[view for view in found if not view.is_offered],
        may_change=lambda view: reading.may_change(current.actor, view),
        problems=list(problems),
        link=link,
    )


@staff.get("/templates/new")
@policy("member", WRITE)
def new_template() -> str:
    """The form for a new one."""
    return _form(editing_form.empty(), None)


@staff.post("/templates/new")
@policy("member", WRITE)
def make_template() -> ResponseReturnValue:
    """Save a new one, or do what another button of the form says."""
    form = submitted()
    editing = editing_form.read(form)
    if form.get("do", SAVE) != SAVE:
        return _form(editing_form.press(editing, form.get("do")), None, form=form)
    editing = editing.filled()
    try:
        key = service.make(
            current.artefacts,
            current.actor,
            editing.content(),
            form.guard(),
            for_practice=form.get("owner") == PRACTICE,
            copied=False,
            client_key=form.client_key,
        )
    except DraftRefused as refused:
        return _form(editing, None, refused.problems, form), 422
    except GuardStop as stop:
        return _form(editing, None, form=form, stop=stop), 422
    except NotAllowed:
        abort(404)
    flash(_("Your questions are saved."), "success")
    return redirect(url_for("reflect.template", template_id=key), 303)


@staff.get("/templates/<uuid:template_id>")
@policy("member", WRITE)
def template(template_id: UUID) -> str:
    """One template: its questions, its link, and the form to change it for whoever may."""
    view = _seen(template_id)
    return _form(editing_form.of_template(view.template), view)


@staff.post("/templates/<uuid:template_id>")
@policy("member", WRITE)
def change_template(template_id: UUID) -> ResponseReturnValue:
    """Save a new version, or do what another button of the form says."""
    view, form = _seen(template_id), submitted()
    if not reading.may_change(current.actor, view):
        abort(404)
    editing = editing_form.read(form)
    if form.get("do", SAVE) != SAVE:
        return _form(editing_form.press(editing, form.get("do")), view, form=form)
    editing = editing.filled()
    try:
        service.change(
            current.artefacts,
            current.actor,
            template_id,
            editing.content(),
            form.guard(),
            form.whole("base") or 0,
        )
    except DraftRefused as refused:
        return _form(editing, view, refused.problems, form), 422
    except GuardStop as stop:
        return _form(editing, view, form=form, stop=stop), 422
    except Stale:
        text = _("Somebody changed these questions since you opened them. Save again to put yours in their place")
        return _form(editing, view, [Problem(text)]), 409
    except (NotAllowed, NotFound):
        abort(404)
    flash(_("Your questions are saved. Notes that are there already keep the questions they were written with."))
    return redirect(url_for("reflect.template", template_id=template_id), 303)


@staff.post("/templates/<uuid:template_id>/switch")
@policy("member", WRITE)
def switch_template(template_id: UUID) -> ResponseReturnValue:
    """Offer a template no longer, or again."""
    turned_on = bool(submitted().get("on"))
    try:
        service.switch(current.artefacts, current.actor, template_id, on=turned_on)
    except (NotAllowed, NotFound):
        abort(404)
    flash(_("These questions are offered again.") if turned_on else _("These questions are no longer offered."))
    return redirect(url_for("reflect.templates"), 303)


@staff.get("/templates/copy")
@policy("member", WRITE)
def copy_form() -> ResponseReturnValue:
    """What a link leads to: the questions, to be looked at before they are copied."""
    link = request.args.get("link", "")
    view = _linked(link)
    if view is None:
        problem = Problem(_("This link does not lead to questions. Ask for it again: it may be switched off"), "link")
        return _list([problem] if link else [], link), 422 if link else 200
    return _copy_page(view, link)


def _copy_page(view: OwnView, link: str, stop: GuardStop | None = None) -> str:
    return render_template(
        "reflect/template_copy.html", view=view, link=link, may_share=current.actor.can(MAKE), stop=stop
    )


@staff.post("/templates/copy")
@policy("member", WRITE)
def copy_template() -> ResponseReturnValue:
    """Keep a copy of somebody's questions as one's own, or the practice's."""
    form = submitted()
    view = _linked(form.get("link"))
    if view is None:
        abort(404)
    content = editing_form.of_template(view.template).content()
    owner = form.get("owner") == PRACTICE
    try:
        key = service.make(
            current.artefacts,
            current.actor,
            content,
            form.guard(),
            for_practice=owner,
            copied=True,
            client_key=form.client_key,
        )
    except NotAllowed:
        abort(404)
    except GuardStop as stop:
        return _copy_page(view, form.get("link"), stop), 422
    flash(_("You have a copy of these questions now."), "success")
    return redirect(url_for("reflect.template", template_id=key), 303)


def _seen(key: UUID) -> OwnView:
    view = reading.find(current.session, current.actor, key)
    if view is None:
        abort(404)
    return view


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="layers.reflect.template")


def _link_to(view: OwnView) -> str:
    token = _signer().dumps(view.id.hex)
    return url_for("reflect.copy_form", link=token, _external=True)


def _linked(link: str) -> OwnView | None:
    """The template that a link names: the whole address, as it was sent, or the code at its end."""
    token = link.strip().rpartition("link=")[2]
    try:
        key = parse_uuid(_signer().loads(token))
    except (BadSignature, TypeError, AttributeError):
        return None
    return reading.find_shared(current.session, key) if key else None


def _form(
    editing: Editing,
    view: OwnView | None,
    problems: Iterable[Problem] = (),
    form: Submitted | None = None,
    stop: GuardStop | None = None,
) -> str:
    changeable = view is None or reading.may_change(current.actor, view)
    return render_template(
        "reflect/template.html" if changeable else "reflect/template_seen.html",
        editing=editing,
        view=view,
        types=[(code, _(words)) for code, words in vocabulary("field_types", PACKAGE).items()],
        may_share=current.actor.can(MAKE),
        link=_link_to(view) if view and view.is_offered else "",
        problems=list(problems),
        values=form or Submitted({}),
        stop=stop,
    )
