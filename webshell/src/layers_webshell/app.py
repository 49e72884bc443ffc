"""The application: everything put together, in the order in which a request meets it."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from flask_compress import Compress
from werkzeug.middleware.proxy_fix import ProxyFix

from layers_core.db.session import Database
from layers_core.host.loader import Host, load_host
from layers_core.settings import Settings, SettingsError
from layers_webshell import (
    api,
    context,
    drafting,
    errors,
    frame,
    gate,
    headers,
    language,
    mount,
    pages,
    pieces,
    public,
    sessions,
    tenancy,
    throttle,
)
from layers_webshell.accounts import demo_links, security, views
from layers_webshell.addresses import AddressKeepingFlask

MEGABYTE = 1024 * 1024
IDLE = timedelta(minutes=15)


def create_app(
    settings: Settings,
    *,
    host: Host | None = None,
    database: Database | None = None,
    links: demo_links.DemoLinks | None = None,
    idle: timedelta = IDLE,
    proxies: int = 0,
) -> Flask:
    """The web application of an instance.

    `links` are the demo's sign-in links; `idle` is how long a shared PC may stand idle; `proxies` says how many reverse
    proxies in front of it set X-Forwarded-For, -Proto and -Host. Raises SettingsError for links outside the demo,
    NoPolicy and MountRefused for routes and templates out of their place.
    """
    if links is not None and not settings.demo:
        raise SettingsError("Sign-in links are for the demo only.")
    host = host or load_host(settings)
    database = database or Database.at(settings.database_url)
    https = settings.base_url.startswith("https://")
    app = AddressKeepingFlask("layers_webshell", static_folder=None, template_folder=None)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=MEGABYTE,
        MAX_FORM_MEMORY_SIZE=MEGABYTE,
        TRUSTED_HOSTS=list(settings.trusted_hosts),
        PREFERRED_URL_SCHEME="https" if https else "http",
        LAYERS_IDLE=idle,
        # Static files are made smaller when they are built. A page may be: a cookie that is SameSite does not go with
        # the requests by which another site could measure how well something secret in it compresses.
        COMPRESS_MIMETYPES=["text/html"],
        COMPRESS_ALGORITHM=["gzip"],
        COMPRESS_LEVEL=1,
        COMPRESS_STREAMS=False,
    )
    app.extensions["layers_database"] = database
    app.extensions["layers_host"] = host
    app.extensions["layers_settings"] = settings
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]
    sessions.install(app, https=https)
    headers.install(app, https=https)
    tenancy.install(app)
    context.install(app, database, host)
    throttle.install(app, settings.secret_key)
    gate.install(app)
    security.install(app, database)
    language.install(app, host)
    frame.install(app)
    pieces.install(app)
    drafting.install(app)
    errors.install(app)
    mount.install(app, host)
    app.register_blueprint(public.pages)
    app.register_blueprint(views.pages)
    api.install(app)
    for blueprint in pages.blueprints():
        app.register_blueprint(blueprint)
    if links is not None:
        app.extensions[demo_links.EXTENSION] = links
        app.register_blueprint(demo_links.pages)
    gate.check_policies(app)
    # Last, so that it works first on an answer: nothing else looks into one that it made smaller.
    Compress(app)
    return app
