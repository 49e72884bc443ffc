"""One worker process of gunicorn with what is measured; run as `python -m bench.serving APP ADDRESS PORT OPTIONS`."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

THREADS = 4


def toolkit(url: str, options: Mapping[str, Any]) -> Flask:
    """The whole toolkit. `log` false leaves out the event of opening a thing."""
    from bench.instance import settings
    from layers_core.artefacts.followup import FollowUp
    from layers_core.db.session import Database
    from layers_webshell.app import create_app

    if not options.get("log", True):
        FollowUp.viewed = lambda self, actor, artefact_id: None  # type: ignore[method-assign]
    return create_app(settings(url), database=Database.at(url))


def floor(url: str, options: Mapping[str, Any]) -> Flask:
    """The floor page."""
    from bench.floor import audiences_of, create_app
    from layers_core.db.session import Database

    return create_app(Database.at(url), audiences_of(options["audiences"]))


APPS: Mapping[str, Callable[[str, Mapping[str, Any]], Flask]] = {"toolkit": toolkit, "floor": floor}


class Gunicorn(BaseApplication):
    """Gunicorn with one worker of four threads, which makes its application itself."""

    def __init__(self, make: Callable[[], Flask], port: int) -> None:
        self._make, self._port = make, port
        super().__init__()

    def load_config(self) -> None:
        """Set gunicorn up."""
        for name, value in {
            "bind": f"127.0.0.1:{self._port}",
            "workers": 1,
            "threads": THREADS,
            "worker_class": "gthread",
            "keepalive": 60,
            "loglevel": "warning",
            "post_worker_init": lambda _worker: print(os.getpid(), flush=True),
        }.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Make the application, in the worker."""
        return self._make()


if __name__ == "__main__":
    name, url, port, options = sys.argv[1:]
    Gunicorn(lambda: APPS[name](url, json.loads(options)), int(port)).run()
