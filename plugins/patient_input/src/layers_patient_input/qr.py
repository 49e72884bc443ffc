"""QR codes as SVG, black on white in every colour scheme. Pure."""

from __future__ import annotations

import io

import segno
from markupsafe import Markup


def inline(address: str, label: str) -> Markup:
    """The code of an address for a page; `label` is what a screen reader says instead."""
    stream = io.BytesIO()
    segno.make_qr(address, error="m").save(
        stream, kind="svg", xmldecl=False, svgns=False, omitsize=True, svgclass="", lineclass="", light="#fff"
    )
    drawn = stream.getvalue().decode()
    opened = Markup('<svg role="img" aria-label="{}" width="300" height="300" class="layers-chart" ').format(label)
    # segno draws from the address alone, so nothing in what follows needs to be escaped.
    return opened + Markup(drawn.removeprefix("<svg "))  # nosec B704


def image(address: str) -> bytes:
    """The code of an address as a file."""
    stream = io.BytesIO()
    segno.make_qr(address, error="m").save(stream, kind="svg", scale=10, light="#fff")
    return stream.getvalue()
