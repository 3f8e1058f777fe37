"""``nes worker``: the processes that run effects, sweeps and what is due by the clock."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from handlers.kit.lanes import LANES
from states.postgres.database import look_after_server
from web.gate.failure import CommandFailure
from web.gate.logs import configure_logs
from web.terminal.commands.shared import opened
from web.terminal.commands.terminal import say

if TYPE_CHECKING:
    from web.gate.composition import Composition


MOST = 64
"""Processes at most: each takes up to fifteen of the database's connections."""

WITHOUT_POST = (
    "No mail server of this demo is running, and NES_SMTP_SERVER names none: messages by e-mail "
    "are marked as not sent. `nes web` (make run) starts one; start the worker after it."
)


@click.command()
@click.option("--processes", type=click.IntRange(1, MOST),
              help="How many processes work; one for each core when not given.")  # fmt: skip
def worker(processes: int | None) -> None:
    """Run effects and sweeps until it is stopped.

    A process works on each core, unless another number is asked for.

    \b
    Example:
      nes worker
      nes worker --processes 4
    """  # noqa: D301 - \b tells click to keep the lines
    configure_logs()
    count = processes or cores()
    with opened(application="nes worker", keys=True) as composition:
        if composition.settings.demo and composition.settings.smtp_server is None:
            say(WITHOUT_POST)
        if composition.settings.database_url is None or count > 1:
            _look_after(composition, count)
        else:
            _work(composition)


def cores() -> int:
    """Return how many processes can work at once: the cores of this machine, MOST at most."""
    return min(os.cpu_count() or 1, MOST)


def work_on() -> None:
    """Work in this process until told to stop; raises what keeps it from beginning."""
    with opened(application="nes worker", keys=True) as composition:
        _work(composition)


def _look_after(composition: Composition, count: int) -> None:
    """Let the workers be processes of their own, and look after them and the embedded server."""
    from web.site.supervisor import SupervisedProcess, Supervisor, worker_command  # noqa: PLC0415 - an office needs none

    composition.database.dispose()
    why = Supervisor(
        [SupervisedProcess("worker", worker_command()) for _ in range(count)],
        lambda: look_after_server(composition.settings),
    ).run()
    if why:
        raise CommandFailure(why)


def _work(composition: Composition) -> None:
    # The queue and the chores are loaded only where they are used.
    from web.site.chores import chores  # noqa: PLC0415 - see above
    from workflow.running.worker import Pace, work  # noqa: PLC0415 - see above

    work(composition.engine, Pace(lanes=LANES), chores=chores(composition.engine))
