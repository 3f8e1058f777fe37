"""`nes worker`: how many processes work."""

from __future__ import annotations

from contextlib import nullcontext
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from web.terminal.commands import worker


@pytest.mark.parametrize(
    ("asked", "url", "done"),
    [
        (["--processes", "3"], "given", ["look after", 3]),
        ([], "given", ["look after", 2]),
        (["--processes", "1"], "given", ["work"]),
        (["--processes", "1"], None, ["look after", 1]),
    ],
)
def test_a_worker_of_several_processes_looks_after_them(
    asked: list[str], url: str | None, done: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[object] = []
    office = SimpleNamespace(settings=SimpleNamespace(database_url=url))
    monkeypatch.setattr(worker, "configure_logs", lambda: None)
    monkeypatch.setattr(worker, "opened", lambda **_: nullcontext(office))
    monkeypatch.setattr(worker, "cores", lambda: 2)
    monkeypatch.setattr(
        worker, "_look_after", lambda _office, count: seen.extend(["look after", count])
    )
    monkeypatch.setattr(worker, "_work", lambda _office: seen.append("work"))
    result = CliRunner().invoke(worker.worker, asked)
    assert (result.exit_code, seen) == (0, done)


@pytest.mark.parametrize("count", ["0", "65", "two"])
def test_a_worker_refuses_an_impossible_number_of_processes(count: str) -> None:
    result = CliRunner().invoke(worker.worker, ["--processes", count])
    assert result.exit_code == 2
    assert "--processes" in result.stderr
