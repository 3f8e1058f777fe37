"""A station as a process of its own, which may be told to kill itself at a named point.

    python -m tests.kit.web.station_process URL SECRET_FILE FOLDER NOW [POINT N]

It dies by SIGKILL when the point is reached for the Nth time in this process.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path

from signing.station.program import StationOptions, StationSurroundings, run_station


def main(url: str, secret: str, folder: str, now: str, point: str = "", n: str = "0") -> None:
    """Make every card that waits."""
    reached: Counter[str] = Counter()

    def checkpoint(step: str) -> None:
        reached[step] += 1
        if step == point and reached[step] == int(n):
            os.kill(os.getpid(), signal.SIGKILL)

    place = Path(folder)
    options = StationOptions(
        {url: Path(secret)}, place / "spool", store=place / "cards", drain=True
    )
    moment = datetime.fromisoformat(now)
    around = StationSurroundings(print, input, lambda: moment, lambda _: None, checkpoint)
    run_station(options, around)


def start(*words: str) -> subprocess.CompletedProcess[str]:
    """Run one to its end, by itself or by its kill."""
    command = [sys.executable, "-m", "tests.kit.web.station_process", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)


if __name__ == "__main__":
    main(*sys.argv[1:])
