"""Tests of the settings: what the environment may say, and what is refused in one sentence."""

from __future__ import annotations

import stat
from datetime import date
from pathlib import Path

import pytest
from pydantic import ValidationError

from states.kit.errors import SettingsError, StoreError
from states.kit.setting_values import Key
from states.kit.settings import KEYS, SECRET_KEYS, Settings, load_settings
from tests.kit.states.given import OIDC, SECRETS, refusal


def test_a_folder_of_anchors_must_be_there(tmp_path: Path) -> None:
    assert load_settings({**SECRETS, "NES_TRUST": str(tmp_path)}).trust == tmp_path
    assert load_settings(SECRETS).trust is None
    refused = refusal({**SECRETS, "NES_TRUST": str(tmp_path / "yok")})
    assert refused.params["setting"] == "NES_TRUST"
    assert "there is no folder at" in str(refused)


def test_outside_demo_the_defaults_are_an_embedded_database_on_loopback() -> None:
    settings = load_settings(SECRETS)
    assert settings.demo is False
    assert settings.database_url is None
    assert settings.pkcs11_module is None
    assert settings.oidc_issuer is None
    assert settings.public_url is None
    assert settings.rsa_2048_until is None
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert settings.var == Path.cwd() / "var"


def test_each_key_reaches_its_setting(tmp_path: Path) -> None:
    module = tmp_path / "module.so"
    module.touch()
    settings = load_settings(
        {
            **SECRETS,
            **OIDC,
            "NES_VAR": str(tmp_path),
            "NES_HOST": "0.0.0.0",  # noqa: S104 - nothing is bound here
            "NES_PORT": "8123",
            "NES_PUBLIC_URL": "https://nes.example:8443/",
            "NES_TSA_URL": "https://zaman.example/tsa",
            "NES_SIGNATURE_PROFILE": "P2",
            "NES_RSA_2048_UNTIL": "2030-12-31",
            "NES_PKCS11_MODULE": str(module),
            "NES_DATABASE_URL": "postgresql://u:p@db:5433/nes?sslmode=verify-full",
        }
    )
    assert settings.var == tmp_path
    assert (settings.host, settings.port) == ("0.0.0.0", 8123)  # noqa: S104 - the same
    assert settings.pkcs11_module == module
    assert settings.public_url == "https://nes.example:8443"
    assert settings.tsa_url == "https://zaman.example/tsa"
    assert settings.signature_profile == "P2"
    assert settings.rsa_2048_until == date(2030, 12, 31)
    assert settings.token_pin.get_secret_value() == "4711"
    assert settings.secret_key.get_secret_value() == "s" * 32
    assert settings.lookup_key == bytes.fromhex("ab" * 32)
    assert settings.personal_key == bytes.fromhex("cd" * 32)
    assert settings.oidc_issuer == "https://kimlik.example"
    assert settings.oidc_client_id == "nes"
    assert settings.oidc_client_secret is not None
    assert settings.oidc_client_secret.get_secret_value() == "gizli"
    assert (settings.oidc_acr, settings.oidc_max_age) == (("iki", "yuksek"), 12 * 60 * 60)
    assert settings.database_url is not None
    assert settings.database_url.port == 5433


@pytest.mark.parametrize(
    "address",
    [
        "http://nes.example",
        "https://nes.example:443",
        "http://10.0.0.7:80",
        "http://[fd00::7]:8000",
    ],
)
def test_the_public_address_is_that_of_a_whole_site(address: str) -> None:
    for written in (address, f"{address}/"):
        assert load_settings({**SECRETS, "NES_PUBLIC_URL": written}).public_url == address


@pytest.mark.parametrize(
    "address",
    [
        "nes.example", "ftp://nes.example", "ldap://nes.example", "//nes.example", "https://",
        "http:///", "https://nes.example/nes", "https://nes.example//", "https://nes.example?a=1",
        "https://nes.example#a", "https://a@nes.example", "https://nes .example",
        "https://nes.example:", "https://nes.example:x", "https://nes.example:123456",
        "https://nes.örnek", "https://nes.example\n", " https://nes.example",
    ],
)  # fmt: skip
def test_a_public_address_that_readers_could_not_follow_is_refused(address: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings({**SECRETS, "NES_PUBLIC_URL": address})
    assert str(caught.value) == (
        "NES_PUBLIC_URL is not usable: write it as https://HOST or http://HOST:PORT, "
        "with no path behind it."
    )


def test_settings_never_change_after_loading() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        load_settings(SECRETS).port = 1  # type: ignore[misc]


def test_only_the_given_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NES_PORT", "9999")
    assert load_settings(SECRETS).port == 8000


def test_keys_of_other_programs_are_left_alone() -> None:
    assert load_settings({**SECRETS, "PORT": "1", "SHELL": "/bin/sh"}).port == 8000


def test_an_empty_value_counts_as_not_set() -> None:
    assert load_settings({**SECRETS, "NES_DATABASE_URL": "", "NES_PORT": ""}).port == 8000


@pytest.mark.parametrize(
    ("unknown", "near"),
    [
        ("NES_PROT", "NES_PORT"),
        ("NES_DATABASE_URI", "NES_DATABASE_URL"),
        ("NES_", "NES_VAR"),
        ("NES_port", "NES_PORT"),
        ("NES_XYZ", "NES_"),
    ],
)
def test_an_unknown_key_is_refused_with_the_nearest_name(unknown: str, near: str) -> None:
    error = refusal({**SECRETS, unknown: "1"})
    assert error.params == {"setting": unknown}
    assert f"{unknown} is not a setting" in str(error)
    assert f"Did you mean {near}" in str(error)


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("NES_VAR", "/var", "/var is the system's"),
        ("NES_PORT", "0", "greater than or equal to 1"),
        ("NES_PORT", "65536", "less than or equal to 65535"),
        ("NES_PORT", "http", "valid integer"),
        ("NES_DEMO", "perhaps", "valid boolean"),
        ("NES_DATABASE_URL", "mysql://h/x", "only PostgreSQL is supported, not mysql"),
        ("NES_DATABASE_URL", "no address", "postgresql://USER:PASSWORD@HOST:PORT/DATABASE"),
        ("NES_PKCS11_MODULE", "/nowhere/module.so", "no file at /nowhere/module.so"),
        ("NES_LOOKUP_KEY", "ab" * 31, "64 hexadecimal digits"),
        ("NES_PERSONAL_KEY", "zz" * 32, "64 hexadecimal digits"),
        ("NES_PERSONAL_KEY_OLD", "zz" * 32, "64 hexadecimal digits"),
        ("NES_SECRET_KEY", "short", "at least 32"),
        ("NES_TOKEN_PIN", "123", "at least 4"),
        ("NES_RSA_2048_UNTIL", "2031-01-01", "ends everywhere on 2030-12-31"),
        ("NES_RSA_2048_UNTIL", "2031-01-01", "name that day or an earlier one"),
        ("NES_RSA_2048_UNTIL", "31.12.2028", "the last day as YYYY-MM-DD"),
        ("NES_RSA_2048_UNTIL", "1", "the last day as YYYY-MM-DD"),
        ("NES_OIDC_ISSUER", "kimlik.example", "pattern"),
        ("NES_CLAMD", "clamd", "pattern"),
        ("NES_CLAMD", "http://clamd:3310", "pattern"),
        ("NES_PLAIN", "status yes", "'yes' is none of its words, which are status, authority, "),
        ("NES_PLAIN", "status,scanner", "status, authority, scanner, database"),
        ("NES_PLAIN", "1", "none of its words"),
        ("NES_PROXY", "vekil.example:3128", "https://HOST:PORT"),
        ("NES_PROXY", "https://vekil.example", "https://HOST:PORT"),
        ("NES_PROXY", "https://vekil.example:0", "https://HOST:PORT"),
        ("NES_PROXY", "https://vekil.example:65536", "https://HOST:PORT"),
        ("NES_PROXY", "https://u:p@vekil.example:3128", "no name, password or path"),
        ("NES_PROXY", "https://vekil.example:3128/", "no name, password or path"),
        ("NES_PROXY", "socks5://127.0.0.1:1080", "https://HOST:PORT"),
        ("NES_PROXY", "http://vekil.example:3128", "spoken to over TLS"),
        ("NES_PROXY", "http://10.0.0.7:3128", "spoken to over TLS"),
        ("NES_PROXY_TRUSTED", "/nowhere/proxy.pem", "can be read from /nowhere/proxy.pem"),
        ("NES_LIST_INTERVAL", "0", "give whole seconds from 1 to 600, such as 60"),
        ("NES_LIST_INTERVAL", "-5", "whole seconds from 1 to 600"),
        ("NES_LIST_INTERVAL", "601", "whole seconds from 1 to 600"),
        ("NES_LIST_INTERVAL", "1.5", "whole seconds from 1 to 600"),
        ("NES_LIST_INTERVAL", "dakika", "so long are the changes of certificates"),
        ("NES_OIDC_MAX_AGE", "59", "greater than or equal to 60"),
        ("NES_OIDC_MAX_AGE", "43201", "less than or equal to 43200"),
    ],
)
def test_a_malformed_value_is_refused_with_its_key(key: str, value: str, reason: str) -> None:
    error = refusal({**SECRETS, **OIDC, key: value})
    assert error.params == {"setting": key}
    assert str(error).startswith(f"{key} is not usable: ")
    assert reason in str(error)
    assert "\n" not in str(error)


def test_a_refusal_never_repeats_a_secret() -> None:
    error = refusal({**SECRETS, "NES_LOOKUP_KEY": "do-not-show"})
    assert "do-not-show" not in str(error)
    assert error.__cause__ is None


def test_an_authority_elsewhere_is_set_as_a_whole(cmp: dict[str, str]) -> None:
    settings = load_settings({**SECRETS, **cmp, "NES_CMP_RECIPIENT": "/C=TR/CN=TEST"})
    assert settings.cmp_server == "http://makam.example:8080/cmp"
    assert settings.cmp_recipient == "/C=TR/CN=TEST"
    assert settings.cmp_tls_trusted is None
    assert "parola" not in repr(settings)
    assert load_settings(SECRETS).cmp_server is None


@pytest.mark.parametrize("absent", ["SERVER", "REFERENCE", "SECRET", "CHAIN"])
def test_half_an_authority_elsewhere_is_refused(cmp: dict[str, str], absent: str) -> None:
    del cmp[f"NES_CMP_{absent}"]
    error = refusal({**SECRETS, **cmp})
    assert error.params["setting"] == "NES_CMP_*"
    assert "NES_CMP_CHAIN together" in str(error)


def test_an_authority_over_tls_needs_its_anchors(cmp: dict[str, str]) -> None:
    cmp["NES_CMP_SERVER"] = "https://makam.example/cmp"
    error = refusal({**SECRETS, **cmp})
    assert error.params["setting"] == "NES_CMP_*"
    assert "NES_CMP_TLS_TRUSTED" in str(error)
    cmp["NES_CMP_TLS_TRUSTED"] = cmp["NES_CMP_CHAIN"]
    assert load_settings({**SECRETS, **cmp}).cmp_tls_trusted == Path(cmp["NES_CMP_CHAIN"])


@pytest.mark.parametrize("absent", sorted(OIDC))
def test_half_an_oidc_configuration_is_refused(absent: str) -> None:
    given = {key: value for key, value in OIDC.items() if key != absent}
    assert "together" in str(refusal({**SECRETS, **given}))


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "localhost"])
def test_a_provider_of_another_machine_is_asked_over_tls_only(host: str) -> None:
    assert load_settings({**SECRETS, **OIDC, "NES_OIDC_ISSUER": f"http://{host}:9/a"}).oidc_issuer
    for other in ("kimlik.example", "10.0.0.7", "localhost.example"):
        error = refusal({**SECRETS, **OIDC, "NES_OIDC_ISSUER": f"http://{other}"})
        assert "must be an https address" in str(error)


@pytest.mark.parametrize("word", ["https://a.example", "a.example:80", "a/b", "*", "a,b", "ı.tr"])
def test_a_list_of_hosts_holds_bare_names_only(word: str) -> None:
    error = refusal({**SECRETS, "NES_OUTBOUND": f"a.example {word}"})
    assert error.params == {"setting": "NES_OUTBOUND"}
    assert "no bare host name" in str(error)


@pytest.mark.parametrize("word", ["localhost", "127.0.0.1", "[::1]"])
def test_on_this_machine_a_port_is_named_with_the_host(word: str) -> None:
    error = refusal({**SECRETS, "NES_OUTBOUND": f"a.example {word}"})
    assert "this machine; give HOST:PORT" in str(error)
    for port in ("0", "65000", "99999", "x", "80x"):
        given = {**SECRETS, "NES_OUTBOUND": f"{word}:{port}"}
        if port == "65000":
            assert load_settings(given).outbound == (f"{word}:65000",)
        else:
            assert "NES_OUTBOUND" in str(refusal(given))


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_every_spelling_of_a_postgresql_address_names_our_driver(scheme: str) -> None:
    url = load_settings({**SECRETS, "NES_DATABASE_URL": f"{scheme}://u@localhost/db"}).database_url
    assert url is not None
    assert url.drivername == "postgresql+psycopg"
    assert (url.username, url.host, url.database) == ("u", "localhost", "db")


@pytest.mark.parametrize("key", SECRET_KEYS)
def test_outside_demo_every_secret_must_be_given(key: str, tmp_path: Path) -> None:
    env = {name: value for name, value in SECRETS.items() if name != key}
    error = refusal({**env, "NES_VAR": str(tmp_path / "var")})
    assert error.params == {"setting": key}
    assert f"{key} is not set" in str(error)
    assert not (tmp_path / "var").exists()


def test_what_else_is_wrong_is_told_before_a_missing_secret() -> None:
    assert refusal({"NES_PORT": "x"}).params == {"setting": "NES_PORT"}


def test_demo_makes_its_secrets_once_and_keeps_them(demo: dict[str, str]) -> None:
    first = load_settings(demo)
    second = load_settings(demo)
    assert first == second
    assert first.lookup_key != first.personal_key
    assert first.token_pin.get_secret_value().isdigit()
    assert len(first.token_pin.get_secret_value()) == 8


def test_two_demos_share_no_secret(tmp_path: Path) -> None:
    one, two = (
        load_settings({"NES_DEMO": "1", "NES_VAR": str(tmp_path / name)}) for name in ("one", "two")
    )
    assert one.secret_key != two.secret_key
    assert one.lookup_key != two.lookup_key
    assert one.personal_key != two.personal_key


def test_kept_secrets_are_readable_by_their_owner_only(demo: dict[str, str]) -> None:
    keys = load_settings(demo).var / "keys"
    assert {path.name for path in keys.iterdir()} == set(SECRET_KEYS)
    assert {stat.S_IMODE(path.stat().st_mode) for path in keys.iterdir()} == {0o600}
    assert stat.S_IMODE(keys.stat().st_mode) == 0o700


def test_a_given_secret_goes_before_the_kept_one(demo: dict[str, str]) -> None:
    load_settings(demo)
    given = load_settings({**demo, "NES_TOKEN_PIN": "987654"})
    assert given.token_pin.get_secret_value() == "987654"


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "var").touch()
    error = refusal({"NES_DEMO": "1", "NES_VAR": str(tmp_path / "var")})
    assert f"cannot be kept in {tmp_path}" in str(error)
    assert "writable" in str(error)


def test_secrets_do_not_show_themselves() -> None:
    shown = repr(
        load_settings({**SECRETS, **OIDC, "NES_DATABASE_URL": "postgres://u:sifre@localhost/d"})
    )
    for secret in ("4711", "s" * 32, "abab", "cdcd", "\\xab", "gizli", "sifre"):
        assert secret not in shown


def test_a_key_hides_itself_but_stays_bytes() -> None:
    key = Key(b"\x00" * 32)
    assert str(key) == repr(key) == "Key(**********)"
    assert bytes(key) == b"\x00" * 32


def test_every_setting_is_read_from_a_key_of_ours() -> None:
    assert len(KEYS) == len(Settings.model_fields)
    assert all(key.startswith("NES_") for key in KEYS)


def test_settings_errors_belong_to_the_stores_hierarchy() -> None:
    error = refusal({**SECRETS, "NES_PROT": "1"})
    assert isinstance(error, StoreError)
    assert error.code == "settings_invalid"


@pytest.mark.parametrize(
    ("key", "value"),
    [("NES_TSA_URL", "ftp://x/tsa"), ("NES_TSA_URL", "tsa"), ("NES_SIGNATURE_PROFILE", "P5")],
)
def test_a_time_stamp_address_or_profile_that_can_not_be_is_refused(key: str, value: str) -> None:
    assert refusal({**SECRETS, key: value}).params["setting"] == key


def test_signatures_are_whole_at_once_unless_told_otherwise() -> None:
    settings = load_settings(SECRETS)
    assert (settings.tsa_url, settings.signature_profile) == (None, "P4")


def test_a_start_in_the_root_of_the_system_does_not_take_its_var(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir("/")
    error = refusal({"NES_DEMO": "1"})
    assert str(error).startswith("NES_VAR is not usable: /var is the system's; start in a folder")
    assert error.params == {"setting": "NES_VAR"}
