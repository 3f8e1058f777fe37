"""What nes-imza remembers and finds: settings, drivers, words."""

from __future__ import annotations

import json
import string
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import signing.app.errors as app_errors
import signing.errors
from signing.app import modules
from signing.app.errors import SettingsUnwritable
from signing.app.purpose import SignaturePurpose
from signing.app.settings import MOST_SERVERS, AppSettings, SettingsKeeper, folder, origin_of
from signing.app.words import SAYINGS, Language, Words, en
from signing.app.words.refusals import REASONS, REFUSALS, tell
from signing.errors import CertificateUnusable, DeviceFailed, ModuleAbsent, SigningError

if TYPE_CHECKING:
    from collections.abc import Iterator

HOME = Path("/home/ayse")


@pytest.mark.parametrize(
    ("environment", "platform", "expected"),
    [
        ({}, "linux", HOME / ".config" / "nes-imza"),
        ({"XDG_CONFIG_HOME": "/x"}, "linux", Path("/x/nes-imza")),
        ({"XDG_CONFIG_HOME": ""}, "linux", HOME / ".config" / "nes-imza"),
        ({"XDG_CONFIG_HOME": "/x"}, "darwin", HOME / "Library/Application Support/nes-imza"),
        ({"APPDATA": "/app"}, "win32", Path("/app/nes-imza")),
        ({}, "win32", HOME / "AppData" / "Roaming" / "nes-imza"),
    ],
)
def test_the_settings_lie_where_the_platform_keeps_them(
    environment: dict[str, str], platform: str, expected: Path
) -> None:
    assert folder(environment, HOME, platform) == expected


def test_the_settings_of_the_user_are_found_by_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert SettingsKeeper.at_home().path == tmp_path / "nes-imza" / "settings.json"
    assert folder({}, None, "linux") == Path.home() / ".config" / "nes-imza"


def test_what_was_kept_is_read_again_and_by_nobody_else(tmp_path: Path) -> None:
    keeper = SettingsKeeper(tmp_path / "deep" / "settings.json")
    assert keeper.load() == AppSettings()
    kept = AppSettings(("https://nes.example",), "/usr/lib/libakisp11.so", Language.ENGLISH, 150)
    keeper.save(kept)
    assert keeper.load() == kept
    assert keeper.path.stat().st_mode & 0o077 == 0
    assert [entry.name for entry in keeper.path.parent.iterdir()] == ["settings.json"]


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"7", b"\xff", b"[" * 200_000, b'{"servers": 7, "module": 7, "scale": 7}'],
)
def test_a_damaged_file_counts_as_none(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(content)
    assert SettingsKeeper(path).load() == AppSettings()


def test_of_a_file_only_what_is_sound_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    servers = ["https://a.example", 7, "", "https://[", "https://a.example:port", "x"]
    found = {"servers": servers, "language": "xx", "scale": 125, "module": "m", "pin": "1234"}
    path.write_text(json.dumps(found))
    assert SettingsKeeper(path).load() == AppSettings(
        ("https://a.example",), "m", Language.TURKISH, 125
    )
    path.write_text(json.dumps({"servers": [f"https://{n}.example" for n in range(99)]}))
    assert len(SettingsKeeper(path).load().servers) == MOST_SERVERS


def test_a_folder_that_can_not_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsUnwritable) as caught:
        SettingsKeeper(tmp_path / "file" / "settings.json").save(AppSettings())
    assert "settings.json" in tell(caught.value).text


def test_a_server_is_known_by_scheme_host_and_port() -> None:
    settings = AppSettings().with_server("https://nes.example/kurum")
    assert settings.knows("https://nes.example:443")
    assert settings.knows("https://NES.example/")
    for other in ("http://nes.example", "https://nes.example:8443", "https://nes.example.tr"):
        assert not settings.knows(other)
    assert origin_of("http://localhost/a") == "http://localhost:80"


def test_the_server_that_was_used_last_comes_first() -> None:
    settings = AppSettings()
    for number in range(MOST_SERVERS + 1):
        settings = settings.with_server(f"https://s{number}.example")
    assert len(settings.servers) == MOST_SERVERS
    again = settings.with_server("https://s3.example:443/")
    assert again.servers[0] == "https://s3.example:443/"
    assert len(again.servers) == MOST_SERVERS
    assert not again.knows("https://s0.example")


def test_letters_have_a_largest_and_a_smallest_size() -> None:
    assert AppSettings().scaled(-1).scale == 100
    assert AppSettings(scale=200).scaled(1).scale == 200
    assert AppSettings(scale=100).scaled(1).scale == 125


@pytest.mark.parametrize(
    ("platform", "paths", "names"),
    [
        ("linux", [], []),
        ("linux", ["usr/lib/libakisp11.so"], ["AKiS"]),
        ("linux", ["usr/lib64/opensc-pkcs11.so", "usr/lib/libakisp11.so"], ["AKiS", "OpenSC"]),
        ("linux", ["usr/lib/softhsm/libsofthsm2.so", "usr/lib64/libakisp11.so"],
         ["AKiS", "SoftHSM"]),
        ("darwin", ["usr/local/lib/libakisp11.dylib"], ["AKiS"]),
        ("win32", [r"C:\Windows\System32\akisp11.dll"], ["AKiS"]),
        ("plan9", ["usr/lib/libakisp11.so"], []),
    ],
)  # fmt: skip
def test_the_drivers_of_a_platform_are_found(
    platform: str, paths: list[str], names: list[str], tmp_path: Path
) -> None:
    for path in paths:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("")
    found = modules.found(platform, tmp_path)
    assert [driver.name for driver in found] == names
    assert all(driver.path.is_file() for driver in found)


def test_the_cards_are_opened_behind_the_chosen_driver(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(modules, "found", list)
    with pytest.raises(ModuleAbsent) as caught:
        modules.open_store(None, None, f"{tmp_path}/akis.so")
    assert "akis.so" in str(caught.value.params["module"])
    with pytest.raises(ModuleAbsent) as caught:
        modules.open_store(tmp_path, tmp_path / "other.so")
    assert "other.so" in str(caught.value.params["module"])
    monkeypatch.setattr(modules, "found", lambda: [modules.Driver("AKiS", tmp_path / "a.so")])
    with pytest.raises(ModuleAbsent) as caught:
        modules.open_store(None, None)
    assert "a.so" in str(caught.value.params["module"])


def test_a_folder_of_cards_is_opened_with_softhsm(tmp_path: Path) -> None:
    store = modules.open_store(tmp_path, None, "/opt/ignored.so")
    assert store.directory == tmp_path
    assert store.tokens() == []


def placeholders(text: str) -> set[str]:
    """List what a sentence is filled with."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_say_the_same_things() -> None:
    turkish, english = SAYINGS[Language.TURKISH], SAYINGS[Language.ENGLISH]
    purposes = {f"purpose.{purpose}" for purpose in SignaturePurpose}
    assert english.keys() - turkish.keys() == purposes
    assert turkish.keys() <= english.keys()
    for key, saying in turkish.items():
        assert placeholders(saying) == placeholders(english[key]), key


def refusals() -> Iterator[type[SigningError]]:
    """List the refusals of the card and of the program."""
    for room in (signing.errors, app_errors):
        for found in vars(room).values():
            if isinstance(found, type) and issubclass(found, SigningError):
                yield found


def test_english_refusals_are_those_that_there_are() -> None:
    assert en.REFUSALS.keys() <= {found.code for found in refusals()}
    for found in refusals():
        if found.__module__ == app_errors.__name__ and found.code != "server_refused":
            assert found.code in en.REFUSALS
    for code, (title, text) in en.REFUSALS.items():
        known = set[str]().union(*map(placeholders, REFUSALS[code]))
        assert placeholders(title) | placeholders(text) <= known, code


def test_every_lack_of_a_certificate_has_english_words() -> None:
    assert en.FAULTS.keys() <= REASONS.keys()
    assert "weak_key" in en.FAULTS


def test_refusals_are_told_in_the_language_of_the_window() -> None:
    turkish, english = Words(), Words(Language.ENGLISH)
    error = DeviceFailed(support="X")
    assert turkish.refusal(error).text == "Kart işlemi yapamadı. Destek kodu: X"
    assert english.refusal(error).text == "The card failed. Support code: X"
    lacking = CertificateUnusable(reason="expired", on="21.11.2026 12:00")
    assert english.refusal(lacking).text == "It was valid until 21.11.2026 12:00."
    assert english.refusal(CertificateUnusable(reason="Mühür.")).text == "Mühür."
    own = app_errors.ServerRefused(status=410, refusal="x", title="Süre doldu", detail="Yeni kod.")
    assert english.refusal(own) == turkish.refusal(own)


def test_a_purpose_is_named_as_the_page_names_it_or_in_english() -> None:
    assert Words().purpose("e_onay", "e-onay verme") == "e-onay verme"
    assert Words(Language.ENGLISH).purpose("activation", "x") == "Activating the certificate"
