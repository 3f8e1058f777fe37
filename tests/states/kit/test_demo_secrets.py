"""Tests of the secrets that demo mode keeps by itself: their shape, and one value for all."""

from __future__ import annotations

import re
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from states.kit.demo_secrets import kept_secret
from states.kit.errors import SettingsError


@pytest.mark.parametrize(
    ("key", "shape"),
    [
        ("NES_SECRET_KEY", "[0-9a-f]{64}"),
        ("NES_LOOKUP_KEY", "[0-9a-f]{64}"),
        ("NES_PERSONAL_KEY", "[0-9a-f]{64}"),
        ("NES_TOKEN_PIN", "[0-9]{8}"),
    ],
)
def test_a_key_is_32_bytes_in_hex_and_a_pin_8_digits(tmp_path: Path, key: str, shape: str) -> None:
    assert re.fullmatch(shape, kept_secret(tmp_path, key))


def test_a_kept_secret_is_what_stands_in_its_file(tmp_path: Path) -> None:
    made = kept_secret(tmp_path, "NES_SECRET_KEY")
    file = tmp_path / "keys" / "NES_SECRET_KEY"
    assert file.read_text(encoding="ascii") == made
    file.write_text("another", encoding="ascii")
    assert kept_secret(tmp_path, "NES_SECRET_KEY") == "another"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_a_secret_that_cannot_be_kept_names_its_setting(tmp_path: Path) -> None:
    (tmp_path / "keys").touch()
    with pytest.raises(SettingsError) as caught:
        kept_secret(tmp_path, "NES_TOKEN_PIN")
    assert caught.value.params["setting"] == "NES_TOKEN_PIN"
    assert "Make the folder writable." in str(caught.value)


def test_processes_that_start_together_agree_on_one_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        found = set(pool.map(lambda _: kept_secret(tmp_path, "NES_SECRET_KEY"), range(64)))
    assert len(found) == 1
    assert [path.name for path in (tmp_path / "keys").iterdir()] == ["NES_SECRET_KEY"]


def test_a_loser_of_the_race_takes_the_winners_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    won = kept_secret(tmp_path, "NES_SECRET_KEY")
    with monkeypatch.context() as patch:
        patch.setattr(Path, "exists", lambda _path: False)
        late = kept_secret(tmp_path, "NES_SECRET_KEY")
    assert late == won
    assert len(list((tmp_path / "keys").iterdir())) == 1
