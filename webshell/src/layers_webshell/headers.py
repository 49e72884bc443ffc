"""What every response says to the browser about safety and keeping."""

from __future__ import annotations

from flask import Flask, Response, request

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        # A voice note is listened to before it is sent.
        "media-src 'self' blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "object-src 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self), payment=(), usb=()",
}
OPEN_TO_SEARCH = ("/p/", "/robots.txt")
YEAR = 365 * 24 * 3600


def install(app: Flask, *, https: bool) -> None:
    """Put the headers on every response. A view may set its own `Cache-Control`."""

    def add_headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if https:
            response.headers.setdefault("Strict-Transport-Security", f"max-age={YEAR}; includeSubDomains")
        if request.endpoint != "static":
            # Nobody but the reader may keep a page, and a shared PC keeps none at all.
            response.headers.setdefault("Cache-Control", "no-store")
            if not request.path.startswith(OPEN_TO_SEARCH):
                response.headers.setdefault("X-Robots-Tag", "noindex, nofollow")
        return response

    app.after_request(add_headers)
