"""What plays apart from an office touches none, and no office is ever taken for a demo."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from states.kit.errors import SettingsError
from states.kit.settings import KEYS, SECRET_KEYS, load_settings
from web.gate.apart import OFFICE_KEYS, apart, holds_demo

if TYPE_CHECKING:
    from pathlib import Path

DATABASE = "postgresql://nes@127.0.0.1/office"


def secrets() -> dict[str, str]:
    """Return the secrets of a real office."""
    return {**dict.fromkeys(SECRET_KEYS, "5a" * 32), "NES_TOKEN_PIN": "12345678"}


def test_a_real_office_lends_what_plays_apart_its_folder_and_nothing_else(tmp_path: Path) -> None:
    office = {**secrets(), "NES_VAR": str(tmp_path), "NES_DATABASE_URL": DATABASE}
    office |= {"NES_PORT": "9999", "NES_SIGNATURE_PROFILE": "P1", "NES_DEMO": "0"}
    found = apart(office, "demo")
    assert found.demo
    assert found.var == tmp_path / "demo"
    plain = load_settings({"NES_DEMO": "1", "NES_VAR": str(tmp_path / "demo")})
    assert found == plain
    assert found.token_pin.get_secret_value() != office["NES_TOKEN_PIN"]
    assert [path.name for path in tmp_path.iterdir()] == ["demo"]


@pytest.mark.parametrize("key", sorted(OFFICE_KEYS))
def test_each_key_of_a_real_office_makes_it_one(tmp_path: Path, key: str) -> None:
    office = {"NES_VAR": str(tmp_path), "NES_DATABASE_URL": DATABASE, key: "x" * 64}
    assert apart(office, "demo").database_url is None


def test_where_no_office_is_a_database_of_ones_own_may_be_named(tmp_path: Path) -> None:
    found = apart({"NES_VAR": str(tmp_path), "NES_DATABASE_URL": DATABASE}, "bench")
    assert found.database_url is not None
    assert found.database_url.database == "office"
    assert found.var == tmp_path / "bench"


def test_an_unknown_key_is_refused_here_too(tmp_path: Path) -> None:
    for more in ({}, secrets()):
        with pytest.raises(SettingsError, match="NES_VRA is not a setting"):
            apart({"NES_VAR": str(tmp_path), "NES_VRA": "x", **more}, "demo")


def test_a_start_in_the_root_of_the_system_does_not_fill_its_var(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir("/")
    for env in ({}, secrets()):
        with pytest.raises(SettingsError, match="NES_VAR is not usable: /var is the system's"):
            apart(env, "demo")


def test_a_folder_in_which_a_demo_has_kept_its_secrets_is_known_by_them(tmp_path: Path) -> None:
    env = {"NES_VAR": str(tmp_path)}
    assert not holds_demo(env)
    load_settings({**env, "NES_DEMO": "1"})
    assert holds_demo(env)
    (tmp_path / "keys" / "NES_TOKEN_PIN").unlink()
    assert not holds_demo(env)


@pytest.mark.parametrize("key", sorted(KEYS - {"NES_VAR"}))
def test_whatever_else_is_set_a_folder_is_not_taken_for_a_demo(tmp_path: Path, key: str) -> None:
    env = {"NES_VAR": str(tmp_path)}
    load_settings({**env, "NES_DEMO": "1"})
    assert not holds_demo({**env, key: "1"})
    assert holds_demo({**env, key: ""})
