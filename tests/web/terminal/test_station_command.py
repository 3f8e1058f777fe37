"""``nes station add|list|end``: the stations that an office knows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from handlers.cards.stations import LONGEST, find_by_secret, secret_hash
from signing.station import program
from signing.station.program import StationOptions

if TYPE_CHECKING:
    import pytest

    from signing.station.program import StationSurroundings
    from tests.kit.postgres import Database
    from tests.kit.web.terminal import Terminal


def test_a_station_is_added_listed_and_ended(terminal: Terminal, database: Database) -> None:
    (secret,) = terminal.run("station", "add", " Ankara   2. oda ").stdout.split()
    assert len(secret) == 43
    with database.app.connect() as connection:
        found = find_by_secret(connection, secret)
        assert find_by_secret(connection, "another") is None
    assert found is not None
    assert (found.name, found.secret_hash) == ("Ankara 2. oda", secret_hash(secret))
    assert "Ankara 2. oda" in terminal.run("station", "list").stdout
    assert "never seen" in terminal.run("station", "list").stdout
    told = terminal.run("station", "end", "Ankara 2. oda").stdout
    assert told == "Ankara 2. oda is ended; 0 orders go to other stations.\n"
    (row,) = terminal.json("station", "list")
    assert row["ended_at"] is not None
    assert "  ended 20" in terminal.run("station", "list").stdout


def test_a_machine_adds_and_ends_a_station_too(terminal: Terminal) -> None:
    assert terminal.json("station", "add", "Oda")["name"] == "Oda"
    assert terminal.json("station", "end", "Oda") == {"name": "Oda", "orders": 0}


def test_a_name_is_given_once_and_must_be_one(terminal: Terminal) -> None:
    terminal.run("station", "add", "Oda")
    assert "is in use: Oda" in terminal.refused("station", "add", "Oda")
    for name in (" ", "x" * (LONGEST + 1), "a\x07b"):
        assert "1 to 60 characters" in terminal.refused("station", "add", name)
    assert "no station of that name: X" in terminal.refused("station", "end", "X")


def test_the_program_starts_with_what_the_options_and_the_environment_say(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[tuple[StationOptions, StationSurroundings]] = []
    monkeypatch.setattr(program, "run_station", lambda *given: started.append(given))
    terminal.environment["STATION_SPOOL"] = str(tmp_path / "spool")
    words = ("--office", "https://a.example=a", "--office", "https://b.example=b", "--drain")
    terminal.run("station", *words, "--maker", "TEST=SoftHSM project", "--count", "3")
    ((options, around),) = started
    assert options == StationOptions(
        offices={"https://a.example": Path("a"), "https://b.example": Path("b")},
        spool=tmp_path / "spool",
        makers={"TEST": "SoftHSM project"},
        count=3,
        drain=True,
    )
    assert around.now().tzinfo is not None


def test_the_program_needs_an_office_and_a_spool(terminal: Terminal) -> None:
    assert "Name an --office" in terminal.refused("station", code=2)
    assert "Name an --office" in terminal.refused("station", "--office", "https://a=b", code=2)


def test_what_the_program_refuses_is_one_sentence(terminal: Terminal, tmp_path: Path) -> None:
    office = f"https://ofis.example={tmp_path / 'nothing'}"
    words = ("--office", office, "--spool", str(tmp_path / "s"), "--store", str(tmp_path / "c"))
    told = terminal.refused("station", *words)
    assert told == (
        "nes: Gizli anahtar dosyasını düzeltin. Okunamıyor, boş ya da başkaları da okuyabiliyor "
        f"(chmod 600): {tmp_path / 'nothing'}"
    )
    assert "--office seçeneği" in terminal.refused("station", "--office", "x", "--spool", "s")
