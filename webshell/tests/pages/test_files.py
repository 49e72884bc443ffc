"""Files on pages: chosen with a record or on a thing's page, shown to its readers alone, never lost with a refusal."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from PIL import Image
from sqlalchemy import update

from layers_core.artefacts.attachments import prepare
from layers_core.artefacts.attachments.models import Attachment, KeptFile
from layers_core.contract import Draft, PluginChoice
from layers_core.db.base import now
from layers_core.practices import service
from layers_webshell.accounts import service as accounts
from layers_webshell.testclient import Browser
from layers_webshell.testworld import World

Write = Callable[..., UUID]
ClientFor = Callable[..., Browser]
FILE = re.compile(r'src="(/[^"]+/files/[^"]+)"|href="(/[^"]+/files/[^"]+)"')
WORDS = "We never ask which size of print people need."


@pytest.fixture(scope="module")
def web_plugins(ideas: object) -> Sequence[object]:
    return [ideas]


def photo(colour: str = "red") -> tuple[io.BytesIO, str]:
    made = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(made, "JPEG")
    return io.BytesIO(made.getvalue()), "our board.jpg"


def text(words: bytes = b"Some words", name: str = "notes.txt") -> tuple[io.BytesIO, str]:
    return io.BytesIO(words), name


def wav() -> tuple[io.BytesIO, str]:
    body = b"WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x80\x3e\0\0\2\0\x10\0data\x08\0\0\0abcdefgh"
    return io.BytesIO(b"RIFF" + len(body).to_bytes(4, "little") + body), "voice.wav"


def addresses(page: str) -> list[str]:
    return list(dict.fromkeys(first or second for first, second in FILE.findall(page)))


def saved_with(client: Browser, *files: tuple[io.BytesIO, str], audience: str = "practice") -> str:
    """The address of a new thing with these files."""
    page = client.get("/manor/record")
    answer = client.submit(page, {"text": WORDS, "audience": audience, "files": list(files)}, action="/manor/record")
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"]).partition("?")[0]


def test_one_submit_saves_words_and_files(client_for: ClientFor) -> None:
    place = saved_with(client_for("nurse"), photo(), text(), wav())
    reader = client_for("gp")
    page = reader.get(place).text
    picture, document, sound = (addresses(page)[index] for index in (0, 1, 2))
    assert 'alt="our board.jpg"' in page
    assert "Describe the picture" not in page, "a reader changes nothing"
    answer = reader.get(picture)
    assert answer.mimetype == "image/jpeg"
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "no-store" in answer.headers["Cache-Control"]
    answer = reader.get(document)
    assert answer.headers["Content-Disposition"] == "attachment; filename=notes.txt"
    assert answer.data == b"Some words"
    answer = reader.get(sound, headers={"Range": "bytes=44-47"})
    assert (answer.status_code, answer.data) == (206, b"abcd")


def test_nobody_else_reaches_a_file(client_for: ClientFor, visitor: Browser, world: World) -> None:
    place = saved_with(client_for("nurse"), text(), audience="me")
    [address] = addresses(client_for("nurse").get(place).text)
    for role in ("gp", "manager", "operator", "outsider"):
        assert client_for(role).get(address).status_code == 404
        own = address.replace("/manor/", "/me/")
        assert client_for(role).get(own).status_code == 404
    assert visitor.get(address).status_code == 302
    other = saved_with(client_for("gp"), text(b"Others"))
    mixed = f"{other}/files/{address.rpartition('/')[2]}"
    assert client_for("gp").get(mixed).status_code == 404, "a file is reached through its own thing alone"
    world.switch("manor", "ideas", PluginChoice("off"))
    assert client_for("nurse").get(address).status_code == 404


def test_a_file_is_its_writers_after_they_left(client_for: ClientFor, world: World) -> None:
    place = saved_with(client_for("nurse"), text(), photo())
    with world.database.write() as session:
        service.leave(session, world.people["nurse"], world.practices["manor"])
    nurse = client_for("nurse")
    page = nurse.get(f"/me/things/{place.rpartition('/')[2]}").text
    first, second = addresses(page)
    assert nurse.get(first).data == b"Some words"
    assert nurse.get(second).mimetype == "image/jpeg"
    with zipfile.ZipFile(io.BytesIO(nurse.get("/me/download").data)) as archive:
        told = json.loads(archive.read("everything.json"))
        [thing] = told["things"]
        names = [file["in_this_download"] for file in thing["files"]]
        assert archive.read(names[0]) == b"Some words"
        assert names[1].endswith("our board.jpg")
        assert names[0] in archive.read("read-me.html").decode()


def test_files_wait_for_their_writer_when_the_form_comes_back(client_for: ClientFor, world: World) -> None:
    nurse = client_for("nurse")
    page = nurse.get("/manor/record")
    page = nurse.submit(page, {"text": "", "audience": "practice", "files": [photo(), text()]}, action="/manor/record")
    assert page.status_code == 422
    assert "Kept: our board.jpg" in page.text
    kept = re.findall(r'name="kept_file" value="([^"]+)"', page.text)
    # Nobody else can take them over.
    stolen = client_for("gp").send("/manor/record", {"text": "x", "kind": "ideas.idea", "kept_file": kept})
    assert stolen.status_code == 422
    assert "here no longer" in stolen.text
    values = {"text": WORDS, "kept_file": kept, "remove_kept_file": kept[1]}
    answer = nurse.submit(page, {**values, "files": [wav()]}, action="/manor/record")
    assert answer.status_code == 303, answer.text
    shown = nurse.get(answer.headers["Location"]).text
    assert "our board.jpg" in shown
    assert "voice.wav" in shown
    assert "notes.txt" not in shown
    again = nurse.submit(page, {**values, "files": [wav()]}, action="/manor/record")
    assert again.headers["Location"] == answer.headers["Location"], "sent twice it is saved once"
    with world.database.read() as session:
        assert session.query(KeptFile).count() == 0
        assert session.query(Attachment).count() == 2


def test_a_file_that_is_not_taken_is_named_and_the_rest_waits(client_for: ClientFor) -> None:
    nurse = client_for("nurse")
    sent = {"text": WORDS, "files": [text(b"\0\1", "tool.exe"), photo()]}
    page = nurse.submit(nurse.get("/manor/record"), sent, action="/manor/record")
    assert page.status_code == 422
    assert "tool.exe: We do not take this kind of file" in page.text
    assert WORDS in page.text
    assert "Kept: our board.jpg" in page.text


def test_a_request_may_be_large_only_where_files_are_taken(client_for: ClientFor) -> None:
    nurse = client_for("nurse")
    large = [text(b"word " * 1_000_000, "long.txt")]
    place = saved_with(nurse, *large)
    refused = nurse.send(f"{place}/comments", {"comment": "x", "files": (io.BytesIO(b"word " * 1_000_000), "long.txt")})
    assert refused.status_code == 413


def test_files_are_added_described_and_removed_by_whoever_may_change_the_thing(client_for: ClientFor) -> None:
    nurse, gp = client_for("nurse"), client_for("gp")
    place = saved_with(nurse)
    assert nurse.submit(nurse.get(place), {"files": []}, action=f"{place}/files").status_code == 422
    answer = nurse.submit(nurse.get(place), {"files": [photo()]}, action=f"{place}/files")
    assert answer.status_code == 303
    [address] = addresses(nurse.get(place).text)
    for verb in ("", f"/{address.rpartition('/')[2]}/describe", f"/{address.rpartition('/')[2]}/remove"):
        gp.send(f"{place}/files{verb}", {"description": "Mine", "files": text()})
    page = nurse.get(place)
    assert "notes.txt" not in page.text
    assert 'alt="our board.jpg"' in page.text
    number = "943 476 5919"
    stopped = nurse.submit(page, {"description": f"Patient {number}"}, action=f"{address}/describe")
    assert stopped.status_code == 422
    assert number in stopped.text
    nurse.submit(page, {"description": "The board in our corridor"}, action=f"{address}/describe")
    page = nurse.get(place)
    assert 'alt="The board in our corridor"' in page.text
    nurse.submit(page, action=f"{address}/remove")
    assert addresses(nurse.get(place).text) == []
    assert nurse.get(address).status_code == 404


def test_a_refusal_on_the_things_page_keeps_the_files(client_for: ClientFor) -> None:
    nurse = client_for("nurse")
    place = saved_with(nurse)
    sent = {"files": [text(name="943 476 5919.txt")]}
    page = nurse.submit(nurse.get(place), sent, action=f"{place}/files")
    assert page.status_code == 422
    assert "Kept: 943 476 5919.txt" in page.text
    answer = nurse.submit(page, {"guard_checked": "yes"}, action=f"{place}/files")
    assert answer.status_code == 303
    assert "943 476 5919.txt" in nurse.get(place).text


def test_a_content_that_is_missing_is_no_fault_of_the_reader(client_for: ClientFor, world: World) -> None:
    place = saved_with(client_for("nurse"), text())
    [address] = addresses(client_for("nurse").get(place).text)
    with world.database.write() as session:
        session.execute(update(Attachment).values(digest="0" * 64))
    assert client_for("nurse").get(address).status_code == 404


def test_a_note_by_hand_takes_files_too(client_for: ClientFor, world: World) -> None:
    """What plugins save with a draft is shown like what came with a form."""
    draft = Draft("core.note", "By mail", {"text": "By mail"}, "practice", attachments=(prepare("a.txt", b"x"),))
    key = world.artefacts.save(world.actor("nurse"), draft).id
    assert "a.txt" in client_for("gp").get(f"/manor/things/{key}").text


def test_the_api_names_the_files_and_a_token_fetches_them(client_for: ClientFor, world: World, app: Any) -> None:
    place = saved_with(client_for("nurse"), text())
    with world.database.write() as session:
        token = accounts.make_api_token(session, world.people["gp"], "Test", now() + timedelta(days=1))
    client = app.test_client()
    headers = {"Authorization": f"Bearer {token}"}
    address = place.replace("/manor/things/", "/api/v1/practices/manor/artefacts/")
    [file] = client.get(address, headers=headers).get_json()["files"]
    assert (file["name"], file["media_type"], file["size"]) == ("notes.txt", "text/plain", 10)
    assert client.get(file["url"], headers=headers).data == b"Some words"
    assert client.get(file["url"]).status_code == 401
