"""`layers questionnaires`: what of a FHIR Questionnaire is used here, and whether a response fits it. No database."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from layers_core.forms.model import Questionnaire
    from layers_core.forms.placing import Misfit

FILE = click.Path(path_type=Path)


@click.group()
def questionnaires() -> None:
    """Check forms that are FHIR Questionnaires, and the responses to them."""


@questionnaires.command()
@click.argument("files", nargs=-1, required=True, type=FILE, metavar="FILE...")
def check(files: tuple[Path, ...]) -> None:
    """Say of each file whether it is a form, and what of it is not used as it stands.

    Writes one JSON line a file: {"file", "ok", "items", "kept", "reported": [{"linkId", "what", "why"}]}. `items` are
    the items in the file, `kept` those of the form. The exit code is 1 where a file is no form.
    """
    from layers_core.forms.reading import read_file

    all_ok = True
    for file in files:
        read = read_file(file)
        all_ok = all_ok and read.ok
        reported = [{"linkId": line.link_id, "what": line.what, "why": line.why} for line in read.reported]
        _write({"file": str(file), "ok": read.ok, "items": read.items, "kept": read.kept, "reported": reported})
    if not all_ok:
        sys.exit(1)


@questionnaires.command()
@click.argument("questionnaire", type=FILE)
@click.argument("response", type=FILE)
def validate(questionnaire: Path, response: Path) -> None:
    """Say whether a QuestionnaireResponse fits its Questionnaire, and where not.

    Writes one JSON line: {"file", "ok", "misfits": [{"linkId", "where", "what", "why"}]}. The exit code is 1 where the
    response does not fit or one of the two files cannot be read.
    """
    from layers_core.forms.placing import Misfit
    from layers_core.forms.reading import read_file

    read = read_file(questionnaire)
    if read.questionnaire is None:
        misfits: Iterable[Misfit] = [Misfit("", "", "questionnaire", line.why) for line in read.reported]
    else:
        misfits = _misfits(read.questionnaire, response)
    told = [{"linkId": one.link_id, "where": one.where, "what": one.what, "why": one.why} for one in misfits]
    _write({"file": str(response), "ok": not told, "misfits": told})
    if told:
        sys.exit(1)


def _misfits(questionnaire: Questionnaire, response: Path) -> Iterable[Misfit]:
    from layers_core.forms.checking import check as check_response
    from layers_core.forms.parsing import parse_file
    from layers_core.forms.placing import Misfit

    parsed = parse_file(response)
    if parsed.problem:
        return [Misfit("", "", "response", parsed.problem)]
    noted = [Misfit("", "", what, why) for what, why in parsed.notes]
    return [*noted, *check_response(questionnaire, parsed.data)]


def _write(line: dict[str, Any]) -> None:
    click.echo(json.dumps(line))
