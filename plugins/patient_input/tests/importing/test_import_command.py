"""`layers patients import`: the same as the pages, with options instead of a form."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from layers_core.cli.context import CliContext
from layers_core.contract import PluginChoice
from layers_core.practices import mix
from layers_patient_input.commands import patients
from layers_patient_input.importing import job

from .conftest import FILE, Importing


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The file to bring in."""
    path = tmp_path / "march.csv"
    path.write_text(FILE, encoding="utf-8")
    return path


def run(importing: Importing, *words: Any, practice: str = "MANOR") -> Result:
    """Run the command."""
    layers = CliContext(database=importing.house.database, host=importing.house.host)
    return CliRunner().invoke(patients, ["import", "--practice", practice, *map(str, words)], obj=layers)


def test_a_file_is_brought_in_and_again_nothing(importing: Importing, file: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.csv"
    first = run(importing, file, "--method", "sms", "--dont-know", "2020", "--wrong", wrong)
    assert first.exit_code == 0, first.output
    assert "5 rows read, 3 brought in, 0 here already, 2 wrong" in first.stdout
    assert "line 7: We cannot read this date: “soon”" in first.stderr
    assert wrong.read_text(encoding="utf-8-sig").splitlines()[0].startswith('"layers_line","layers_why","Date"')
    for _twice in range(2):
        again = run(importing, file, "--method", "sms")
        assert "5 rows read, 0 brought in, 3 here already, 2 wrong" in again.stdout, again.output
    more = run(importing, file, "--means", "Five stars=2020:very_good")
    assert "5 rows read, 1 brought in, 3 here already, 1 wrong" in more.stdout, more.output
    assert len(importing.house.answers()) == 4
    (view,) = {importing.view(row.batch_id).by for row in importing.house.answers() if row.batch_id}
    assert view == ""


def test_what_is_missing_is_said_with_its_option(importing: Importing, file: Path) -> None:
    file.write_text("When,What\n03/04/2026,Don't know\n", encoding="utf-8")
    done = run(importing, file)
    assert done.exit_code == 1
    for option in ("--method", "--dates", "--dont-know"):
        assert option in done.stderr
    named = ("--column", "date=When", "--column", "answer=What")
    done = run(importing, file, "--method", "sms", "--dates", "month", "--dont-know", "2013", *named)
    assert "1 rows read, 1 brought in" in done.stdout, done.output
    assert list(importing.tally()) == [("2026-03-04", "2013", "dont_know", "sms")]


def test_days_of_another_file(importing: Importing, file: Path) -> None:
    run(importing, file, "--method", "sms", "--dont-know", "2020")
    file.write_text(FILE + "17/03/2026,Good,,SMS\n", encoding="utf-8")
    assert "--same-days" in run(importing, file, "--method", "sms", "--dont-know", "2020").stderr
    done = run(importing, file, "--method", "sms", "--dont-know", "2020", "--same-days", "leave-out")
    assert "6 rows read, 1 brought in, 3 here already, 2 wrong" in done.stdout, done.output


def test_where_it_failed_the_same_command_goes_on(
    importing: Importing, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(job.LIMITS, "rows_a_step", 2)
    keep = job.keep_many

    def full(unit: Any, form: Any, given: Any) -> None:
        pairs = list(given)
        if any(source.day.day == 16 for _given, source in pairs):
            raise OSError(28, "No space left on device")
        keep(unit, form, pairs)

    monkeypatch.setattr(job, "keep_many", full)
    done = run(importing, file, "--method", "sms", "--dont-know", "2020")
    assert done.exit_code == 1
    assert "Stopped after 2 of 5 rows. The same command goes on" in done.stderr
    monkeypatch.setattr(job, "keep_many", keep)
    done = run(importing, file)
    assert "5 rows read, 3 brought in, 0 here already, 2 wrong" in done.stdout, done.output
    assert len(importing.house.answers()) == 3


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--column", "date=Nowhere"), "no such column"),
        (("--column", "nothing=Date"), "no such column"),
        (("--means", "x=2020:excellent"), "no such answer"),
        (("--means", "excellent"), "no such answer"),
    ],
)
def test_options_that_mean_nothing(importing: Importing, file: Path, words: tuple[str, ...], said: str) -> None:
    done = run(importing, file, *words)
    assert done.exit_code == 2
    assert said in done.stderr


def test_no_table_no_practice_no_plugin(importing: Importing, file: Path) -> None:
    assert "There is no practice X1" in run(importing, file, practice="X1").stderr
    manager = importing.house.actor("mill_manager")
    off = PluginChoice("off")
    mix.switch(importing.house.artefacts, manager, "patient_input", off, "x", expected=manager.practice.mix.version)
    assert "does not use patient input" in run(importing, file, practice="mill").stderr
    file.write_bytes(b"PK\x03\x04" + bytes(100))
    done = run(importing, file)
    assert (done.exit_code, "This is no CSV file" in done.stderr) == (1, True)
    assert importing.house.answers() == []
