"""What the site says of itself to machines: health, lost keys, a changed guard, counts."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from handlers.kit.signing_words import told
from handlers.upkeep import figures
from handlers.upkeep.token_faults import TokenFault
from signing.errors import ModuleAbsent, SigningError, TokenTorn
from states.kit.errors import DatabaseUnavailable
from tests.kit.web.visitor import Visitor
from web.site.app import create_app
from web.site.guarded import DatabaseGuard

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from tests.kit.postgres import Database
    from web.gate.composition import Composition


class Keys:
    """Keys of a house that something ails."""

    ails: SigningError | None = None

    def ailment(self) -> SigningError | None:
        """Say what ails them."""
        if isinstance(self.ails, ModuleAbsent):
            raise self.ails
        return self.ails


@pytest.fixture
def keys(composition: Composition, monkeypatch: pytest.MonkeyPatch) -> Keys:
    """Give the keys of the house, to be made ill."""
    keys = Keys()
    services = replace(composition.engine.services, own_keys=keys)  # type: ignore[arg-type]
    monkeypatch.setattr(composition.engine, "services", services)
    return keys


@pytest.mark.parametrize("ails", [TokenTorn(folder="f"), ModuleAbsent(module="m")])
def test_keys_that_are_lost_are_said_at_once_to_machines_and_to_the_desk(
    keys: Keys, composition: Composition, officer: Visitor, ails: SigningError
) -> None:
    machine = Visitor(create_app(composition))
    said = "İmza, mühür ve kart üretimi yapılamıyor."
    assert machine.get("/readyz").response.json == {"status": "ok"}
    assert "nes_keys_whole 1.0" in machine.get("/metrics").response.text
    assert said not in officer.get("/is-listem").text
    keys.ails = ails
    assert machine.get("/readyz", 503).response.json == {
        "status": "unavailable", "missing": "keys", "code": ails.code,
    }  # fmt: skip
    assert "nes_keys_whole 0.0" in machine.get("/metrics").response.text
    page = officer.get("/is-listem")
    assert said in page.text
    assert told(ails).text in page.text
    english = officer.get("/is-listem", headers={"Accept-Language": "en"})
    assert f"The token cannot be used. It answers: {ails.code}." in english.text
    assert said not in machine.get("/giris").text, "strangers are not told"


def test_a_guard_that_differs_is_named_to_machines_and_looked_for_again(
    database: Database, composition: Composition
) -> None:
    app = create_app(composition)
    machine = Visitor(app)
    assert machine.get("/readyz").response.json == {"status": "ok"}
    assert "nes_guard_whole 1.0" in machine.get("/metrics").response.text
    with database.owner.begin() as connection:
        connection.execute(text("ALTER TABLE journal DISABLE TRIGGER append_only"))
    assert machine.get("/readyz").response.json == {"status": "ok"}, "an answer is kept"
    app.extensions["nes.guard"] = DatabaseGuard(composition.database, every=0)
    assert machine.get("/readyz", 503).response.json == {
        "status": "unavailable",
        "missing": "guard",
        "differs": [
            (
                "trigger append_only on journal: never, refuse_change, 58, "
                "the steps made it: always, refuse_change, 58"
            )
        ],
    }
    assert "nes_guard_whole 0.0" in machine.get("/metrics").response.text
    with database.owner.begin() as connection:
        connection.execute(text("ALTER TABLE journal ENABLE ALWAYS TRIGGER append_only"))
    assert machine.get("/readyz").response.json == {"status": "ok"}


def test_what_does_not_come_to_its_end_is_counted_for_machines(
    world: World, composition: Composition, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = Visitor(create_app(composition))
    faults = [TokenFault("a", "x", "lost"), TokenFault("b", "y", "lost")]
    monkeypatch.setattr("handlers.upkeep.token_faults.find", lambda *_: faults)
    text = machine.get("/metrics").response.text
    assert "nes_effects_retried 0.0" in text
    assert 'nes_outside_waiting{service="courier"} 0.0' in text
    assert 'nes_clock_ahead_seconds{process="worker"} NaN' in text
    world.write(
        "INSERT INTO outside_wait (key, party, code, tries, since, at, next_at)"
        " VALUES ('1/2/courier.book', 'courier', 'TimeoutError', 1, :since, now(), now())",
        since=world.clock.now() - timedelta(seconds=90),
    )
    for key in ("1/3/production.make", "2/4/courier.book"):
        world.write(
            "INSERT INTO procrastinate_jobs"
            " (queue_name, task_name, status, attempts, queueing_lock)"
            " VALUES ('effect', 'effect', 'todo', 5, :key)",
            key=key,
        )
    figures.count(world.engine)
    text = machine.get("/metrics").response.text
    assert "nes_effects_retried 2.0" in text
    assert 'nes_tokens{fault="lost"} 2.0' in text
    assert 'nes_tokens{fault="orphan"} 0.0' in text
    assert 'nes_outside_waiting{service="courier"} 1.0' in text
    assert 'nes_outside_waiting{service="token"} 0.0' in text
    assert 'nes_outside_oldest_seconds{service="courier"} 90.0' in text
    clocks = dict(re.findall(r'nes_clock_ahead_seconds{process="(\w+)"} (\S+)', text))
    assert set(clocks) == {"worker", "web"}
    assert all(abs(float(seconds)) < 5 for seconds in clocks.values())

    def away(*_: object) -> None:
        raise DatabaseUnavailable("The database is away.")

    monkeypatch.setattr("handlers.upkeep.figures.counted", away)
    monkeypatch.setattr("web.site.outside_meters.difference", away)
    text = machine.get("/metrics").response.text
    assert "nes_effects_retried NaN" in text
    assert 'nes_outside_waiting{service="courier"} NaN' in text
    assert 'nes_clock_ahead_seconds{process="worker"} NaN' in text
    assert "nes_tokens{" not in text


@pytest.mark.own_site
def test_the_counts_are_those_of_the_requests(visitor: Visitor) -> None:
    visitor.get("/healthz")
    visitor.get("/yok", 404)
    text = visitor.get("/metrics").response.text
    assert 'nes_http_requests_total{endpoint="health.alive",method="GET",status="200"} 1.0' in text
    assert 'nes_http_requests_total{endpoint="none",method="GET",status="404"} 1.0' in text
