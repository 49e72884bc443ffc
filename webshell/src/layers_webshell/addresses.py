"""Flask with addresses that are built once: a page names thirty to fifty, and building one took 10 to 17 µs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote_plus
from uuid import UUID

from flask import Flask, g, has_app_context, request

from layers_webshell import tenancy

MOST_PRACTICES = 8_192
# What may stand in a query as it is, by https://url.spec.whatwg.org/#percent-encoded-bytes and as Werkzeug has it.
SAFE = "!$'()*,/:;?@"

Pattern = tuple[tuple[str, str, bool], ...]
"""An address in pieces: words, the name of the value after them ("" at the end), whether that is in the query."""


class AddressKeepingFlask(Flask):
    """Flask, but `url_for` keeps what it built for an endpoint in a practice.

    Kept are addresses whose values are keys (`thing_id=<UUID>`) or, in the query, texts; they are put in afterwards.
    All others, and the endpoints of blueprints that bring `url_defaults` of their own, are built as ever.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kept: dict[tuple[str | None, str], dict[tuple[str, ...], Pattern]] = {}
        self.before_request(self._choose)

    def _choose(self) -> None:
        """Take out what is kept for the present request's practice."""
        if len(self._kept) >= MOST_PRACTICES:
            self._kept.clear()
        g.layers_addresses = self._kept.setdefault((tenancy.slug(), request.script_root), {})

    def url_for(
        self,
        endpoint: str,
        *,
        _anchor: str | None = None,
        _method: str | None = None,
        _scheme: str | None = None,
        _external: bool | None = None,
        **values: Any,
    ) -> str:
        """The address of an endpoint; see Flask."""
        kept = g.get("layers_addresses") if has_app_context() else None
        if kept is not None and not (_anchor or _method or _scheme or _external):
            if None in values.values():
                values = {name: value for name, value in values.items() if value is not None}
            pattern = kept.get((endpoint, *values))
            if pattern is None and self._may_keep(endpoint, values):
                pattern = kept[endpoint, *values] = self._build(endpoint, values)
            if pattern is not None and (filled := _filled(pattern, values)) is not None:
                return filled
        address: str = super().url_for(
            endpoint, _anchor=_anchor, _method=_method, _scheme=_scheme, _external=_external, **values
        )
        return address

    def _may_keep(self, endpoint: str, values: Mapping[str, Any]) -> bool:
        if endpoint not in self.view_functions or endpoint.partition(".")[0] in self.url_default_functions:
            return False
        expecting = self.url_map.is_endpoint_expecting
        return all(
            type(value) is UUID or (type(value) is str and not expecting(endpoint, name))
            for name, value in values.items()
        )

    def _build(self, endpoint: str, values: Mapping[str, Any]) -> Pattern:
        markers = {str(UUID(int=number)): name for number, name in enumerate(values)}
        given: dict[str, Any] = {name: UUID(marker) for marker, name in markers.items()}
        address = super().url_for(endpoint, **given)
        # Words at even places, and the markers between them.
        words = re.split(f"({'|'.join(markers)})", address) if markers else [address]
        query = address.find("?") if "?" in address else len(address)
        pieces, position = [], 0
        for before, marker in zip(words[::2], [*words[1::2], ""], strict=True):
            position += len(before)
            pieces.append((before, markers.get(marker, ""), position > query))
            position += len(marker)
        return tuple(pieces)


def _filled(pattern: Pattern, values: Mapping[str, Any]) -> str | None:
    """The address with these values; None where one of them has to be built in."""
    address = ""
    for words, name, in_query in pattern:
        address += words
        if not name:
            return address
        value = values[name]
        if type(value) is UUID:
            address += str(value)
        elif in_query and type(value) is str:
            address += quote_plus(value, SAFE)
        else:
            return None
    return None
