"""Run the benchmarks and print a table: `python3 dev.py bench [--small] [--goal N] [--database KIND]`."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime

from bench.databases import KINDS, Databases
from bench.goals import doors, footing, pages, phones, queries, saving, scale, searching
from bench.goals.setting import Setting
from bench.instance import KEPT
from bench.report import Figure, machine, table

GOALS: Mapping[int, Callable[[Setting], Iterator[Figure]]] = {
    1: pages.run,
    2: scale.run,
    3: queries.run,
    4: searching.run,
    5: saving.run,
    6: doors.run,
    8: footing.run,
    10: phones.run,
}


def main(words: list[str]) -> int:
    """Read the command line, run the goals asked for, print the table and keep it; 0 also where a goal was missed."""
    parser = argparse.ArgumentParser(prog="dev.py bench", description=__doc__)
    parser.add_argument("--small", action="store_true", help="50,000 things instead of 1,000,000, to try quickly")
    parser.add_argument(
        "--goal", type=int, action="append", choices=sorted(GOALS), help="only this one; may be repeated"
    )
    parser.add_argument("--database", choices=KINDS, action="append", help="only this kind")
    parser.add_argument("--repeats", type=int, default=3, help="rounds; the median counts (3)")
    parser.add_argument("--requests", type=int, default=300, help="requests of a kind in a round (300)")
    parser.add_argument("--reload", action="store_true", help="make the kept SQLite databases anew")
    options = parser.parse_args(words)
    figures: list[Figure] = []
    with Databases(reload=options.reload) as databases:
        setting = Setting(
            databases,
            tuple(options.database or KINDS),
            1_000,
            50_000 if options.small else 1_000_000,
            options.repeats,
            options.requests,
        )
        for number in options.goal or sorted(GOALS):
            began = time.monotonic()
            print(f"goal {number}", file=sys.stderr)
            figures += list(GOALS[number](setting))
            print(f"goal {number}: {time.monotonic() - began:.0f} s", file=sys.stderr)
    found = f"{machine()}; {setting.small:,} and {setting.large:,} things; median of {setting.repeats} rounds\n\n"
    found += table(figures)
    print(found)
    KEPT.mkdir(parents=True, exist_ok=True)
    (KEPT / f"{datetime.now(UTC):%Y%m%d-%H%M%S}.md").write_text(found + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
