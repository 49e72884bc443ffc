"""Goal 8: what the usage log costs a page, the first page after a start, memory, and four plugins' start."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from http.client import HTTPConnection

from sqlalchemy import delete

from bench.databases import Loaded
from bench.goals.setting import Setting, pages_of, things_of, toolkit, visits
from bench.instance import BASE_URL, KEPT, ROOT, SECRET
from bench.report import MILLISECOND, Figure, median
from bench.visiting import HERE, START_SECONDS, Cost, Worker, rounds, sign_in
from layers_core.usage.models import UsageEventRow

LOG, FIRST_PAGE, MEMORY, PLUGINS = 1.15, 1.5, 100.0, 0.3
THINGS = 10
LAYERS = ROOT / ".venv" / "bin" / "layers"
LOADING = """
import os, time
began = time.process_time()
from layers_core.settings import Settings
from layers_webshell.app import create_app
create_app(Settings.from_environment())
print(time.process_time() - began)
"""


def run(setting: Setting) -> Iterator[Figure]:
    """The log and memory on every kind of database, the start on each as well."""
    for kind in setting.kinds:
        loaded = setting.loaded(kind, setting.small, to_write=True)
        yield from _log(setting, loaded)
        waited = [_first_page(loaded) for _round in range(setting.repeats)]
        yield Figure(8, "from `layers serve` to the first page", kind, median(waited), FIRST_PAGE, unit="s")
    whole = [_start("") for _round in range(setting.repeats)]
    bare = [_start("reflect,guidelines,peer_share,patient_input") for _round in range(setting.repeats)]
    cost = median(a - b for a, b in zip(whole, bare, strict=True))
    detail = f"{median(whole):.2f} s of CPU with, {median(bare):.2f} s without"
    yield Figure(8, "four plugins at the start", "sqlite", cost, PLUGINS, unit="s", detail=detail)


def _log(setting: Setting, loaded: Loaded) -> Iterator[Figure]:
    paths = [pages_of(loaded)["thing"] + key for key in things_of(loaded, THINGS, linked=False)]
    with toolkit(loaded) as (noting, _visitor), toolkit(loaded, log=False) as (silent, _same):
        first = [partial(_fresh, loaded, noting, paths), partial(visits, silent, paths)]
        results = rounds(setting.repeats, len(paths), *first)
        yield _share("a thing opened for the first time that day, with / without the log", loaded.kind, results)
        results = rounds(setting.repeats, setting.requests, *(partial(visits, one, paths) for one in (noting, silent)))
        yield _share("a thing opened again that day, with / without the log", loaded.kind, results)
        visits(noting, [*paths, *(pages_of(loaded)[name] for name in ("home", "feed"))], setting.requests)
        yield Figure(8, "memory of a worker", loaded.kind, noting.memory(), MEMORY, unit="MB")


def _fresh(loaded: Loaded, worker: Worker, paths: list[str], _count: int) -> Cost:
    with loaded.database.write() as session:
        session.execute(delete(UsageEventRow).where(UsageEventRow.name == "core.viewed"))
    return visits(worker, paths, len(paths))


def _share(what: str, kind: str, results: list[list[Cost]]) -> Figure:
    high, low = (median(row[number].cpu for row in results) * MILLISECOND for number in (0, 1))
    ratio = median(row[0].cpu / row[1].cpu for row in results)
    return Figure(8, what, kind, ratio, LOG, detail=f"{high:.2f} / {low:.2f} ms")


def _environment(url: str, disabled: str = "") -> dict[str, str]:
    given = {
        "DATABASE_URL": url,
        "SECRET_KEY": SECRET,
        "BASE_URL": BASE_URL,
        "DATA_DIR": str(KEPT),
        "DISABLE": disabled,
    }
    return {**os.environ, **{f"LAYERS_{name}": value for name, value in given.items()}}


def _first_page(loaded: Loaded) -> float:
    """Seconds from starting the server to having the home page of somebody who is signed in."""
    visitor = sign_in(loaded, loaded.world.accounts["reader"])
    with socket.socket() as probe:
        probe.bind((HERE, 0))
        port = probe.getsockname()[1]
    began = time.perf_counter()
    process = subprocess.Popen(
        [str(LAYERS), "serve", "--port", str(port)],
        env=_environment(loaded.url), cwd=ROOT, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        while time.perf_counter() - began < START_SECONDS:
            connection = HTTPConnection(HERE, port, timeout=START_SECONDS)
            try:
                connection.request("GET", pages_of(loaded)["home"], headers={"Cookie": visitor.cookie, "Host": HERE})
                answer = connection.getresponse()
                answer.read()
            except ConnectionError:
                time.sleep(0.01)
            else:
                if answer.status == 200:
                    return time.perf_counter() - began
                raise RuntimeError(f"The first page answered {answer.status}")
            finally:
                connection.close()
        raise RuntimeError("The server did not start")
    finally:
        process.terminate()
        process.wait(timeout=30)


def _start(disabled: str) -> float:
    """CPU seconds to import everything and make the application."""
    done = subprocess.run(
        [sys.executable, "-c", LOADING],
        env=_environment(f"sqlite:///{KEPT}/start.db", disabled), cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return float(done.stdout)
