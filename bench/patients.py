"""Measure patient input with many answers: `python -m bench.patients [--answers N] [--database KIND] [--only PART]`.

`pages`: what each page costs at a practice with N answers (100,000) against one with a hundredth of them, of 36 months,
the same number again waiting to be looked at. `import`: a CSV file of N rows, with the command, in a process of its
own. `flood`: 10,000 posts from one address and 10,000 from as many through one link.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, cast

from sqlalchemy import func, select

from bench.databases import KINDS, Loaded
from bench.goals.setting import visits
from bench.instance import BASE_URL, SECRET, settings
from bench.patients_set import DAYS, SEED, Filled, fill, words
from bench.report import MILLISECOND, Figure, machine, median, percentile, table
from bench.visiting import Worker, rounds, sign_in
from layers_core import web
from layers_core.db.session import Database
from layers_core.host.loader import load_host
from layers_core.practices.models import PublicLink
from layers_core.testkit.forms import typed
from layers_core.testkit.servers import PostgresServer
from layers_patient_input.catalogue import built_in
from layers_patient_input.models import Answer, Tally
from layers_patient_input.themes.models import ThemeAnswer
from layers_webshell.app import create_app
from layers_webshell.testworld import MANOR, PRACTICES

LIMIT, FLAT, SHARE = 1.2, 1.5, 100
POSTS = 10_000
STAFF, PUBLIC = f"/{MANOR}/patient-input", f"/p/{MANOR}/patient-input"
PARTS = ("pages", "import", "flood")
# What a process says of its own memory: what its parent measures counts the parent's, from before it became another.
COMMAND = """
import atexit, re, sys, time
from layers_core.cli.root import main
def tell():
    kilobytes = re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]
    print(f"\\n{time.process_time():.2f} {int(kilobytes) / 1024:.1f}", file=sys.stderr)
atexit.register(tell)
main()
"""


@dataclass
class Place:
    """A database that was filled."""

    loaded: Loaded
    filled: Filled
    folder: Path

    @property
    def database(self) -> Database:
        """The database as the application meets it."""
        return self.loaded.database


@dataclass(frozen=True)
class Brought:
    """What bringing a file in took, in seconds and MB (without PostgreSQL's own part), and what the command said."""

    seconds: float
    cpu: float
    memory: float
    said: str


@contextmanager
def places(kind: str, sizes: Sequence[int]) -> Iterator[list[Place]]:
    """Databases with so many answers each."""
    server = PostgresServer(durable=True) if kind == "postgresql" else None
    with tempfile.TemporaryDirectory(prefix="layers-bench-") as name:
        made = []
        for size in sizes:
            folder = Path(name) / str(size)
            folder.mkdir()
            url = owner_url = f"sqlite:///{folder / 'bench.db'}"
            if server:
                address = server.fresh()
                url, owner_url = address.url, address.owner_url
            began = time.monotonic()
            filled = fill(url, owner_url, load_host(settings(url)), size)
            print(f"{kind}: {size:,} answers in {time.monotonic() - began:.0f} s", file=sys.stderr)
            made.append(Place(Loaded(kind, size, url, filled.world.database, cast("Any", None)), filled, folder))
        try:
            yield made
        finally:
            for place in made:
                place.database.dispose()
            if server:
                server.stop()


def bring_in(place: Place, size: int, name: str) -> Brought:
    """Bring a file of so many rows in with the command."""
    path, chance = place.folder / f"{name}.csv", random.Random(f"{SEED} {name}")
    first = datetime.now(UTC).date() - timedelta(days=DAYS)
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["Date", "Answer", "Comments"])
        for number in range(size):
            day = first + timedelta(days=number * DAYS // size)
            writer.writerow([f"{day:%d/%m/%Y}", chance.choice(["Very good", "Good", "Poor"]), words(chance)])
    command: list[str | Path] = [sys.executable, "-c", COMMAND, "patients", "import"]
    command += ["--practice", PRACTICES[MANOR][0], "--method", "sms", "--dates", "day", "--dont-know", "2020"]
    command += ["--same-days", "keep", path]
    environment = os.environ | {
        "LAYERS_DATABASE_URL": place.loaded.url, "LAYERS_DATA_DIR": str(place.folder),
        "LAYERS_SECRET_KEY": SECRET, "LAYERS_BASE_URL": BASE_URL,
    }  # fmt: skip
    began = time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    cpu, memory = map(float, done.stderr.splitlines()[-1].split())
    return Brought(time.perf_counter() - began, cpu, memory, done.stdout.strip())


def imported(place: Place, size: int) -> Iterator[Figure]:
    """A tenth of the rows, then all of them: memory that is flat, and counts that are exact."""
    kind, before = place.loaded.kind, _counts(place)
    few, many = bring_in(place, size // 10, "few"), bring_in(place, size, "many")
    expected = size + size // 10
    rows, tallied = (now - then for now, then in zip(_counts(place), before, strict=True))
    exact = rows == tallied == expected and f"{size:,} brought in" in many.said
    cost = f"{many.cpu:.0f} s of CPU; {many.cpu / few.cpu:.1f} × those of a tenth of the rows"
    yield Figure(0, f"{size:,} rows of CSV", kind, many.seconds, unit="s", detail=cost)
    memory = f"{many.memory:.0f} / {few.memory:.0f} MB"
    yield Figure(0, "memory / a tenth of the rows", kind, many.memory / few.memory, FLAT, detail=memory)
    yield Figure(0, "rows too many or too few", kind, abs(rows - expected), 0, unit="", detail=many.said)
    if not exact:
        raise RuntimeError(f"{rows} answers and {tallied} counted instead of {expected}")


def _counts(place: Place) -> tuple[int, int]:
    with place.database.read() as session:
        tallied = session.scalar(select(func.sum(Tally.count)).where(Tally.question == built_in("fft", {}).score))
        return session.scalars(select(func.count(Answer.id))).one(), int(tallied or 0)


def addresses(place: Place) -> dict[str, tuple[str, str]]:
    """What is visited: who visits, and where."""
    large = place.filled.themes[0]
    with place.database.read() as session:
        members = select(ThemeAnswer.number).where(ThemeAnswer.theme_id == large).order_by(ThemeAnswer.number.desc())
        count = session.scalars(select(func.count()).select_from(members.subquery())).one()
        middle = session.scalars(members.offset(count // 2).limit(1)).one()
        waiting = select(Answer.id).where(Answer.state == "waiting").order_by(Answer.id)
        number = session.scalars(select(func.count()).select_from(waiting.subquery())).one()
        late = session.scalars(waiting.offset(number // 2).limit(1)).one()
    last_month = (datetime.now(UTC).date().replace(day=1) - timedelta(days=1)).strftime("%Y-%m")
    return {
        "a month": ("manager", f"{STAFF}/fft/{last_month}"),
        "all months, with charts": ("manager", f"{STAFF}/fft"),
        "themes": ("manager", f"{STAFF}/themes"),
        "a theme of 30 %": ("manager", f"{STAFF}/themes/{large}"),
        "the same, in the middle": ("manager", f"{STAFF}/themes/{large}?before={middle}"),
        "the queue": ("manager", f"{STAFF}/answers"),
        "the queue, in the middle": ("manager", f"{STAFF}/answers?after={late}"),
        "what patients say": ("manager", f"{STAFF}/"),
        "home": ("manager", f"/{MANOR}/"),
        "public page": ("", f"{PUBLIC}/"),
        "public results": ("", f"{PUBLIC}/fft"),
    }


def pages(few: Place, many: Place, repeats: int, requests: int) -> Iterator[Figure]:
    """CPU of each page with all answers over its CPU with a hundredth of them."""
    kind = few.loaded.kind
    paths = [addresses(place) for place in (few, many)]
    for role in ("manager", ""):
        cookies = [sign_in(one.loaded, one.filled.world.accounts[role]).cookie if role else "" for one in (few, many)]
        with (
            Worker(few.loaded, "toolkit", cookie=cookies[0]) as low,
            Worker(many.loaded, "toolkit", cookie=cookies[1]) as high,
        ):
            for name, (visitor, path) in paths[0].items():
                if visitor != role:
                    continue
                other = paths[1][name][1]
                results = rounds(repeats, requests, partial(visits, low, [path]), partial(visits, high, [other]))
                ratio = median(row[1].cpu / row[0].cpu for row in results)
                small, large = (median(row[side].cpu for row in results) * MILLISECOND for side in (0, 1))
                waits = [wait for row in results for wait in row[1].waits]
                p50, p99 = (percentile(waits, share) * MILLISECOND for share in (0.5, 0.99))
                detail = f"{large:.1f} / {small:.1f} ms of CPU; waited p50 {p50:.0f}, p99 {p99:.0f} ms"
                yield Figure(0, name, kind, ratio, LIMIT, detail=detail)


def flood(place: Place) -> Iterator[Figure]:
    """10,000 posts of one address, then of 10,000, each with a good seal; nothing but the limits holds them back."""
    app = create_app(settings(place.loaded.url), database=place.database)
    client = app.test_client(use_cookies=False)
    fields = typed(built_in("fft", {}).questionnaire, {"score": "poor", "text": "The print was so small"})
    with place.database.read() as session:
        practice = place.filled.world.practices[MANOR]
        token = session.scalars(select(PublicLink.token).where(PublicLink.practice_id == practice)).first()
    for name, spread in (("one address", 0), ("10,000 addresses", 1)):
        seen: Counter[int] = Counter()
        spent: Counter[int] = Counter()
        for number in range(POSTS):
            with app.app_context():
                nonce = web.public_nonce(str(token))
            address = f"10.{spread}.{number * spread // 250}.{number * spread % 250}"
            began = time.process_time()
            answer = client.post(
                f"/f/{token}", data={"nonce": nonce, **fields}, base_url=BASE_URL,
                environ_overrides={"REMOTE_ADDR": address},
            )  # fmt: skip
            spent[answer.status_code] += time.process_time() - began  # type: ignore[assignment]
            seen[answer.status_code] += 1
        each = ", ".join(
            f"{seen[code]:,} × {code} at {spent[code] / seen[code] * MILLISECOND:.1f} ms" for code in sorted(seen)
        )
        yield Figure(0, f"{POSTS:,} posts from {name}", place.loaded.kind, sum(spent.values()), unit="s", detail=each)


def main(arguments: Sequence[str]) -> int:
    """Print the table; 1 where a goal was missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.patients", description=__doc__)
    parser.add_argument("--answers", type=int, default=100_000, help="answers of the larger practice (100000)")
    parser.add_argument("--database", choices=KINDS, action="append", help="only this kind")
    parser.add_argument("--only", choices=PARTS, action="append", help="only this part; may be repeated")
    parser.add_argument("--repeats", type=int, default=3, help="rounds; the median counts (3)")
    parser.add_argument("--requests", type=int, default=100, help="requests of a page in a round (100)")
    options = parser.parse_args(arguments)
    parts, figures = options.only or PARTS, list[Figure]()
    for kind in options.database or KINDS:
        sizes = [options.answers // SHARE, options.answers]
        with places(kind, sizes) as (few, many):
            if "import" in parts or "pages" in parts:
                # What is brought in waits to be looked at: the queue of the pages.
                bring_in(few, sizes[0], "queue")
                figures += imported(many, sizes[1])
            if "pages" in parts:
                figures += pages(few, many, options.repeats, options.requests)
            if "flood" in parts:
                figures += flood(few)
    print(f"{machine()}; {options.answers:,} answers against {options.answers // SHARE:,}\n\n{table(figures)}")
    return int(any(figure.verdict == "MISSED" for figure in figures))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
