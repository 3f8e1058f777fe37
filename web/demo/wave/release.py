"""A wave for a demonstration that runs: renewals held until today, released as of this day."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import exists, func, select

from handlers.upkeep import liveness
from states.cases.application import Application
from states.kit.reference import reference
from states.kit.settings import load_settings
from states.people.user import User
from states.postgres.database import close_server, database_url
from web.demo import boxes
from web.demo.seed import LAST
from web.demo.wave.held import fill
from web.gate.apart import holds_demo
from web.gate.composition import compose
from web.gate.failure import CommandFailure
from workflow.model.clock import FixedClock, SystemClock
from workflow.running.sweep import sweep

if TYPE_CHECKING:
    from collections.abc import Mapping

    from states.kit.settings import Settings
    from web.gate.composition import Composition

MOST = 5_000
"""Renewals of the largest wave of a demonstration."""

RESTED = timedelta(minutes=11)
"""How long ago a wave is released: what stands in the queue rests for ten minutes first."""

_START = "Start it with `make run`, then call this again beside it."


@dataclass(frozen=True, slots=True)
class ReleasedWave:
    """What was entered: how many, the first and the last reference, and how many are released."""

    cases: int
    first: str
    last: str
    released: int


def settings_of_demo(env: Mapping[str, str]) -> Settings:
    """Return the settings of the demonstration that an environment names.

    Raises CommandFailure for a real office, and where no demonstration has ever been.
    """
    asked = env.get("NES_DEMO") == "1"
    folder = Path(env.get("NES_VAR") or "var")
    if not asked and not holds_demo(env):
        message = f"{folder} holds no demonstration, and a real office gets no invented people."
        raise CommandFailure(f"{message} {_START}")
    if not env.get("NES_DATABASE_URL") and not (folder / "keys").is_dir():
        raise CommandFailure(f"{folder} holds no demonstration yet. {_START}")
    return load_settings({**env, "NES_DEMO": "1"})


def release_wave(cases: int, *, rests: bool = False) -> ReleasedWave:
    """Enter so many renewals that were held until today and release them as of this day.

    Released eleven minutes ago, so that their production begins at once; with ``rests`` just now,
    so that there are ten minutes in which an operator may start them. Raises CommandFailure where
    no demonstration stands, or none is at work.
    """
    settings = settings_of_demo(os.environ)
    now = SystemClock().now()
    composition = compose(settings, FixedClock(now if rests else now - RESTED), "nes demo")
    try:
        _look(composition)
        boxes.refill(composition.engine, cases)
        renewals = fill(composition, database_url(settings), cases)
        sweep(composition.engine)
        numbers = [one.application for one in renewals]
        return ReleasedWave(
            cases,
            reference("application", numbers[0]),
            reference("application", numbers[-1]),
            _released(composition, numbers),
        )
    finally:
        composition.database.dispose()
        close_server(settings)


def _look(composition: Composition) -> None:
    """Raise CommandFailure unless the demonstration is whole and a worker is at work."""
    with composition.database.connect() as connection:
        whole = connection.scalar(select(exists().where(User.subject == LAST)))
    if not whole:
        raise CommandFailure(f"The demonstration is not filled yet. {_START}")
    if not liveness.read(composition.database, SystemClock().now()).workers:
        raise CommandFailure(f"No worker of the demonstration is at work. {_START}")


def _released(composition: Composition, numbers: list[int]) -> int:
    query = select(func.count()).where(Application.id.in_(numbers), Application.state != "held")
    with composition.database.connect() as connection:
        return connection.execute(query).scalar_one()
