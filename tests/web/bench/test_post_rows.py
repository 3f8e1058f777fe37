"""The rows of the post and the router do the same work on both sides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from states.postgres.database import database_url
from web.bench import command
from web.bench.kit.crowd import crowded
from web.bench.kit.ground import run_as_owner
from web.bench.post import handing, routing

if TYPE_CHECKING:
    from pathlib import Path

    from states.postgres.server import EmbeddedServer

PEOPLE, MESSAGES = 400, 25


def test_the_post_and_the_router_are_measured_beside_bare_scripts(
    server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module, name, value in (
        (handing, "MESSAGES", MESSAGES), (handing, "ROUNDS", 1), (routing, "ROUNDS", 1),
        (routing, "SINGLE", 3), (routing, "AT_ONCE", 150),
    ):  # fmt: skip
        monkeypatch.setattr(module, name, value)
    said: list[str] = []
    found = list(command.measure_post(server.url("postgres"), PEOPLE, said.append))
    router, single, rate, memory = found
    assert min(router.ours, router.bare, single.ours, rate.ours, rate.bare) > 0
    assert 20 < memory.ours < 300
    assert [figure.hold for figure in found] == [0.3, 5, 0.7, 300]
    assert [figure.better for figure in found] == ["≥", "≤", "≥", "≤"]
    assert said[1:3] == ["routing 400 people", "routing one person at a time"]


def test_a_side_that_does_something_else_is_no_measure(
    server: EmbeddedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routing, "ask_bare", lambda *_: [])
    monkeypatch.setattr(handing, "MESSAGES", 3)
    with crowded(server.url("postgres"), 20, tmp_path) as many:
        url = database_url(many.settings)
        with pytest.raises(RuntimeError, match="says something else"):
            routing.measure(url, many, 20)
        run_as_owner(url, (handing.ADDRESSES, {}))
        handing.write_messages(url, 0, 20)
        with handing.catching(many) as port, pytest.raises(RuntimeError, match="3 messages"):
            handing.hand_over(url, tmp_path, port, 2)
