"""Cursors in the API's addresses: loaded by its schemas, refused where they are not ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields

from layers_core.i18n import gettext as _
from layers_webshell.cursors import to_number, to_place


class PlaceField(fields.String):
    """A cursor of the stream, loaded as a Place."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        return _loaded(to_place, super()._deserialize(value, attr, data, **kwargs))


class NumberField(fields.String):
    """A cursor of a list by number, loaded as an int."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        return _loaded(to_number, super()._deserialize(value, attr, data, **kwargs))


def _loaded(read: Any, word: str) -> Any:
    try:
        return read(word)
    except ValueError as error:
        raise ValidationError(_("This cursor did not come from this list")) from error
