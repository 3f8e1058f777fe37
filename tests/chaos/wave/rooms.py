"""Stations of production rooms that are killed while they make the cards of a wave."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING

from handlers.cards import station
from handlers.cards.stations import add_station, list_stations
from signing.station.desk import UnattendedDesk
from signing.station.line import STEPS, StationLine, Workplace
from signing.station.office import OrderingOffice
from signing.station.protocol import ClaimAnswer, FailAnswer, OrderSheet
from signing.station.spool import Spool
from signing.tokens.slots import TokenStore
from states.kit.settings import load_settings
from tests.chaos.wave.batch import FEW, Batch
from tests.chaos.wave.findings import Looker
from tests.chaos.wave.stages import FILES, FINISH, SQL, Stage
from tests.chaos.wave.stock import fill_stock
from tests.kit.workflow.crash import POINTS
from web.bench.kit.crowd import environment
from web.demo.stage import OPERATOR
from workflow.model.clock import SystemClock

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from handlers.kit.context import CaseEngine
    from states.kit.settings import Settings
    from tests.chaos.site import Site
    from web.bench.wave.ground import WaveGround, WaveOffice

CASES = 20
"""Renewals of an office whose cards are made in rooms."""

STATIONS = 2

STATION_POINTS = (
    *STEPS, *STEPS, *(step for step in FILES if step != "file_copy"), *SQL, *POINTS[:4],
)  # fmt: skip
"""What a station passes with every card: it copies no file, and runs no effect."""

_MAKING = "SELECT count(*) FROM application WHERE state = 'in_production'"

_QUERIES = {
    "lost: a result that was not handed in":
        "SELECT certificate_id FROM station_order WHERE handed_in_at IS NULL",
    "orphan: an order of no certificate in force":
        "SELECT o.certificate_id FROM station_order o JOIN certificate c"
        " ON c.id = o.certificate_id WHERE c.state NOT IN ('suspended', 'active')",
    "lost: a card that no station made":
        "SELECT a.id FROM application a WHERE NOT EXISTS"
        " (SELECT FROM station_order o WHERE o.certificate_id = a.certificate_id)",
}  # fmt: skip


class HouseOffice(OrderingOffice):
    """An office that a station asks without a line between them: both die at once."""

    def __init__(self, engine: CaseEngine, number: int) -> None:
        """Be the station of a number."""
        self.url = "https://ofis.invalid"
        self._engine, self._number = engine, number

    def claim(self, besides: Sequence[str]) -> ClaimAnswer:
        """Take the next order."""
        job = station.claim(self._engine, self._number, besides)
        if job is None:
            return ClaimAnswer(None, 0)
        issuing = self._engine.services.issuer().issuing
        sheet = OrderSheet(job.order, job.reference, job.place, job.due, job.begun, issuing)
        return ClaimAnswer(sheet, 1)

    def certify(self, label: str, proof: bytes) -> bytes:
        """Have a key certified."""
        return station.certify(self._engine, self._number, label, proof)

    def hand_in(self, label: str, der: bytes) -> None:
        """Hand a certificate in."""
        station.hand_in(self._engine, self._number, label, der)

    def skip(self, label: str) -> None:
        """Give an order back."""
        station.skip(self._engine, self._number, label)

    def fail(self, label: str, reason: str, *, again: bool) -> FailAnswer:
        """Tell that a card failed."""
        told = station.fail(self._engine, self._number, label, reason, again=again)
        return FailAnswer(told.stopped, told.ordered_again, told.why_not)


def _at_once(_seconds: float) -> None:
    """Wait for nothing."""


def _never(_seconds: float) -> None:
    """Wait for a signal, and thus for the end."""
    signal.pause()


def _station(folder: Path, number: int, *, drain: bool) -> Stage:
    """Return the work of a station, which with `drain` ends when no order is left.

    Without it a station that has nothing to do waits to be killed: however fast the machine is, the
    last card is no way to outlive a kill.
    """

    def make_cards(engine: CaseEngine) -> None:
        place = Workplace(TokenStore(folder / "cards"), Spool(folder / "spool"))
        office, desk = HouseOffice(engine, number), UnattendedDesk(lambda _: None)
        line = StationLine([office], place, desk, _at_once if drain else _never, engine.point)
        line.run(drain=drain)

    return Stage("rooms", SystemClock, make_cards, often=STATION_POINTS)


@dataclass
class Rooms(Batch):
    """A batch in which the cards are made by stations, each with a store of its own."""

    def run(self, ground: WaveGround) -> None:
        """Start all productions, kill the stations, let them finish, and look."""
        with ground.office(CASES) as office:
            fill_stock(office.composition.engine, CASES)
            stations = self._begin(office)
            office.composition.database.dispose()
            looker = Looker(office, tuple(folder / "cards" for folder in stations))
            before = looker.before()
            # Workers leave the orders to the stations.
            self.finish(_settings(office), FINISH)
            doomed = [_station(*station, drain=False) for station in stations.items()]
            self._kill_stations(looker.site, _settings(office), doomed)
            for folder, number in stations.items():
                self.finish(_settings(office), _station(folder, number, drain=True))
            self.bring_to_end(_settings(office), looker.site)
            self.wrong.update(looker.look(before))
            self.wrong.update(looker.asked(_QUERIES))
            if self.wrong:
                self.said = looker.log

    def _begin(self, office: WaveOffice) -> dict[Path, int]:
        """Have people start the productions; return the folder and the number of each station."""
        office.release()
        composition = office.composition
        cases = range(1, CASES + 1)
        started = composition.engine.fire_many("application", "start_production", OPERATOR, cases)
        self.wrong.update({} if started.moved == CASES else {"lost: a start in rooms": 1})
        for n in range(STATIONS):
            add_station(composition.database, f"TEST {n}", composition.clock.now())
        found = {}
        for one in list_stations(composition.database):
            place = office.folder / f"station-{one.id}"
            place.mkdir()
            found[place] = one.id
        return found

    def _kill_stations(self, site: Site, settings: Settings, stages: list[Stage]) -> None:
        while self.killed.total() < self.kills and self.is_time():
            if int(str(site.ask(_MAKING)[0][0])) <= FEW:
                return
            most = min(self.kills - self.killed.total(), STATIONS)
            self.round(settings, *self.chance.sample(stages, self.chance.randint(1, most)))


def _settings(office: WaveOffice) -> Settings:
    own = environment(office.url, office.folder)
    return load_settings({**os.environ, **own, "NES_STATION": "rooms"})
