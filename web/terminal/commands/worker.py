"""``nes worker``: the process that runs effects, sweeps and what is due by the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from handlers.kit.lanes import LANES
from states.postgres.database import look_after_server
from web.gate.failure import CommandFailure
from web.gate.logs import configure_logs
from web.terminal.commands.shared import opened

if TYPE_CHECKING:
    from web.gate.composition import Composition


@click.command()
def worker() -> None:
    """Run effects and sweeps until it is stopped.

    \b
    Example:
      nes worker
    """  # noqa: D301 - \b tells click to keep the lines
    configure_logs()
    with opened(application="nes worker", keys=True) as composition:
        if composition.settings.database_url is None:
            _look_after(composition)
        else:
            _work(composition)


def work_on() -> None:
    """Work in this process until told to stop; raises what keeps it from beginning."""
    with opened(application="nes worker", keys=True) as composition:
        _work(composition)


def _look_after(composition: Composition) -> None:
    """Let the worker be a process of its own, and look after it and the embedded server."""
    from web.site.supervisor import SupervisedProcess, Supervisor, worker_command  # noqa: PLC0415 - an office needs none

    composition.database.dispose()
    why = Supervisor(
        [SupervisedProcess("worker", worker_command())],
        lambda: look_after_server(composition.settings),
    ).run()
    if why:
        raise CommandFailure(why)


def _work(composition: Composition) -> None:
    # The queue and the chores are loaded only where they are used.
    from web.site.chores import chores  # noqa: PLC0415 - see above
    from workflow.running.worker import Pace, work  # noqa: PLC0415 - see above

    work(composition.engine, Pace(lanes=LANES), chores=chores(composition.engine))
