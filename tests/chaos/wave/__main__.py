"""A lane of the wave: offices one after the other, each told as a line of JSON when it is over.

    python -m tests.chaos.wave TEMPLATE FOLDER KILLS SEED SECONDS [DUE]

With DUE it is one office with so many due cases, whose sweeps are killed.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from sqlalchemy import make_url

from tests.chaos.wave.batch import Batch
from tests.chaos.wave.many import Many
from tests.chaos.wave.rooms import Rooms
from tests.chaos.wave.victims import warm_up
from web.bench.wave.ground import WaveGround

OF_A_BATCH = 40
"""Kills in one office at most."""

IN_ROOMS = 3
"""The cards of one of so many offices are made by stations."""


def main(template: str, folder: str, kills: int, seed: int, seconds: float, due: int) -> None:
    """Kill so many processes in offices that are copies of a template."""
    warm_up()
    ground = WaveGround(make_url(template), Path(folder))
    until, done = time.monotonic() + seconds, 0
    while done < kills and time.monotonic() < until:
        batch = _batch(kills - done, seed, until, due)
        batch.run(ground)
        done += batch.killed.total()
        seed += 1
        told = {"killed": batch.killed, "wrong": batch.wrong, "said": batch.said}
        sys.stdout.write(f"{json.dumps(told)}\n")
        sys.stdout.flush()


def _batch(wanted: int, seed: int, until: float, due: int) -> Batch:
    if due:
        return Many(wanted, seed, until, cases=due)
    made_by = Rooms if seed % IN_ROOMS == 0 else Batch
    return made_by(min(wanted, OF_A_BATCH), seed, until)


if __name__ == "__main__":
    _, the_template, the_folder, *numbers = sys.argv
    main(the_template, the_folder, *map(int, numbers))
