"""``nes sweep``, ``nes journal`` and ``nes worker``: what runs over a whole office."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import text

from handlers.kit.lanes import LANES
from states.kit.reference import reference
from tests.kit.web.staff import waiting_for_paper

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pytest

    from states.kit.settings import Settings
    from tests.kit.handlers.world import World
    from tests.kit.postgres import Database
    from tests.kit.web.terminal import Terminal
    from workflow.running.worker import Chore, Pace


def test_a_dry_sweep_counts_what_the_sweep_then_moves(terminal: Terminal, world: World) -> None:
    case = waiting_for_paper(world)
    rehearsed = terminal.json("sweep", "--as-of", "2026-06-01", "--dry-run")
    assert (rehearsed["moved"], rehearsed["dry_run"]) == (1, True)
    assert world.state(case) == "in_person"
    shown = terminal.run("sweep", "--as-of", "2026-06-01", "--dry-run").output
    assert "would move 1, refused 0" in shown
    swept = terminal.json("sweep", "--as-of", "2026-06-01")
    assert swept["rows"] == rehearsed["rows"]
    assert world.state(case) == "expired"
    assert "moved 0, refused 0" in terminal.run("sweep", "--as-of", "2026-06-01").output


def test_the_journal_verifies_and_is_taken_out(
    terminal: Terminal, world: World, tmp_path: Path
) -> None:
    case = waiting_for_paper(world)
    verified = terminal.json("journal", "verify")
    assert verified["ok"] is True
    assert f"{verified['entries']} entries" in terminal.run("journal", "verify").output
    number = reference("application", case)
    lines = terminal.run("journal", "export", "--case", number).stdout.splitlines()
    assert [json.loads(json.loads(line)["body"])["n"] for line in lines] == [1, 2, 3]
    target = tmp_path / "out.csv"
    days = ("--from", "2026-03-02", "--to", "2026-03-02")
    terminal.run("journal", "export", "--format", "csv", *days, "--output", str(target))
    assert len(target.read_text(encoding="utf-8").splitlines()) == 1 + len(lines)
    none = terminal.run("journal", "export", "--from", "2026-03-03").stdout
    assert none == ""
    missing = tmp_path / "no" / "out.csv"
    assert "Check the path" in terminal.refused("journal", "export", "--output", str(missing))


def test_a_broken_journal_is_named_and_ends_red(
    terminal: Terminal, world: World, database: Database
) -> None:
    case = waiting_for_paper(world)
    with database.owner.begin() as connection:
        connection.execute(text("ALTER TABLE journal DISABLE TRIGGER USER"))
        connection.execute(text("DELETE FROM journal WHERE n = 2"))
    said = terminal.run("journal", "verify", code=1)
    assert f"case {case} entry" in said.stderr
    told = terminal.json("journal", "verify", code=1)
    assert told["ok"] is False
    assert told["problems"][0]["kind"] == "missing"


def test_a_worker_works_on_the_composed_office(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    seen: list[object] = []

    def work(office: object, pace: Pace, *, chores: Sequence[Chore]) -> None:
        seen.extend([office, {chore.name for chore in chores}, pace.lanes])

    monkeypatch.setattr("workflow.running.worker.work", work)
    monkeypatch.setattr("web.terminal.commands.worker.configure_logs", lambda: None)
    terminal.run("worker", "--processes", "1")
    assert settings.demo
    assert type(seen[0]).__name__ == "CaseEngine"
    assert seen[1] == {
        "revocation_lists", "policy", "signatures", "sessions", "figures", "proof", "batches",
        "guard", "uploads", "letters", "unit_letters", "reminders", "data_checks", "secrets",
        "retention", "finished_jobs", "forgetting", "post", "receipts", "absences", "ladder",
        "asked_reminders", "radar",
    }  # fmt: skip
    assert seen[2] is LANES


def test_logs_never_mix_with_what_a_command_prints(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def noisy(*_: object) -> list[str]:
        structlog.get_logger().warning("something", case=7)
        return []

    monkeypatch.setattr("workflow.engine.library.publish", noisy)
    result = terminal.run("workflow", "publish", "--json")
    assert json.loads(result.stdout) == {"published": []}
    assert json.loads(result.stderr)["event"] == "something"


def test_a_sweep_shows_how_far_it_is_to_whoever_looks(
    terminal: Terminal, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting_for_paper(world)
    monkeypatch.setattr("web.terminal.commands.sweep.progress_wanted", lambda: True)
    said = terminal.run("sweep", "--as-of", "2026-06-01", "--dry-run")
    assert "application in_person: 1" in said.stderr
    assert "application in_person: 1" not in said.stdout
