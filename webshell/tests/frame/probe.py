"""A plugin and some pages that the shell's own tests look through."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, make_response, render_template_string, request, url_for
from flask.typing import ResponseReturnValue

from layers_core import web
from layers_core.contract import NavItem, Permission, PluginMeta, PluginRoutes, PracticeView, PublicForm, hookimpl
from layers_core.db.errors import WriterBusy
from layers_core.web import current, policy

PAGE = """{% extends "layers/page.html" %}
{% block title %}Probe{% endblock %}{% block main %}<h1>Probe</h1>{{ words }}{% endblock %}"""
FORM = """{% extends "layers/page.html" %}{% import "layers/forms.html" as forms with context %}
{% block title %}Write{% endblock %}{% block main %}<h1>Write</h1>
<form method="post">{{ forms.form_keys() }}
{{ forms.textarea('learnt', 'What did you learn?') }}{{ forms.submit('Save') }}</form>
{% endblock %}"""
PUBLIC = """{% extends "layers/public.html" %}{% block title %}Tell us{% endblock %}
{% block main %}<h1>{{ _('Tell us') }}</h1>
<form method="post"><input type="hidden" name="nonce" value="{{ nonce }}"><input name="words"></form>{% endblock %}"""

staff = Blueprint("probe", __name__)
public = Blueprint("probe_public", __name__)


@staff.get("/")
@policy("member")
def index() -> str:
    """Where a member is, and an address that needs no practice."""
    return render_template_string(PAGE, words=f"{current.actor.name} {url_for('probe.write')}")


@staff.route("/write", methods=["GET", "POST"])
@policy("member", "probe.write")
def write() -> ResponseReturnValue:
    """A form that says back what it was sent."""
    if request.method == "POST":
        return f"got {request.form['learnt']}"
    return render_template_string(FORM)


@staff.get("/lead-only")
@policy("member", "probe.lead")
def lead_only() -> str:
    """Only for leads."""
    return "lead"


@public.get("/")
@policy("public")
def shown() -> str:
    """A public page."""
    return render_template_string(PUBLIC, nonce="")


def answer(link: Any, practice: PracticeView) -> ResponseReturnValue:
    """A public form: shows itself, and counts what arrives by its nonce."""
    if request.method == "POST":
        return make_response(str(web.nonce_key(request.form.get("nonce", ""), link.token)))
    return render_template_string(PUBLIC, practice=practice, nonce=web.public_nonce(link.token))


class Probe:
    """The plugin."""

    meta = PluginMeta(
        slug="probe",
        name="Probe",
        version="1",
        requires_core=">=0.1",
        summary="Looks",
        stores="Nothing",
        seen_by="Nobody",
    )

    @hookimpl
    def layers_blueprint(self) -> PluginRoutes:
        """Pages."""
        return PluginRoutes(staff, public)

    @hookimpl
    def layers_permissions(self) -> Iterable[Permission]:
        """One for members, one for leads."""
        return [Permission("probe.write", "Write"), Permission("probe.lead", "Lead", frozenset({"lead"}))]

    @hookimpl
    def layers_public_forms(self) -> Iterable[PublicForm]:
        """The form."""
        return [PublicForm("tell", "Tell us", answer)]

    @hookimpl
    def layers_nav(self, practice: PracticeView) -> Iterable[NavItem]:
        """Its entry."""
        return [NavItem("Probe", f"/{practice.slug}/probe/")]


AFTER: list[str] = []
SEEN: dict[str, Any] = {}


def pages() -> Blueprint:
    """Pages of the shell for tests: one for each level, an API view, and some that go wrong."""
    blueprint = Blueprint("trial", __name__)

    def add(rule: str, endpoint: str, level: Any, view: Any, **options: Any) -> None:
        blueprint.add_url_rule(rule, endpoint, policy(level)(view), **options)

    def work() -> ResponseReturnValue:
        web.after_response(lambda: AFTER.append("done"))
        web.after_response(lambda: 1 / 0)  # type: ignore[arg-type, return-value]
        web.after_response(lambda: AFTER.append("also"))
        return f"sent before {AFTER}", 404 if request.args.get("fail") else 200

    def store_in_reader() -> str:
        from layers_core.practices.models import Person

        current.session.add(Person(name="x", email="y"))
        current.session.flush()
        return "wrote"

    def busy() -> str:
        raise WriterBusy("for too long")

    def fail() -> str:
        raise RuntimeError(f"inside {request.args.get('secret')}")

    add("/<practice>/", "home", "member", lambda: render_template_string(PAGE, words="home"))
    add("/me", "me", "signed_in", lambda: render_template_string(PAGE, words=current.person.email))
    add("/evaluation", "evaluation", "evaluator", lambda: "figures")
    add("/operator", "operator", "operator", lambda: "works")
    add("/api/v1/me", "api", "signed_in", lambda: {"name": current.person.name})
    add("/api/v1/<practice>/here", "api_here", "member", lambda: {"name": current.actor.name})
    add("/<practice>/after", "after", "member", work)
    add("/<practice>/store", "store", "member", store_in_reader)
    add("/<practice>/busy", "busy", "member", busy, methods=["POST"])
    add("/<practice>/fail", "fail", "member", fail, methods=["GET", "POST"])
    return blueprint
