"""Ends what a test run leaves behind when it is killed: runs as a process of its own and outlives the run.

Called with the folder of a test server. Waits until the run closes its standard input, by intent or by dying, then
stops a PostgreSQL server that still runs in that folder and deletes the folder. Needs the standard library alone.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time
from pathlib import Path

_PATIENCE_SECONDS = 10.0


def main(home: Path) -> None:
    """Wait for the end of the run, then clean up after it."""
    sys.stdin.read()
    running = home / "data" / "postmaster.pid"
    if running.exists():
        # To PostgreSQL this means: drop all connections and stop now.
        os.kill(int(running.read_text(encoding="utf-8").split()[0]), signal.SIGINT)
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while running.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
