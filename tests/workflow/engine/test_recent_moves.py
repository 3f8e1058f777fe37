"""Tests of what a process remembers of the moves that it has answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
from structlog.testing import capture_logs

from states.kit.reference import LETTERS, reference
from states.postgres.connecting import conninfo
from tests.kit.workflow import process as kit
from workflow.model.request import Moved

if TYPE_CHECKING:
    import pytest

    from tests.kit.workflow.process import CaseEngine


def test_answered_moves_that_a_server_lacks_are_told_once(
    engine: CaseEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LETTERS, "matter", "M")
    pure = kit.matter(engine)
    actor = kit.applicant(kit.case(engine, pure)["person_id"])
    engine.fire(pure, "submit", actor, reason="Eksiksiz")
    definition = engine.library.workflow("matter")
    with psycopg.connect(conninfo(engine.database.url)) as server, capture_logs() as logs:
        assert engine.recent_moves.look(server) == []
        assert logs == []
        for lost in (Moved(pure, 3, "filed"), Moved(pure, 4, "filed")):
            engine.recent_moves.note(definition, lost)
        named = reference("matter", pure)
        assert engine.recent_moves.look(server) == [named]
        assert [(one["event"], one["moves"], one["cases"]) for one in logs] == [
            ("moves_lost", 2, [named])
        ]
        assert engine.recent_moves.look(server) == []
    assert len(engine.recent_moves._moves) == 2, "what is there stays remembered"  # noqa: SLF001 - nothing else tells
