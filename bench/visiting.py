"""Visiting a worker over HTTP as one person does, one page after the other, and what that cost in CPU."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from bench.databases import Loaded
from bench.instance import ROOT, settings
from layers_webshell.app import create_app
from layers_webshell.testclient import Browser

HERE = "127.0.0.1"
START_SECONDS = 60
FORM = "application/x-www-form-urlencoded"


def cpu_seconds(pid: int) -> float:
    """The CPU time that a process used up to now, its threads and the kernel's part for it included."""
    # Linux numbers the clock of a process after its key; it counts nanoseconds where /proc counts hundredths.
    return time.clock_gettime((~pid << 3) | 2)


@dataclass
class Cost:
    """What requests cost: CPU of the worker and of PostgreSQL a request, and how long each one took, in seconds."""

    worker: float
    server: float
    waits: list[float] = field(default_factory=list)

    @property
    def cpu(self) -> float:
        """Both together."""
        return self.worker + self.server


@dataclass
class Step:
    """One request: an address, and what is posted to it."""

    path: str
    data: Mapping[str, str] | None = None


class Worker:
    """A worker process with what is measured, and the one who visits it. Use as a context manager."""

    def __init__(self, loaded: Loaded, app: str, *, cookie: str = "", **options: Any) -> None:
        self.loaded, self.name = loaded, f"bench_{app}_{time.monotonic_ns()}"
        self._app, self._options, self._cookie = app, options, cookie
        self._connection: HTTPConnection | None = None

    def __enter__(self) -> Worker:
        with socket.socket() as probe:
            probe.bind((HERE, 0))
            self.port = probe.getsockname()[1]
        command = [sys.executable, "-m", "bench.serving", self._app, self.loaded.named(self.name), str(self.port)]
        self._process = subprocess.Popen(
            [*command, json.dumps(self._options)], cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"The worker with {self._app} did not start")
        self.pid = int(line)
        self._connection = HTTPConnection(HERE, self.port, timeout=START_SECONDS)
        return self

    def __exit__(self, *_error: object) -> None:
        if self._connection is not None:
            self._connection.close()
        os.kill(self._process.pid, signal.SIGTERM)
        self._process.wait(timeout=30)

    def ask(self, step: Step, *, expect: tuple[int, ...] = (200, 303)) -> bytes:
        """Send one request and read the answer to its end. Raises RuntimeError for an answer of another status."""
        assert self._connection is not None
        headers = {"Cookie": self._cookie, "Host": HERE}
        if step.data is None:
            self._connection.request("GET", step.path, headers=headers)
        else:
            self._connection.request("POST", step.path, urlencode(step.data), {**headers, "Content-Type": FORM})
        answer = self._connection.getresponse()
        body = answer.read()
        if answer.status not in expect:
            raise RuntimeError(f"{step.path} answered {answer.status}: {body[:400]!r}")
        return body

    def cost(self, steps: Iterable[Step]) -> Cost:
        """Send these requests and say what each cost on average."""
        steps = list(steps)
        backends = self.loaded.backends(self.name)
        before = cpu_seconds(self.pid), sum(map(cpu_seconds, backends))
        waits = []
        for step in steps:
            began = time.perf_counter()
            self.ask(step)
            waits.append(time.perf_counter() - began)
        # Work after the response belongs to the request; it is over in a few milliseconds.
        time.sleep(0.05)
        after = cpu_seconds(self.pid), sum(map(cpu_seconds, backends))
        return Cost((after[0] - before[0]) / len(steps), (after[1] - before[1]) / len(steps), waits)

    def memory(self) -> float:
        """Megabytes that the worker has in memory."""
        with open(f"/proc/{self.pid}/status", encoding="ascii") as status:
            line = next(line for line in status if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024


@dataclass
class Visitor:
    """Somebody signed in: the cookie, and a token for forms."""

    cookie: str
    csrf: str


def sign_in(loaded: Loaded, account: UUID) -> Visitor:
    """Sign an account in on a device of its own."""
    app = create_app(settings(loaded.url), database=loaded.database)
    client = Browser(app)
    client.sign_in(account)
    token = client.csrf_token()
    found = client.get_cookie("layers", domain=HERE)
    assert found is not None
    return Visitor(f"layers={found.value}", token)


def rounds(repeats: int, requests: int, *measured: Callable[[int], Cost]) -> list[list[Cost]]:
    """Measure several things in turn, so that a busy minute of the machine meets all of them; after a warm-up."""
    for one in measured:
        one(max(20, requests // 10))
    return [[one(requests) for one in measured] for _round in range(repeats)]
