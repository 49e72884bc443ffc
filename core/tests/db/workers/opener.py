"""Two processes open each of 200 new files at the same moment, and print what went wrong.

Called with the folder for the files.
"""

from __future__ import annotations

import multiprocessing
import sys
from typing import Any

from layers_core.db.engine import create_engine


def open_all(folder: str, together: Any) -> None:
    for number in range(200):
        engine = create_engine(f"sqlite:///{folder}/{number}.db")
        together.wait(30)
        try:
            with engine.connect() as connection:
                connection.exec_driver_sql("SELECT * FROM sqlite_master")
        except Exception as fault:
            print(f"{number}: {fault}", flush=True)
        engine.dispose()


def main() -> None:
    together = multiprocessing.Barrier(2)
    running = [multiprocessing.Process(target=open_all, args=(sys.argv[1], together)) for _ in range(2)]
    for process in running:
        process.start()
    for process in running:
        process.join()


if __name__ == "__main__":
    main()
