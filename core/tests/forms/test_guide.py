"""docs/forms.md: what it shows is here, and works."""

from __future__ import annotations

import inspect
import re
from datetime import UTC, datetime
from pathlib import Path

from werkzeug.datastructures import MultiDict

from layers_core.forms.checking import check
from layers_core.forms.fields import field_name
from layers_core.forms.filling import fill, initial
from layers_core.forms.reading import DEEPEST, MOST_ITEMS, read, read_file
from layers_core.forms.writing import response, write

GUIDE = Path(__file__).parents[3] / "docs" / "forms.md"
PYTHON = re.compile(r"```python\n(.*?)```\n", re.DOTALL)


def test_a_form_goes_its_way() -> None:
    found = read_file(b'{"resourceType": "Questionnaire", "item": [{"linkId": "name", "type": "string"}]}')
    form = found.questionnaire
    assert form is not None, found.reported[0].why

    # The page: `initial` holds what the inputs begin with; a macro of the web shell draws them.
    assert initial(form).get("anything") is None

    # What came back. Problems name the input that they are about; show the form again with them.
    filled = fill(form, MultiDict([(field_name(form.items[0]), "Ada")]), language="en")
    assert not filled.problems

    # The answers as others read them, and whether they fit.
    written = response(form, filled.items, authored=datetime.now(UTC), language="en")
    assert check(form, written) == ()
    assert read(write(form)).questionnaire == form


def test_the_guide_shows_it() -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    [shown] = PYTHON.findall(guide)
    body = inspect.getsource(test_a_form_goes_its_way).split("\n", 1)[1]
    assert inspect.cleandoc(body) == shown.strip()
    assert f"{MOST_ITEMS:,} items" in guide
    assert f"{DEEPEST} levels" in guide
