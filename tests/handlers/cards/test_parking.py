"""A production whose token is away: parked once with its reason, brought home by the queue."""

from __future__ import annotations

import json
import logging
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

import handlers
from signing.errors import CardInUse, DeviceResting, StoreFull
from signing.tokens import shards
from states.cases.application import Application
from states.cases.card import Card
from states.cases.certificate import Certificate
from states.logs.journal import JournalEntry
from tests.handlers.conftest import WORKFLOWS
from tests.kit.handlers.world import World, operator
from workflow.engine.library import Library, publish
from workflow.loading.loader import load
from workflow.model.registry import Registry
from workflow.running.effects import run_effect
from workflow.running.worker import work

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from signing.authority.demo import Authority


@pytest.fixture
def case(world: World) -> int:
    """Give a renewal that waits for production."""
    return queued(world)


def queued(world: World) -> int:
    me = world.person()
    held = world.card(me, date(2026, 4, 10))
    world.consent(me, held)
    case_id = world.file(me, "renewal", held.certificate_id)
    assert world.choose(case_id, me, "e_onay").state == "queued"
    return case_id


def start(world: World, case: int) -> Certificate:
    world.engine.fire(case, "start_production", operator())
    return reserved(world, case)


def reserved(world: World, case: int) -> Certificate:
    return world.read(Certificate, world.read(Application, case).certificate_id)


@contextmanager
def folder_away(world: World, tmp_path: Path) -> Iterator[None]:
    """Take the folder of all tokens away, and bring it back."""
    folder = world.services.store().directory
    assert folder is not None
    folder.rename(tmp_path / "away")
    try:
        yield
    finally:
        (tmp_path / "away").rename(folder)


def makings(world: World) -> list[tuple[int, int, str]]:
    return [entry for entry in world.queued() if entry[2] == "production.make"]


def reasons(world: World, case: int) -> list[str | None]:
    entries = [json.loads(entry.body) for entry in world.all(JournalEntry, case_id=case)]
    return [entry["reason"] for entry in entries if entry["trigger"] == "await_token"]


def test_a_token_that_is_away_parks_the_case_once_and_the_queue_brings_it_home(
    world: World, case: int, tmp_path: Path
) -> None:
    reserved_before = start(world, case)
    (first,) = makings(world)
    with folder_away(world, tmp_path):
        run_effect(world.engine, *first)
        assert world.state(case) == "awaiting_token"
        assert reasons(world, case) == ["store_full: Kart deposuna yazılamadı"]
        _, second = makings(world)
        version = world.read(Application, case).version
        for _ in range(3):
            with pytest.raises(StoreFull):
                run_effect(world.engine, *second)
        assert world.read(Application, case).version == version
    run_effect(world.engine, *second)
    assert world.state(case) == "produced"
    made = reserved(world, case)
    assert (made.id, made.serial) == (reserved_before.id, reserved_before.serial)


def test_the_worker_resumes_a_parked_production_by_itself_and_logs_no_traceback(
    world: World, case: int, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    start(world, case)
    with folder_away(world, tmp_path):
        work(world.engine, until_idle=True)
        assert world.state(case) == "awaiting_token"
        assert len(reasons(world, case)) == 1
    # The pause of the queue is over.
    world.write("UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo'")
    work(world.engine, until_idle=True)
    assert world.state(case) == "couriered"
    loud = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert [record.exc_info for record in loud if record.exc_info] == []


def test_an_operator_sees_where_a_parked_case_stands_and_who_acts_next(
    world: World, case: int, tmp_path: Path
) -> None:
    start(world, case)
    with folder_away(world, tmp_path):
        run_effect(world.engine, *makings(world)[0])
    state = world.engine.library.current["application"].states["awaiting_token"]
    assert (state.title.tr, state.next) == ("Üretim aygıtı bekleniyor", "system")


def test_a_device_at_rest_parks_the_case_too(
    world: World, case: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(world, case)

    def resting() -> Authority:
        raise DeviceResting(label="nes-authority", seconds=30)

    with monkeypatch.context() as patch:
        patch.setattr(world.engine, "services", replace(world.services, authority=resting))
        run_effect(world.engine, *makings(world)[0])
    assert world.state(case) == "awaiting_token"
    assert reasons(world, case) == ["device_resting: Kart aygıtı bekleniyor"]
    run_effect(world.engine, *makings(world)[1])
    assert world.state(case) == "produced"


def test_a_faulty_order_is_given_up_from_waiting_too(
    world: World, case: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = start(world, case)
    with folder_away(world, tmp_path):
        run_effect(world.engine, *makings(world)[0])

    def occupied(*_: object) -> None:
        raise CardInUse(label="x")

    with monkeypatch.context() as patch:
        patch.setattr("handlers.cards.production.produce", occupied)
        run_effect(world.engine, *makings(world)[1])
    assert world.state(case) == "queued"
    assert world.read(Certificate, first.id).state == "void"


def test_a_shard_that_cannot_be_used_has_the_card_made_anew_in_another(
    world: World, case: int
) -> None:
    first = start(world, case)
    directory = world.services.store().directory
    assert directory is not None
    shards.prepare(directory)
    serial = world.read(Card, first.card_id).serial
    shard = shards.place(directory, serial).parent
    shard.rename(directory / "away")
    try:
        world.run_effects("production.make")
        assert world.state(case) == "queued"
        entry = json.loads(world.all(JournalEntry, case_id=case)[-1].body)
        assert entry["reason"] == "shard_unusable: Başka kartla üretin"
        assert world.read(Certificate, first.id).state == "void"
        assert world.read(Card, first.card_id).status == "void"
    finally:
        (directory / "away").rename(shard)
    second = start(world, case)
    assert (second.serial, second.card_id) != (first.serial, first.card_id)
    world.run_effects("production.make")
    assert world.state(case) == "produced"
    assert not shards.holds(directory, serial)


def older_registry() -> Registry:
    """Give the handlers as they were before a production could wait."""
    known = handlers.registry()
    found = [known[name] for name in known]
    return Registry(
        replace(handler, outcomes=handler.outcomes[:2])
        if handler.name == "production.make"
        else handler
        for handler in found
    )


def test_a_case_of_a_definition_without_waiting_stays_in_the_queue(
    world: World, tmp_path: Path
) -> None:
    shipped = WORKFLOWS.read_text("utf-8")
    begin = shipped.index("      await_token:\n")
    older = shipped[:begin] + shipped[shipped.index("      production_failed:\n") :]
    older = older.replace("[in_production, awaiting_token]", "in_production")
    older = older.replace("in_production, awaiting_token, ", "in_production, ")
    older = older.replace("in_production, awaiting_token]", "in_production]")
    older = "".join(
        line for line in older.splitlines(keepends=True) if "awaiting_token: " not in line
    )
    file = tmp_path / "workflows.yaml"
    file.write_text(older, "utf-8")
    definitions = load(file, older_registry())
    publish(world.engine.database, definitions, world.clock.now())
    world.engine.library = Library(world.engine.database, definitions, handlers.registry())
    start(world, case := queued(world))
    (effect,) = makings(world)
    with folder_away(world, tmp_path), pytest.raises(StoreFull):
        run_effect(world.engine, *effect)
    assert world.state(case) == "in_production"
    run_effect(world.engine, *effect)
    assert world.state(case) == "produced"
