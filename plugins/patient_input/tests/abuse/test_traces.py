"""What is kept about whoever sent something: nothing."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import MetaData, text

FROM_ONE = 120
TOO_LARGE = 2 * 1024 * 1024
PUBLIC = "/p/manor/patient-input/"


def _everything(world: Any) -> Iterator[tuple[str, str]]:
    """Every value of every table."""
    tables = MetaData()
    with world.database.read() as session:
        tables.reflect(session.connection())
        for name in sorted(tables.tables):
            for row in session.execute(text(f'SELECT * FROM "{name}"')):
                for value in row:
                    yield name, bytes(value).decode("latin-1") if isinstance(value, bytes) else str(value)


@pytest.mark.parametrize("network", ["203.0.113.", "2001:db8:7:7:"])
def test_no_address_and_no_device_is_kept_anywhere(
    outside: Any, settings: Any, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], network: str
) -> None:
    caplog.set_level(logging.DEBUG)
    outside.address = f"{network}77" if network.endswith(".") else f"{network}:77"
    client, kiosk = outside.app.test_client(), outside.way_in("kiosk")
    sender = {"environ_overrides": {"REMOTE_ADDR": outside.address}, "headers": {"User-Agent": outside.agent}}
    seen = [
        client.get(f"/f/{outside.token}", **sender),
        outside.post(),
        outside.post("forged"),
        outside.post(outside.held(client, kiosk), token=kiosk, own="A" * 24),
        client.post(f"{PUBLIC}withdraw", data={"code": "x"}, **sender),
        client.post(f"{PUBLIC}reply", data={"code": "x"}, **sender),
        client.post(f"/f/{outside.token}", data="x" * TOO_LARGE, **sender),
        *(outside.post(words="") for _time in range(FROM_ONE)),
    ]
    assert {200, 413, 422, 429} <= {page.status_code for page in seen}
    marks = (network, outside.agent)
    kept = list(_everything(outside.world))
    assert any(outside.words in value for _name, value in kept), "the search sees what is kept"
    assert [(name, mark) for name, value in kept for mark in marks if mark in value] == []
    said = "".join((caplog.text, *capfd.readouterr(), *(page.text for page in seen)))
    assert [mark for mark in marks if mark in said] == []
    files = [path.read_bytes() for path in Path(settings.data_dir).rglob("*") if path.is_file()]
    assert not any(mark.encode() in content for content in files for mark in marks)
    assert [page.status_code for page in seen if "Set-Cookie" in page.headers] == []


def test_no_public_page_sets_a_cookie_or_takes_notice_of_one(outside: Any) -> None:
    app, tried = outside.app, []
    known, form = {"practice", "practice_slug", "token"}, "public.form"
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.startswith(("patient_input_public.", form)) or rule.arguments - known:
            continue
        values = {name: outside.token if name == "token" else "manor" for name in rule.arguments}
        path = app.url_map.bind("127.0.0.1").build(rule.endpoint, values)
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            plain = app.test_client().open(path, method=method)
            cookie = {"Cookie": "session=made.up.here; other=1"}
            with_cookie = app.test_client(use_cookies=False).open(path, method=method, headers=cookie)
            assert plain.status_code == with_cookie.status_code < 500, path
            for page in (plain, with_cookie):
                assert "Set-Cookie" not in page.headers, path
                assert "Cookie" not in page.headers.get("Vary", ""), path
            tried.append((method, path))
    assert {("GET", f"/f/{outside.token}"), ("POST", f"/f/{outside.token}"), ("GET", PUBLIC)} <= set(tried), tried
    assert ("POST", f"{PUBLIC}withdraw") in tried
