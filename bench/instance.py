"""The instance that is measured, and where its files are; a worker imports this and nothing else of the benchmarks."""

from __future__ import annotations

from pathlib import Path

from layers_core.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "var" / "bench"
SECRET = "the key of the benchmarks, long enough to be taken"
BASE_URL = "http://127.0.0.1"


def settings(url: str) -> Settings:
    """The settings of an instance on a database."""
    return Settings(database_url=url, data_dir=KEPT, secret_key=SECRET, base_url=BASE_URL)
