"""The shell's own pages. Each module holds one Flask blueprint named `pages`; name the module here to mount it.

What a page module keeps to, so that the frame finds it:

* the blueprint bears the module's name (`pages = Blueprint("home", __name__)`), and its main view is `index`;
* a practice's page has its whole rule, `/<practice>/…`; the view takes no `practice`: it reads `current.practice`, and
  `url_for` fills the part in by itself inside a practice;
* every view declares who may call it, below the route's decorator: `@policy("member")`,
  `@policy("member", "reflect.write")`, `@policy("signed_in")`, `@policy("evaluator")`, `@policy("operator")`,
  `@policy("public")`;
* templates stand in `templates/layers/pages/` and extend `layers/page.html`.

The menu of `layers_webshell.placements` and the frame ask for these endpoints, and leave out those that do not exist:
home.index, feed.index, search.index, people.index, mix.index, mix.suggest (with ?page=), me.index, evaluation.index,
operator.index.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from flask import Blueprint

MODULES: tuple[str, ...] = (
    "home", "record", "thing", "follow", "feed", "search", "people", "me", "my_use", "mix", "tokens", "plain_note",
    "files", "evaluation", "operator", "again", "promises", "slot",
    "drafts", "outbox", "capture_app",
)  # fmt: skip


def blueprints() -> Iterator[Blueprint]:
    """The blueprints of all named modules, in their order."""
    for name in MODULES:
        yield import_module(f"{__name__}.{name}").pages
