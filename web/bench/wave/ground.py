"""An office with so many held renewals whose day has come: keys of its own, a database for each.

The cases are entered by `web.demo.wave.held`; the stock of blank cards and what follows is done by
the product alone.
"""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING
from uuid import uuid4

from handlers.consents.terms import publish_terms
from handlers.lists.sample import enter_tree
from migrations.run import upgrade
from states.postgres.scratch import scratch_database
from web.bench.kit.crowd import settings_for
from web.bench.kit.far import alone
from web.bench.kit.ground import run_as_owner
from web.bench.wave.stock import take_in
from web.demo.wave.held import fill
from web.gate.composition import compose
from workflow.model.clock import FixedClock, SystemClock
from workflow.running.sweep import sweep

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import URL

    from states.kit.settings import Settings
    from web.gate.composition import Composition

AGO = timedelta(minutes=11)
"""How long ago the cases are released: what stands in the queue rests for ten minutes first."""


@dataclass(frozen=True, slots=True)
class WaveGround:
    """An office without cases, as a template: its database, and the folder of its keys."""

    template: URL
    folder: Path

    @contextmanager
    def office(self, cases: int) -> Iterator[WaveOffice]:
        """Give an office of its own with so many cases and blank cards; clear it away at last."""
        folder = self.folder.parent / uuid4().hex[:12]
        shutil.copytree(self.folder, folder)
        with scratch_database(self.template, "nes_wave", str(self.template.database)) as url:
            clock = FixedClock(SystemClock().now() - AGO)
            composition = compose(settings_for(url, folder), clock, "nes bench")
            try:
                fill(composition, url, cases)
                take_in(composition.engine, cases)
                run_as_owner(url, ("VACUUM ANALYZE", {}), ("CHECKPOINT", {}))
                yield WaveOffice(url, composition, folder, cases)
            finally:
                composition.database.dispose()
                shutil.rmtree(folder)


@dataclass(frozen=True, slots=True)
class WaveOffice:
    """One office with its held cases; ``folder`` holds its tokens."""

    url: URL
    composition: Composition
    folder: Path
    cases: int

    def release(self) -> None:
        """Release the cases by a sweep of eleven minutes ago; RuntimeError when some stay."""
        report = sweep(self.composition.engine)
        if (report.moved, report.refused) != (self.cases, 0):
            message = f"the sweep released {report.moved} of {self.cases} cases"
            raise RuntimeError(message)


@contextmanager
def wave_ground(server: URL, folder: Path) -> Iterator[WaveGround]:
    """Give the template: a database of the newest step, and keys made once."""
    with scratch_database(server, "nes_wave_template") as url:
        upgrade(url)
        place = folder / "template"
        place.mkdir()
        alone(partial(establish, settings_for(url, place)))
        yield WaveGround(url, place)


def establish(settings: Settings) -> None:
    """Make the keys of an office, its institutions and the text of its e-onay.

    In a process of its own: one process has one store of tokens.
    """
    composition = compose(settings, application="nes bench")
    try:
        composition.engine.services.establish_keys()
        with composition.database.begin() as connection:
            publish_terms(connection, composition.clock.now() - timedelta(days=1))
            enter_tree(connection)
    finally:
        composition.database.dispose()
