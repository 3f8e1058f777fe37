"""That a sweep walks only the states in which something is due."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tests.kit.workflow import process as kit
from tests.workflow.running.test_sweep import held, parked
from workflow.running import sweep

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

    from tests.kit.workflow.process import CaseEngine
    from workflow.model.clock import FixedClock


def test_only_states_in_which_something_is_due_are_walked(
    engine: CaseEngine, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    walked: list[str] = []
    walk = sweep._sweep_state  # noqa: SLF001 - no report tells what was not looked at

    def noted(due: sweep._DueState) -> Iterator[sweep._Chunk]:
        walked.append(due.state.name)
        return walk(due)

    monkeypatch.setattr(sweep, "_sweep_state", noted)
    held(engine, 1)
    parked(engine, kit.NOON + timedelta(days=3))
    assert (sweep.sweep(engine).moved, walked) == (0, [])
    clock.advance(days=1)
    assert (sweep.sweep(engine).moved, walked) == (1, ["held"])
    clock.advance(days=2)
    walked.clear()
    sweep.sweep(engine, dry_run=True)
    assert walked == ["parked"]
