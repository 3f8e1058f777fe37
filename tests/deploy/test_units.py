"""The units of systemd, weighed by systemd itself."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from states.kit.settings import KEYS
from tests.house.tree import ROOT
from web.site.httpd.server import CONNECTIONS, FILES_OF_HOUSE, FILES_OF_ONE
from web.site.supervisor import PATIENCE
from web.terminal.cli import main

if TYPE_CHECKING:
    from pathlib import Path

UNITS = sorted((ROOT / "docs/deploy").glob("*.service"))
EXPOSED_AT_MOST = 30
"""Tenths of systemd's own measure, which goes from 0 to 10."""


def test_the_site_and_the_worker_have_a_unit_each() -> None:
    assert [unit.stem for unit in UNITS] == ["nes-ofis-web", "nes-ofis-worker"]
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8")
        command = text.split("ExecStart=/opt/nes-ofis/bin/nes ", 1)[1].split("\n", 1)[0]
        assert command in main.list_commands(None)  # type: ignore[arg-type]  # it asks for no context
        named = {word.partition("=")[0] for word in text.split() if word.startswith("NES_")}
        assert named <= KEYS | {"NES_VAR"}
        assert "TMPDIR=/var/tmp" in text  # what is kept for slow clients lies on a disk
        limit = int(text.split("LimitNOFILE=", 1)[1].split("\n", 1)[0])
        assert limit >= CONNECTIONS * FILES_OF_ONE + FILES_OF_HOUSE


def test_whatever_ends_a_unit_it_comes_back_without_a_hand() -> None:
    for unit in UNITS:
        lines = unit.read_text(encoding="utf-8").splitlines()
        assert {"Restart=always", "StartLimitIntervalSec=0", "OOMPolicy=continue"} <= set(lines)
        seconds = int(next(line for line in lines if line.startswith("TimeoutStopSec="))[15:])
        assert seconds > PATIENCE


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason=".ci/setup test installs it")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_is_hardly_exposed(unit: Path) -> None:
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", f"--threshold={EXPOSED_AT_MOST}", unit],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-300:] + done.stderr
