"""A station as a process of its own over HTTP: killed at any point, it makes each card once."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from handlers.cards.stations import add_station
from signing.station.line import STEPS
from signing.tokens.card import holder_certificate
from signing.tokens.slots import TokenStore
from states.cases.application import Application
from states.cases.card import Card
from states.cases.certificate import Certificate
from states.cases.station import StationOrder
from states.logs.journal import JournalEntry
from tests.kit.web.program import served
from tests.kit.web.station import make_in_rooms, order_card
from tests.kit.web.station_process import start

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask

    from tests.kit.handlers.world import World

CARDS = 20
KILLS = (("card", 4), ("signature", 4), ("written", 4), ("spooled", 4), ("handed_in", 3))
"""Where the process dies, and at which card of its run."""


def secret_file(world: World, folder: Path, name: str = "TEST oda") -> str:
    """Add a station and write its secret where nobody else reads it."""
    path = folder / "secret"
    path.touch(mode=0o600)
    path.write_text(add_station(world.engine.database, name, world.clock.now()))
    return str(path)


def made(folder: Path) -> dict[str, bytes]:
    """Return label and certificate of each card that the station has made."""
    store = TokenStore(folder / "cards")
    return {one.label: holder_certificate(store, one.label).der for one in store.tokens()}


def known(world: World) -> dict[str, bytes]:
    """Return label and certificate of each card that the office knows as made."""
    cards = {card.id: card.serial for card in world.all(Card)}
    found = [one for one in world.all(Certificate) if one.application_id is not None]
    return {cards[one.card_id]: one.der for one in found if one.state == "suspended"}


def test_twenty_cards_are_made_once_each_though_the_process_is_killed_five_times(
    world: World, app: Flask, tmp_path: Path
) -> None:
    make_in_rooms(world)
    cases = [order_card(world, number) for number in range(CARDS)]
    secret, now = secret_file(world, tmp_path), world.clock.now().isoformat()
    with served(app) as url:
        for point, n in KILLS:
            killed = start(url, secret, str(tmp_path), now, point, str(n))
            assert killed.returncode == -signal.SIGKILL, killed.stderr
        ended = start(url, secret, str(tmp_path), now)
    assert ended.returncode == 0, ended.stderr
    assert [world.state(case) for case in cases] == ["produced"] * CARDS
    ours = [one for one in world.all(Certificate) if one.application_id in cases]
    assert [one.state for one in ours] == ["suspended"] * CARDS
    assert len({one.serial for one in ours}) == CARDS
    assert len(world.all(JournalEntry, trigger="finish_production")) == CARDS
    assert len(known(world)) == CARDS
    assert made(tmp_path) == known(world)
    assert all(one.handed_in_at for one in world.all(StationOrder))
    assert list((tmp_path / "spool").glob("*.json")) == []


@pytest.mark.parametrize("point", STEPS)
def test_a_kill_at_each_point_leaves_one_card(
    world: World, app: Flask, tmp_path: Path, point: str
) -> None:
    make_in_rooms(world)
    case = order_card(world)
    secret, now = secret_file(world, tmp_path), world.clock.now().isoformat()
    with served(app) as url:
        killed = start(url, secret, str(tmp_path), now, point, "1")
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        ended = start(url, secret, str(tmp_path), now)
    assert ended.returncode == 0, ended.stderr
    assert world.state(case) == "produced"
    assert made(tmp_path) == known(world)
    assert len(known(world)) == 1
    certificate = world.read(Certificate, world.read(Application, case).certificate_id)
    assert certificate.state == "suspended"
