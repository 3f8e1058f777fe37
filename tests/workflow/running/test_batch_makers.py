"""The tests of who may go on with a batch: its maker, in the role it was made in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.kit.workflow import process as kit
from tests.workflow.running.test_batch import made, ready, seen, yes
from workflow.model.actor import Actor
from workflow.running import batch as batches
from workflow.running.batch_worker import work_off

if TYPE_CHECKING:
    from tests.kit.workflow.process import CaseEngine


AYSE_OPERATOR = Actor("user:1", frozenset({"operator"}), "demo")
"""The maker of the batches, after she was given another role."""


def test_a_rehearsed_batch_is_stopped_when_its_maker_comes_in_another_role(
    engine: CaseEngine,
) -> None:
    case_id = kit.filed(engine)
    batch_id = ready(engine, [case_id])
    assert not batches.start(engine, batch_id, AYSE_OPERATOR)
    batch = seen(engine, batch_id)
    assert (batch.state, batch.why, batch.started_at, batch.finished_at) == (
        "stopped", "role_lost", None, kit.NOON,
    )  # fmt: skip
    assert not batches.start(engine, batch_id, kit.AYSE)
    assert work_off(engine, yes) == 0
    assert kit.standing(engine, case_id) == ("filed", 2)


def test_a_paused_batch_is_stopped_when_its_maker_comes_in_another_role(engine: CaseEngine) -> None:
    batch_id = ready(engine, [kit.filed(engine)])
    assert batches.start(engine, batch_id, kit.AYSE)
    assert batches.pause(engine, batch_id, kit.AYSE)
    assert not batches.resume(engine, batch_id, AYSE_OPERATOR)
    batch = seen(engine, batch_id)
    assert (batch.state, batch.why, batch.moved) == ("stopped", "role_lost", 0)


def test_one_who_never_owned_a_batch_stops_it_by_no_role(engine: CaseEngine) -> None:
    batch_id = ready(engine, [kit.filed(engine)])
    stranger = Actor("user:2", frozenset({"operator"}), "demo")
    assert not batches.start(engine, batch_id, stranger)
    assert not batches.resume(engine, batch_id, AYSE_OPERATOR)
    assert seen(engine, batch_id).state == "rehearsed"


def test_a_rehearsal_asks_no_account(engine: CaseEngine) -> None:
    batch_id = made(engine, [kit.filed(engine)])
    assert work_off(engine, lambda _actor, _role: "role_lost") == 1
    assert seen(engine, batch_id).state == "rehearsed"
