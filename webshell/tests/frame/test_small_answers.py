"""What goes over the air is small: pages and files come compressed to whoever can read that, else as they are."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import pytest

from layers_webshell.testclient import Browser

ClientFor = Callable[..., Browser]
STYLES = "/static/layers/nhsuk.css"


def test_a_page_is_small_for_a_browser_and_whole_for_everything_else(client_for: ClientFor) -> None:
    nurse = client_for("nurse")
    small = nurse.get("/me", headers={"Accept-Encoding": "gzip, deflate, br"})
    assert small.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in small.headers["Vary"]
    assert gzip.decompress(small.data).rstrip().endswith(b"</html>")
    whole = nurse.get("/me")
    assert "Content-Encoding" not in whole.headers
    assert len(small.data) < len(whole.data) / 2


@pytest.mark.parametrize(("accepted", "coding"), [("gzip, deflate", "gzip"), ("gzip, deflate, br, zstd", "br")])
def test_a_static_file_comes_in_the_smallest_coding_that_is_accepted(
    client_for: ClientFor, accepted: str, coding: str
) -> None:
    visitor = client_for("nurse")
    small = visitor.get(STYLES, headers={"Accept-Encoding": accepted})
    assert (small.headers["Content-Encoding"], small.mimetype) == (coding, "text/css")
    whole = visitor.get(STYLES)
    assert "Content-Encoding" not in whole.headers
    assert len(small.data) < len(whole.data) / 5
    if coding == "gzip":
        assert gzip.decompress(small.data) == whole.data
    again = visitor.get(STYLES, headers={"Accept-Encoding": accepted, "If-None-Match": small.headers["ETag"]})
    assert again.status_code == 304
    assert visitor.get(STYLES, headers={"If-None-Match": small.headers["ETag"]}).status_code == 200


def test_what_lies_outside_the_folder_is_not_found_in_any_coding(client_for: ClientFor) -> None:
    visitor = client_for("nurse")
    for path in ("/static/layers/../mount.py", "/static/layers/%2e%2e/%2e%2e/mount.py", "/static/layers/nothing.css"):
        assert visitor.get(path, headers={"Accept-Encoding": "br"}).status_code == 404
