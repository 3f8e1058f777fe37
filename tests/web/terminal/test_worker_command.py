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
    office = SimpleNamespace(
        settings=SimpleNamespace(database_url=url, demo=False, smtp_server=None)
    )
    monkeypatch.setattr(worker, "configure_logs", lambda: None)
    monkeypatch.setattr(worker, "opened", lambda **_: nullcontext(office))
    monkeypatch.setattr(worker, "cores", lambda: 2)
    monkeypatch.setattr(
        worker, "_look_after", lambda _office, count: seen.extend(["look after", count])
    )
    monkeypatch.setattr(worker, "_work", lambda _office: seen.append("work"))
    result = CliRunner().invoke(worker.worker, asked)
    assert (result.exit_code, seen, result.output) == (0, done, "")


@pytest.mark.parametrize(
    ("demo", "server", "told"),
    [(True, None, True), (True, "smtp://127.0.0.1:1", False), (False, None, False)],
)
def test_a_worker_of_a_demo_without_a_mail_server_says_what_becomes_of_messages(
    *, demo: bool, server: str | None, told: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = SimpleNamespace(database_url="given", demo=demo, smtp_server=server)
    monkeypatch.setattr(worker, "configure_logs", lambda: None)
    monkeypatch.setattr(worker, "opened", lambda **_: nullcontext(SimpleNamespace(settings=given)))
    monkeypatch.setattr(worker, "_work", lambda _office: None)
    result = CliRunner().invoke(worker.worker, ["--processes", "1"])
    assert (worker.WITHOUT_POST in result.output) is told


@pytest.mark.parametrize("count", ["0", "65", "two"])
def test_a_worker_refuses_an_impossible_number_of_processes(count: str) -> None:
    result = CliRunner().invoke(worker.worker, ["--processes", count])
    assert result.exit_code == 2
    assert "--processes" in result.stderr
