"""Addresses that are kept say what Flask itself would build, whatever is put into them."""

from __future__ import annotations

from uuid import UUID

import pytest
from flask import Flask, url_for
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.routing import MapAdapter

from layers_webshell import tenancy
from layers_webshell.addresses import AddressKeepingFlask

KEYS = st.uuids() | st.integers(0, 2).map(lambda number: UUID(int=number))
TEXTS = st.text(st.characters(exclude_categories=["Cs"])) | KEYS.map(str)
VALUES = st.none() | KEYS | TEXTS
CALLS = st.lists(
    st.one_of(
        st.tuples(st.just("things"), st.fixed_dictionaries({}, optional={"kind": VALUES, "older": VALUES})),
        st.tuples(st.just("thing"), st.fixed_dictionaries({"key": KEYS}, optional={"kind": VALUES, "page": VALUES})),
        st.tuples(st.just("named"), st.fixed_dictionaries({"name": KEYS | TEXTS.filter(bool)})),
    ),
    max_size=6,
)


def with_pages(app: Flask) -> Flask:
    """An app with an address without values, one with a key in its path and one with a text there."""
    tenancy.install(app)
    app.add_url_rule("/<practice>/things", "things", lambda: "")
    app.add_url_rule("/<practice>/things/<uuid:key>", "thing", lambda key: "")
    app.add_url_rule("/<practice>/named/<name>", "named", lambda name: "")
    return app


KEEPING, PLAIN = with_pages(AddressKeepingFlask(__name__)), with_pages(Flask(__name__))


@given(st.sampled_from(["dr-one", "dr-two"]), CALLS)
def test_what_is_kept_is_what_flask_builds(practice: str, calls: list[tuple[str, dict[str, object]]]) -> None:
    found = []
    for app in (KEEPING, PLAIN):
        with app.test_request_context(f"/{practice}/things"):
            app.preprocess_request()
            found.append([url_for(endpoint, **values) for endpoint, values in calls])  # type: ignore[arg-type]
    assert found[0] == found[1]


def test_an_address_is_built_once(monkeypatch: pytest.MonkeyPatch) -> None:
    app = with_pages(AddressKeepingFlask(__name__))
    with app.test_request_context("/dr-one/things"):
        app.preprocess_request()
        assert url_for("things", kind="a note", older=None) == "/dr-one/things?kind=a+note"
        monkeypatch.delattr(MapAdapter, "build")
        assert url_for("things", kind="x&y") == "/dr-one/things?kind=x%26y"
