"""`layers questionnaires`: one line a file, whatever the files hold."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from layers_core.cli.root import main

LAYERS = Path(sys.executable).with_name("layers")
FORM = {
    "resourceType": "Questionnaire",
    "status": "active",
    "item": [
        {"linkId": "a", "text": "Name", "type": "string", "required": True, "maxLength": 3},
        {"linkId": "b", "text": "Size", "type": "decimal", "definition": "http://example.org"},
    ],
}


def run(*arguments: object) -> tuple[Result, list[dict[str, Any]]]:
    result = CliRunner().invoke(main, ["questionnaires", *map(str, arguments)])
    return result, [json.loads(line) for line in result.stdout.splitlines()]


def test_a_form_is_reported_on_one_line(tmp_path: Path) -> None:
    file = tmp_path / "form.json"
    file.write_text(json.dumps(FORM), encoding="utf-8")
    result, [line] = run("check", file)
    assert result.exit_code == 0
    why = line["reported"][0].pop("why")
    assert why.endswith(".")
    assert line == {
        "file": str(file),
        "ok": True,
        "items": 2,
        "kept": 2,
        "reported": [{"linkId": "b", "what": "definition"}],
    }


def test_each_file_has_its_line_and_one_that_is_no_form_fails_the_command(tmp_path: Path) -> None:
    good, broken, other = tmp_path / "good.json", tmp_path / "broken.json", tmp_path / "other.json"
    good.write_text(json.dumps(FORM), encoding="utf-8")
    broken.write_bytes(b"{\xff")
    other.write_text('{"resourceType": "Patient"}', encoding="utf-8")
    result, lines = run("check", good, broken, tmp_path / "nothing", tmp_path, other, good)
    assert result.exit_code == 1
    assert result.stderr == ""
    assert [line["ok"] for line in lines] == [True, False, False, False, False, True]
    assert all(sorted(line) == ["file", "items", "kept", "ok", "reported"] for line in lines)
    assert all(line["reported"] and (line["items"], line["kept"]) == (0, 0) for line in lines if not line["ok"])


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
def test_a_file_that_never_ends_is_no_file(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    _result, lines = run("check", pipe, "/dev/zero")
    assert [line["ok"] for line in lines] == [False, False]


def test_no_file_is_a_wrong_command() -> None:
    assert run("check")[0].exit_code == 2


def test_thousands_of_files_come_out_line_by_line(tmp_path: Path) -> None:
    for number in range(2_000):
        (tmp_path / f"{number:04}.json").write_text(json.dumps(FORM), encoding="utf-8")
    result, lines = run("check", *sorted(tmp_path.iterdir()))
    assert result.exit_code == 0
    assert [Path(line["file"]).stem for line in lines] == [f"{number:04}" for number in range(2_000)]


def test_the_command_needs_no_database_and_no_settings(tmp_path: Path) -> None:
    file = tmp_path / "form.json"
    file.write_text(json.dumps(FORM), encoding="utf-8")
    done = subprocess.run(
        [LAYERS, "questionnaires", "check", file],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "LAYERS_DATABASE_URL": "nonsense://"},
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert list(tmp_path.iterdir()) == [file]


def test_a_response_that_fits_and_one_that_does_not(tmp_path: Path) -> None:
    form, response = tmp_path / "form.json", tmp_path / "response.json"
    form.write_text(json.dumps(FORM), encoding="utf-8")

    def answer(**values: Any) -> None:
        items = [{"linkId": link_id, "answer": [value]} for link_id, value in values.items()]
        resource = {"resourceType": "QuestionnaireResponse", "status": "completed", "item": items}
        response.write_text(json.dumps(resource), encoding="utf-8")

    answer(a={"valueString": "Ada"}, b={"valueDecimal": 1.5})
    result, lines = run("validate", form, response)
    assert (result.exit_code, lines) == (0, [{"file": str(response), "ok": True, "misfits": []}])

    answer(a={"valueString": "Adam"}, b={"valueDecimal": "1.5"}, c={"valueString": "x"})
    result, [line] = run("validate", form, response)
    assert (result.exit_code, line["ok"]) == (1, False)
    assert all(one.pop("why").endswith(".") for one in line["misfits"])
    assert line["misfits"] == [
        {"linkId": "c", "where": "item[2]", "what": "linkId"},
        {"linkId": "a", "where": "item[0].answer[0]", "what": "maxLength"},
        {"linkId": "b", "where": "item[1].answer[0]", "what": "type"},
    ]


def test_validating_what_cannot_be_read(tmp_path: Path) -> None:
    form, nothing = tmp_path / "form.json", tmp_path / "nothing.json"
    form.write_text(json.dumps(FORM), encoding="utf-8")
    for arguments, what in [
        ((form, nothing), "response"),
        ((nothing, form), "questionnaire"),
        ((form, form), "resourceType"),
    ]:
        result, [line] = run("validate", *arguments)
        assert (result.exit_code, line["ok"]) == (1, False)
        assert [one["what"] for one in line["misfits"]] == [what]
