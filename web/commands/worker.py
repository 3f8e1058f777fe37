"""Owns ``nes worker``: the process that runs effects, sweeps and what is due by the clock."""

from __future__ import annotations

import click

from web.commands.house import office
from web.logs import configure_logs


@click.command()
def worker() -> None:
    """Run effects and sweeps until it is stopped.

    \b
    Example:
      nes worker
    """  # noqa: D301 - \b tells click to keep the lines
    # The queue and the chores are loaded only where they are used.
    from web.chores import chores  # noqa: PLC0415 - see above
    from workflow.worker import work  # noqa: PLC0415 - see above

    configure_logs()
    with office(application="nes worker", keys=True) as house:
        work(house.office, chores=chores(house.office))
