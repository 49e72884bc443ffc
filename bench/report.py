"""What was measured against what was wanted, as a table for a terminal and for Markdown."""

from __future__ import annotations

import platform
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

MILLISECOND = 1_000


@dataclass(frozen=True)
class Figure:
    """One line: `figure` and `limit` share a unit; a line without a limit is there to read the others by."""

    goal: int
    what: str
    database: str
    figure: float
    limit: float | None = None
    unit: str = "×"
    detail: str = ""

    @property
    def verdict(self) -> str:
        """Met, missed, or nothing to meet."""
        if self.limit is None:
            return ""
        return "met" if self.figure <= self.limit else "MISSED"


def median(values: Iterable[float]) -> float:
    """The middle one."""
    return statistics.median(values)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that so large a share stays below."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def number(value: float, unit: str) -> str:
    """A figure as people read it."""
    if unit in {"", "queries"}:
        return f"{value:.0f} {unit}".strip()
    return f"{value:.2f} {unit}" if value < 10 else f"{value:.0f} {unit}"


def table(figures: Sequence[Figure]) -> str:
    """A Markdown table, which reads well in a terminal too."""
    header = ("goal", "what", "database", "figure", "wanted", "", "detail")
    lines = [
        (
            str(one.goal),
            one.what,
            one.database,
            number(one.figure, one.unit),
            f"≤ {number(one.limit, one.unit)}" if one.limit is not None else "",
            one.verdict,
            one.detail,
        )
        for one in figures
    ]
    widths = [max(len(line[column]) for line in [header, *lines]) for column in range(len(header))]
    rule = tuple("-" * width for width in widths)
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
        for line in [header, rule, *lines]
    )


def machine() -> str:
    """Where this was measured."""
    import os

    models = [line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    memory = next((int(line.split()[1]) for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return (
        f"{os.cpu_count()} cores ({models[0] if models else platform.machine()}), {memory / 2**20:.0f} GB, "
        f"Python {platform.python_version()}, load {load}"
    )


def _lines(path: str) -> list[str]:
    found = Path(path)
    return found.read_text(encoding="utf-8").splitlines() if found.exists() else []
