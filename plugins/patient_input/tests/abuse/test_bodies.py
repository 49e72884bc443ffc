"""Bodies that are too large, too many or broken: refused, quickly, and no fault of ours."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from typing import Any

from layers_patient_input.responses import written

MEGABYTE = 1024 * 1024
MOST_LETTERS = 5_000
SECONDS = 5.0
FORM, PARTS = "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"
NAMED = b'--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
END = b"--b--\r\n"


def _parts(number: int, size: int) -> bytes:
    return b"".join(NAMED % (b"q%d" % one, b"x" * size) for one in range(number)) + END


def _bodies(outside: Any) -> Iterator[tuple[str, str, bytes]]:
    """What is wrong, the content type, the body. Most of them have a good seal and a score."""
    fields = {"nonce": outside.nonce(), **outside.fields("")}
    _nonce, score, words = (name.encode() for name in fields)
    good = "&".join(f"{name}={value}" for name, value in fields.items() if value).encode()
    yield "1 MB of words", FORM, good + b"&" + words + b"=" + b"w" * MEGABYTE
    yield "words up to the limit", FORM, good + b"&" + words + b"=" + b"w" * (MEGABYTE - 1_000)
    yield "10,000 fields", FORM, good + b"".join(b"&q%d=1" % number for number in range(10_000))
    yield "10,000 answers to a question", FORM, good + b"&%s=1" % score * 10_000
    yield "100,000 empty fields", FORM, b"&" * 100_000 + good
    yield "thousands of copies", FORM, good + b"".join(b"&%s-copies=9999" % name for name in (score, words))
    yield "10,000 parts", PARTS, _parts(10_000, 1)
    yield "parts of 900 kB", PARTS, _parts(3, 300_000)
    yield "parts of 3 MB", PARTS, _parts(3, MEGABYTE)
    yield "a file for a seal", PARTS, NAMED.replace(b'"%s"', b'"nonce"; filename="%s"') % (b"x", b"x" * 5_000) + END
    yield "a name of 500 kB", PARTS, NAMED % (b"n" * 500_000, b"x") + END
    yield "10,000 heads", PARTS, b"--b\r\n" + b"X-A: 1\r\n" * 10_000 + b"\r\nx\r\n" + END
    yield "torn off", PARTS, _parts(2, 1)[:40]
    yield "no boundary", "multipart/form-data", _parts(2, 1)
    yield "a boundary of 50 kB", PARTS + "b" * 50_000, b"--b"
    yield "parts in parts", PARTS, b"--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n\r\n--c--\r\n" + END
    yield "deep JSON", "application/json", b"[" * 100_000
    yield "no letters", FORM, bytes(range(256)) * 100
    yield "percent signs", FORM, b"nonce=" + b"%" * 100_000
    yield "an odd character set", f"{FORM}; charset=utf-7", good
    yield "no type", "", good


def test_bodies_that_are_too_much_are_refused_and_are_no_fault_of_ours(outside: Any) -> None:
    client = outside.app.test_client()
    slowest = (0.0, "")
    for name, kind, body in _bodies(outside):
        began = time.thread_time()
        answer = client.post(f"/f/{outside.token}", data=body, content_type=kind)
        slowest = max(slowest, (time.thread_time() - began, name))
        assert answer.status_code in ({413} if len(body) > MEGABYTE else {200, 400, 413, 422}), name
    assert slowest[0] < SECONDS, slowest
    assert all(len(text) <= MOST_LETTERS for answer in outside.answers() for text in written(answer.items))


def test_a_body_that_does_not_say_how_long_it_is_is_no_way_round(outside: Any) -> None:
    """No more of it is read than of any other."""
    fields = {"nonce": outside.nonce(), **outside.fields("w" * 2 * MEGABYTE)}
    body = io.BytesIO("&".join(f"{name}={value}" for name, value in fields.items()).encode())
    answer = outside.app.test_client().post(
        f"/f/{outside.token}",
        input_stream=body,
        content_type=FORM,
        environ_overrides={"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"},
    )
    assert answer.status_code in {413, 422}
    assert body.tell() <= MEGABYTE + 64 * 1024
    assert outside.answers() == []
