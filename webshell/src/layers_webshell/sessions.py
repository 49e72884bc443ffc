"""The session cookie: signed, never on public pages, and short-lived on a shared PC."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask, Request, Response
from flask.sessions import NullSession, SecureCookieSessionInterface, SessionMixin

COOKIE = "layers"
WITHOUT_SESSION = ("/f/", "/p/", "/static/", "/api/", "/health", "/calendar/", "/stop-mail/")
OWN_DEVICE = timedelta(days=30)


class NoSession(NullSession):
    """The empty session of pages that have none: reading finds nothing, writing raises."""


class LayersSessionInterface(SecureCookieSessionInterface):
    """Signed cookies, except on the addresses of `WITHOUT_SESSION`, which neither read nor set any."""

    def open_session(self, app: Flask, request: Request) -> SessionMixin | None:  # type: ignore[override]
        """The request's session."""
        if request.path.startswith(WITHOUT_SESSION):
            return NoSession()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write the cookie where the session changed, and `Vary: Cookie` where it was read."""
        if not isinstance(session, NoSession):
            super().save_session(app, session, response)


def install(app: Flask, *, https: bool) -> None:
    """Set up the cookie. `https` makes it travel over HTTPS only."""
    app.session_interface = LayersSessionInterface()
    app.config.update(
        # The __Host- prefix keeps other hosts of the same domain from setting it; browsers want HTTPS for that.
        SESSION_COOKIE_NAME=f"__Host-{COOKIE}" if https else COOKIE,
        SESSION_COOKIE_SECURE=https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=OWN_DEVICE,
    )
