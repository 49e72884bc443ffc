"""Flask with addresses that are built once: a page names thirty to fifty, and building one took 10 to 17 µs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Flask, g, has_app_context, request

from layers_webshell import tenancy

MOST_PRACTICES = 8_192

Pattern = tuple[str, tuple[str, ...]]
"""An address with a marker for each of its keys, and the markers."""


class AddressKeepingFlask(Flask):
    """Flask, but `url_for` keeps what it built for an endpoint in a practice.

    Kept are addresses whose values are keys only (`thing_id=<UUID>`), which are put in afterwards. All others, and the
    endpoints of blueprints that bring `url_defaults` of their own, are built as ever.
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
            pattern = kept.get((endpoint, *values))
            if pattern is None and self._may_keep(endpoint, values):
                pattern = kept[endpoint, *values] = self._build(endpoint, values)
            if pattern is not None and _are_keys(values):
                return _filled(pattern, values)
        address: str = super().url_for(
            endpoint, _anchor=_anchor, _method=_method, _scheme=_scheme, _external=_external, **values
        )
        return address

    def _may_keep(self, endpoint: str, values: Mapping[str, Any]) -> bool:
        relative = endpoint.startswith(".")
        return _are_keys(values) and not relative and endpoint.partition(".")[0] not in self.url_default_functions

    def _build(self, endpoint: str, values: Mapping[str, Any]) -> Pattern:
        markers: dict[str, Any] = {name: UUID(int=number) for number, name in enumerate(values)}
        return super().url_for(endpoint, **markers), tuple(str(marker) for marker in markers.values())


def _are_keys(values: Mapping[str, Any]) -> bool:
    return all(type(value) is UUID for value in values.values()) if values else True


def _filled(pattern: Pattern, values: Mapping[str, Any]) -> str:
    address, markers = pattern
    for marker, value in zip(markers, values.values(), strict=True):
        address = address.replace(marker, str(value))
    return address
