"""The program: its options, its secret, and how a run is told."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from signing.errors import ModuleAbsent
from signing.station import program
from signing.station.desk import PersonDesk, UnattendedDesk
from signing.station.errors import OfficeAway, SecretFileUnusable, StationOptionWrong
from signing.station.line import StationLine
from signing.station.program import (
    StationOptions,
    StationSurroundings,
    pair_of,
    read_secret,
    run_station,
)
from signing.station.reader import CardSlotStore
from tests.kit.signing.refusing import refusing

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """Give the file of a secret."""
    path = tmp_path / "secret"
    path.touch(mode=0o600)
    path.write_text(" geheim\n")
    return path


def test_an_address_may_hold_the_sign_that_the_file_may_not() -> None:
    assert pair_of("--office", "https://a/?b=c=file") == ("https://a/?b=c", "file")
    for text in ("file", "=file", "https://a=", ""):
        with refusing(StationOptionWrong, match="--office seçeneği"):
            pair_of("--office", text)


def test_a_secret_is_read_from_a_file_that_is_its_reader_s_alone(secret: Path) -> None:
    assert read_secret(secret) == "geheim"
    secret.chmod(0o640)
    with refusing(SecretFileUnusable, match="başkaları da okuyabiliyor"):
        read_secret(secret)


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff", "gizli ş".encode(), b"a\nb"])
def test_a_file_that_holds_no_secret_is_refused(secret: Path, content: bytes) -> None:
    secret.write_bytes(content)
    with pytest.raises(SecretFileUnusable):
        read_secret(secret)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SecretFileUnusable):
        read_secret(tmp_path / "nothing")


def around(said: list[str]) -> StationSurroundings:
    return StationSurroundings(said.append, lambda _: "", lambda: NOW, lambda _: None)


def test_a_run_ends_with_what_it_came_to_whatever_ended_it(
    tmp_path: Path, secret: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[StationLine] = []

    def run(line: StationLine, count: int | None, *, drain: bool) -> None:
        made.append(line)
        line.tally.made = 3
        if drain:
            raise OfficeAway(where="o", reason="r")
        assert count == 5

    monkeypatch.setattr(StationLine, "run", run)
    offices = {"http://127.0.0.1:9": secret}
    folder = tmp_path / "spool"
    said: list[str] = []
    run_station(StationOptions(offices, folder, store=tmp_path / "cards", count=5), around(said))
    with pytest.raises(OfficeAway):
        run_station(StationOptions(offices, folder, drain=True), around(said))
    assert said == ["Yapılan kart: 3, ayrılan: 0, atlanan: 0."] * 2
    first, second = (line._place.store for line in made)  # noqa: SLF001 - which store it works with
    assert not isinstance(first, CardSlotStore)
    assert isinstance(second, CardSlotStore)


def test_a_module_that_is_not_there_is_told_before_anything_is_taken(
    tmp_path: Path, secret: Path
) -> None:
    options = StationOptions(
        {"http://127.0.0.1:9": secret}, tmp_path / "s", module=tmp_path / "x.so"
    )
    said: list[str] = []
    with refusing(ModuleAbsent, match="Kart sürücüsünü kurun"):
        run_station(options, around(said))
    assert said == []


def test_nobody_is_asked_where_a_machine_inserts_the_cards(tmp_path: Path) -> None:
    one = StationOptions({}, tmp_path)
    two = StationOptions({}, tmp_path, unattended=True)
    assert isinstance(program._desk(one, around([])), PersonDesk)  # noqa: SLF001 - the choice
    assert isinstance(program._desk(two, around([])), UnattendedDesk)  # noqa: SLF001 - the same
