"""The spool: results lie there whole before they are sent, and one station works with it."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from signing.station.errors import SpoolUnusable
from signing.station.spool import Spool, SpooledResult
from tests.kit.signing.refusing import refusing

if TYPE_CHECKING:
    from pathlib import Path

RESULT = SpooledResult("https://ofis.example", "../../x", "B000000007", "K-7", "0013", b"\x00der")


def test_a_result_lies_there_until_it_is_removed(spool: Spool) -> None:
    spool.keep(RESULT)
    spool.keep(RESULT)
    assert spool.results() == [RESULT]
    (path,) = spool.folder.glob("*.json")
    assert len(path.stem) == 32
    assert json.loads(path.read_text("utf-8"))["certificate"] == "AGRlcg=="
    spool.remove(RESULT)
    assert spool.results() == []


def test_a_draft_that_a_killed_process_left_is_no_result(spool: Spool) -> None:
    (spool.folder / "0.draft").write_text("{")
    assert spool.results() == []


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"certificate": "?"}', '{"certificate": ""}'])
def test_a_file_that_is_not_ours_stops_the_station_before_a_card_is_made(
    spool: Spool, text: str
) -> None:
    (spool.folder / "a.json").write_text(text)
    with refusing(SpoolUnusable, match="bozuk bir dosya"):
        spool.results()


def test_no_second_station_works_with_it(tmp_path: Path) -> None:
    # A process may take its own lock again, so the other station is another process.
    script = (
        "import pathlib, sys; from signing.station.spool import Spool; "
        "Spool(pathlib.Path(sys.argv[1])).close()"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    spool = Spool(tmp_path)
    refused = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "SpoolInUse: spool_in_use" in refused.stderr
    spool.close()
    assert subprocess.run(command, check=False).returncode == 0


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with refusing(SpoolUnusable, match="Sonuç klasörünü düzeltin"):
        Spool(tmp_path / "file" / "spool")
