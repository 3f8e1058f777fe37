"""What is done around a fork, and that a system without forks is none the worse."""

from __future__ import annotations

import os

import pytest

from signing.tokens.forks import around_forks


def test_a_fork_calls_what_was_asked_for_on_each_side() -> None:
    seen: list[str] = []
    reader, writer = os.pipe()
    around_forks(
        lambda: seen.append("child"),
        before=lambda: seen.append("before"),
        parent=lambda: seen.append("parent"),
    )
    child = os.fork()
    if child == 0:
        os.write(writer, " ".join(seen).encode())
        os._exit(0)  # the child must not run the rest of the tests
    os.waitpid(child, 0)
    assert os.read(reader, 100) == b"before child"
    assert seen == ["before", "parent"]
    os.close(reader)
    os.close(writer)


def test_without_forks_there_is_nothing_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "register_at_fork")
    around_forks(lambda: pytest.fail("called"))
