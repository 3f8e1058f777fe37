"""Somebody who has only Python, make and git runs the first command on a bare Debian."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING

import pytest

from tests.fresh import machine

if TYPE_CHECKING:
    from pathlib import Path

BY_HAND = {0, 2, -2}
"""How make may end by Ctrl-C: by itself, with its number for an interrupted step, by the signal."""


@pytest.mark.skipif(not machine.can_be_made(), reason="made only by root with mmdebstrap")
def test_make_run_sets_up_serves_and_leaves_nothing_on_a_bare_debian(
    suite: str, tmp_path: Path
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    newcomer = ["python3", "-m", "tests.fresh.newcomer", port]
    outcome = machine.run(tmp_path, suite, *newcomer, seconds=900)
    if outcome.mirror_out_of_reach:
        pytest.skip("no mirror of Debian's packages answers")
    assert outcome.code == 0, outcome.said
    seen = json.loads(outcome.said.splitlines()[-1])
    assert (seen["ready"], seen["left"]) == (200, []), outcome.said
    assert seen["code"] in BY_HAND, outcome.said
