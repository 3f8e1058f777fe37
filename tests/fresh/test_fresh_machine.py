"""Somebody who has only Python, make and git runs the first command on a bare Debian."""

from __future__ import annotations

import json
import shutil
import socket
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.fresh import machine

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def bare(suite: str) -> Iterator[Path]:
    """Make the bare machine, and remove it with all that was installed there."""
    if not machine.can_be_made():
        pytest.skip("a bare machine can be made only by root with mmdebstrap")
    # Not in the folder of the run, which lies in memory: this is half a gigabyte.
    folder = Path(tempfile.mkdtemp(prefix="nes-fresh-", dir="/var/tmp"))
    try:
        machine.make(folder, suite)
        yield folder
    except machine.MirrorOutOfReach as error:
        pytest.skip(f"the mirror of Debian's packages is out of reach: {error}")
    finally:
        shutil.rmtree(folder)


def test_make_run_sets_up_serves_and_leaves_nothing_on_a_bare_debian(bare: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    outcome = machine.run(bare, "python3", "-m", "tests.fresh.newcomer", port, seconds=900)
    assert outcome.code == 0, outcome.said
    seen = json.loads(outcome.said.splitlines()[-1])
    assert seen == {"ready": 200, "code": seen["code"], "left": []}, outcome.said
    # make says "interrupted" by its own number when the program it ran was stopped by Ctrl-C.
    assert seen["code"] in {0, 2, -2}, outcome.said
