"""The gate: who may call which view. Nothing is open unless its view says so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from flask import Flask, Response, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import select
from werkzeug.exceptions import Unauthorized

from layers_core.artefacts.attachments import limit
from layers_core.practices import access
from layers_core.usage.models import StudyEvaluator
from layers_core.web import Level, PersonView, Policy, RequestContext
from layers_webshell import kept, language, tenancy
from layers_webshell.accounts import identity
from layers_webshell.accounts.safe_next import safe_next
from layers_webshell.sessions import WITHOUT_SESSION

API = "/api/"
NUL = "\0"
DECLARED = "__layers_policy__"
TAKES_FILES = "__layers_takes_files__"
STATIC = "static"


class NoPolicy(RuntimeError):
    """A route doesn't say who may call it, so the app doesn't start."""


def install(app: Flask) -> None:
    """Let every request through the gate. Call `check_policies` once all routes are there."""
    app.config.update(WTF_CSRF_CHECK_DEFAULT=False, WTF_CSRF_TIME_LIMIT=None)
    CSRFProtect(app)
    app.before_request(_pass)


def policy_of(view: Callable[..., Any], method: str) -> Policy | None:
    """What a view declares for a method: the function itself, its class's method, or its class."""
    view_class = getattr(view, "view_class", None)
    handler = getattr(view_class, "get" if method == "HEAD" else method.lower(), None)
    for holder in (view, handler, view_class):
        declared = getattr(holder, DECLARED, None)
        if isinstance(declared, Policy):
            return declared
    return None


def check_policies(app: Flask) -> None:
    """Raise NoPolicy, naming every route that lacks one or needs a practice that its address doesn't name."""
    wrong = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint == STATIC:
            continue
        view = app.view_functions[rule.endpoint]
        for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}):
            declared = policy_of(view, method)
            if declared is None:
                wrong.append(f"{method} {rule.rule} ({rule.endpoint}) declares no policy")
            elif (declared.level == "member" or declared.permission) and tenancy.PART not in rule.arguments:
                wrong.append(f"{method} {rule.rule} ({rule.endpoint}) asks for membership but names no practice")
    if wrong:
        raise NoPolicy("; ".join(wrong))


def _pass() -> ResponseReturnValue | None:
    if NUL in request.path:
        # No address of ours holds one, and PostgreSQL takes it for an error.
        abort(404)
    if request.endpoint is None or request.endpoint == STATIC:
        return None
    method = "GET" if request.method == "OPTIONS" else request.method
    declared = policy_of(current_app.view_functions[request.endpoint], method)
    if declared is None:
        # Only OPTIONS of a route without GET gets here: it tells which methods there are, and that is for nobody.
        abort(404)
    if getattr(current_app.view_functions[request.endpoint], TAKES_FILES, False):
        # Twice what is taken: whoever sends a little too much is told so with their words still there.
        request.max_content_length = 2 * limit("bytes_a_submit") + current_app.config["MAX_CONTENT_LENGTH"]
    if declared.level != "public":
        stopped = _identify(declared)
        if stopped is not None:
            return stopped
    LEVELS[declared.level](declared)
    if not request.path.startswith(WITHOUT_SESSION):
        cast("CSRFProtect", current_app.extensions["csrf"]).protect()
    kept.forget_when_sent()
    language.settle()
    return None


def _identify(declared: Policy) -> ResponseReturnValue | None:
    """Find out who is asking, for everything that isn't public; what to answer where nobody is signed in."""
    context = cast("RequestContext", g.layers)
    api = request.path.startswith(API)
    actor = None
    if declared.level == "member" and not api:
        found, actor = identity.as_member(context.session, context.host, tenancy.slug() or "") or (None, None)
    if actor is None:
        found = identity.from_token(context.session, request) if api else identity.from_session(context.session)
    if found is None:
        if api:
            raise Unauthorized
        return _to_sign_in(safe_next(_where()))
    if found.locked:
        return _to_sign_in(kept.keep(found.signed_in) or safe_next(_where()))
    person = found.signed_in
    g.layers_signed_in = person
    context.person = PersonView(person.person_id, person.name, person.email, person.is_operator)
    context.actor = actor
    return None


def _where() -> str:
    """The page to come back to: this one, or for a form the page that it stood on."""
    if request.method in {"GET", "HEAD"} and "HX-Request" not in request.headers:
        return request.full_path if request.query_string else request.path
    origin = request.host_url.rstrip("/")
    page = request.headers.get("HX-Current-URL") or request.referrer or ""
    return page.removeprefix(origin) if page.startswith(f"{origin}/") else ""


def _to_sign_in(target: str | None) -> Response:
    address = url_for("accounts.sign_in", next=target) if target else url_for("accounts.sign_in")
    if "HX-Request" in request.headers:
        # A redirect would put the sign-in page into a corner of the page that asked.
        return Response(status=401, headers={"HX-Redirect": address})
    return cast("Response", redirect(address, 303 if request.method not in {"GET", "HEAD"} else 302))


def _public(_declared: Policy) -> None:
    slug = tenancy.slug()
    if slug is None:
        return
    context = cast("RequestContext", g.layers)
    practice = access.find_practice(context.session, context.host, slug=slug)
    if practice is None:
        abort(404)
    context.practice, context.actor = practice, access.public_actor(practice)
    _in_mix(practice.mix.enabled)


def _member(declared: Policy) -> None:
    context = cast("RequestContext", g.layers)
    assert context.person is not None
    actor = context.actor
    if actor is None and request.path.startswith(API):
        actor = access.find_actor(context.session, context.host, context.person.id, tenancy.slug() or "")
    if actor is None:
        abort(404)
    context.actor, context.practice = actor, actor.practice
    _in_mix(actor.practice.mix.enabled)
    if declared.permission and not actor.can(declared.permission):
        abort(404)


def _in_mix(enabled: frozenset[str]) -> None:
    """Answer 404 for a plugin's page where the plugin is not in the practice's mix."""
    owner = current_app.extensions["layers_blueprints"].get(request.blueprint)
    if owner is not None and owner not in enabled:
        abort(404)


def _evaluator(_declared: Policy) -> None:
    context = cast("RequestContext", g.layers)
    assert context.person is not None
    found = context.session.scalar(
        select(StudyEvaluator.study_id).where(StudyEvaluator.person_id == context.person.id).limit(1)
    )
    if found is None:
        abort(404)


def _operator(_declared: Policy) -> None:
    context = cast("RequestContext", g.layers)
    if context.person is None or not context.person.is_operator:
        abort(404)


def _signed_in(_declared: Policy) -> None:
    """Being signed in is enough."""


LEVELS: Mapping[Level, Callable[[Policy], None]] = {
    "public": _public,
    "signed_in": _signed_in,
    "member": _member,
    "evaluator": _evaluator,
    "operator": _operator,
}
