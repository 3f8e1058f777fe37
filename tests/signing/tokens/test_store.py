"""The store of tokens as files, locks and a module: on disk, across processes and forks."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pkcs11
import pytest

from signing import errors
from signing.tokens import library, softhsm
from signing.tokens.slots import TokenStore
from tests.kit.signing import house as kit
from tests.kit.signing.refusing import refusing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from signing.authority.production import ProductionOrder


def test_a_card_that_was_only_half_made_aside_never_shows(
    store: TokenStore, new_order: Callable[..., ProductionOrder]
) -> None:
    assert store.directory is not None
    softhsm.configure(store.directory, softhsm.STAGING)
    (store.directory / softhsm.STAGING / "half-made").mkdir()
    label = new_order().card.serial
    store.make_blank(label, kit.SO_PIN, kit.PIN)
    assert not list((store.directory / softhsm.STAGING).iterdir())
    assert not (store.directory / softhsm.TOKENS / "half-made").exists()
    assert store.token(label).pin_set


def test_another_store_in_the_same_process_waits_for_open_sessions(
    store: TokenStore, blank: str, tmp_path: Path
) -> None:
    other = TokenStore(tmp_path / "other")
    with store.session(blank, kit.PIN), pytest.raises(errors.StoreBusy):
        other.make_blank("ELSE", kit.SO_PIN, kit.PIN)
    other.make_blank("ELSE", kit.SO_PIN, kit.PIN)
    assert [token.label for token in other.tokens()] == ["ELSE"]
    assert store.token(blank).label == blank


def test_a_refresh_inside_a_session_leaves_the_session_alone(store: TokenStore, blank: str) -> None:
    with store.session(blank, kit.PIN) as session:
        store.refresh()
        assert session.key_ids() == set()


OTHER_PROCESS = """
import sys
import threading
from pathlib import Path
sys.path.insert(0, ".")
from signing.tokens.slots import TokenStore
TokenStore(Path(sys.argv[1])).make_blank(sys.argv[2], "12345678", "4321")
"""


def run_python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", "-c", code, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def test_a_card_that_another_process_made_is_seen(
    store: TokenStore, new_order: Callable[..., ProductionOrder]
) -> None:
    label = new_order().card.serial
    with pytest.raises(errors.TokenAbsent):
        store.token(label)
    done = run_python(OTHER_PROCESS, str(store.directory), label)
    assert done.returncode == 0, done.stderr
    with store.session(label, kit.PIN) as session:
        assert session.certificates() == {}


FORKING = """
import os, sys
from pathlib import Path
sys.path.insert(0, ".")
from signing.tokens.slots import TokenStore
store = TokenStore(Path(sys.argv[1]))
store.make_blank("FORK", "12345678", "4321")
with store.session("FORK", "4321", write=True) as session:
    child = os.fork()
    if child == 0:
        with store.session("FORK", "4321") as own:
            os._exit(0 if own.key_ids() == set() else 3)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert session.key_ids() == set()
"""


def test_the_child_of_a_fork_loads_the_module_for_itself(tmp_path: Path) -> None:
    done = run_python(FORKING, str(tmp_path / "tokens"))
    assert done.returncode == 0, done.stderr


def test_a_module_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = tmp_path / "libakisp11.so"
    with refusing(errors.ModuleAbsent, match="libakisp11.so"):
        TokenStore(None, path)


def test_a_platform_without_a_known_place_asks_for_the_module() -> None:
    with refusing(errors.ModuleAbsent, match="plan9"):
        softhsm.find_module(platform="plan9")


def test_softhsm_is_found_where_this_platform_keeps_it() -> None:
    assert softhsm.find_module().name.startswith("libsofthsm2")


def test_a_store_that_cannot_be_written_is_said_so(tmp_path: Path) -> None:
    path = tmp_path / "tokens"
    path.write_text("a file in the place of the folder")
    with refusing(errors.StoreFull, match="Kart deposuna yazılamadı"):
        TokenStore(path)
    assert path.read_text() == "a file in the place of the folder"


def test_the_configuration_is_written_once_and_mended(tmp_path: Path) -> None:
    path = softhsm.configure(tmp_path / "tokens")
    before = path.stat().st_mtime_ns
    assert softhsm.configure(tmp_path / "tokens").stat().st_mtime_ns == before
    path.write_text("directories.tokendir = /elsewhere\n")
    softhsm.configure(tmp_path / "tokens")
    assert str((tmp_path / "tokens").resolve()) in path.read_text()


def test_a_store_whose_lock_cannot_be_made_is_said_so(tmp_path: Path) -> None:
    path = tmp_path / "tokens"
    path.write_text("a file in the place of the folder")
    with pytest.raises(errors.StoreFull), softhsm.exclusive(path, "produce"):
        pass


def test_a_store_whose_folder_is_away_is_not_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "away"
    with refusing(errors.StoreFull, match="away"), softhsm.exclusive(path, "produce"):
        pass
    assert not path.exists()


def test_a_lock_that_can_not_be_written_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "produce.lock").mkdir()
    with pytest.raises(errors.StoreFull), softhsm.exclusive(tmp_path, "produce"):
        pass


def test_the_lock_of_a_store_keeps_threads_and_processes_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(softhsm, "LOCK_WAIT_SECONDS", 0.0)
    with softhsm.exclusive(tmp_path, "produce"):
        with pytest.raises(errors.StoreBusy), softhsm.exclusive(tmp_path, "produce"):
            pass
        code = (
            "import sys; sys.path.insert(0, '.');"
            "from pathlib import Path; from signing import errors;"
            "from signing.tokens import softhsm\n"
            "softhsm.LOCK_WAIT_SECONDS = 0.0\n"
            "try:\n with softhsm.exclusive(Path(sys.argv[1]), 'produce'): pass\n"
            "except errors.StoreBusy: sys.exit(7)\n"
        )
        assert run_python(code, str(tmp_path)).returncode == 7
    assert run_python(code, str(tmp_path)).returncode == 0


def test_a_label_that_does_not_fit_makes_no_card(store: TokenStore) -> None:
    before = store.tokens()
    with pytest.raises(errors.DeviceFailed):
        store.make_blank("X" * 33, kit.SO_PIN, kit.PIN)
    assert store.tokens() == before


def test_an_officer_pin_that_the_card_refuses_makes_no_card(store: TokenStore) -> None:
    before = store.tokens()
    with pytest.raises(errors.StoreFull):
        store.make_blank("SHORT-SO", "1", kit.PIN)
    assert store.tokens() == before


def test_blank_cards_are_only_made_in_a_store_of_ours(tmp_path: Path) -> None:
    foreign = TokenStore(None, softhsm.find_module())
    with pytest.raises(errors.DeviceFailed):
        foreign.make_blank("X", kit.SO_PIN, kit.PIN)
    assert not list(tmp_path.iterdir())


def test_a_store_without_room_is_not_even_logged_into(store: TokenStore, tmp_path: Path) -> None:
    with refusing(errors.StoreFull, match="Yer açın"):
        softhsm.check_room(tmp_path / "gone")
    assert store.directory is not None
    softhsm.check_room(store.directory)


def test_a_module_that_needs_no_store_of_ours_reads_its_own_configuration(
    store: TokenStore, blank: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert store.directory is not None
    path = softhsm.configure(store.directory)
    monkeypatch.setenv(library.CONFIGURATION_VARIABLE, str(path))
    foreign = TokenStore(None, softhsm.find_module())
    with foreign.session(blank, kit.PIN) as session:
        assert session.key_ids() == set()


def test_a_module_is_told_where_its_store_lies_and_nobody_afterwards(
    store: TokenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(library.CONFIGURATION_VARIABLE, "/as/it/was")
    store.refresh()
    assert os.environ[library.CONFIGURATION_VARIABLE] == "/as/it/was"
    monkeypatch.delenv(library.CONFIGURATION_VARIABLE)
    store.refresh()
    assert library.CONFIGURATION_VARIABLE not in os.environ


class StubbornModule:
    """A module that says that it was never initialised."""

    def finalize(self) -> None:
        raise pkcs11.PKCS11Error("CKR_CRYPTOKI_NOT_INITIALIZED")


def test_a_module_that_was_not_initialised_here_can_still_be_dropped(
    store: TokenStore, blank: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.refresh()
    with monkeypatch.context() as patch:
        loaded = library._of(store._source)  # noqa: SLF001 - as loaded
        patch.setattr(loaded, "module", StubbornModule())
        store.refresh()
        assert store.token(blank).label == blank


def test_a_child_starts_with_a_free_lock_and_without_the_uses_of_its_parent(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    process = library._Library(users=3)  # noqa: SLF001 - what a fork leaves
    lock = process.lock
    monkeypatch.setattr(library, "_libraries", {tmp_path: process})
    library._forget()  # noqa: SLF001 - what a fork calls
    assert process.users == 0
    assert process.lock is not lock


def test_a_store_that_vanished_is_a_sentence_and_comes_back(tmp_path: Path) -> None:
    store = kit.make_store(tmp_path / "tokens")
    store.make_blank("CARD", kit.SO_PIN, kit.PIN)
    (tmp_path / "tokens").rename(tmp_path / "away")
    with pytest.raises(errors.SigningError), store.session("CARD", kit.PIN):
        pass
    with pytest.raises(errors.SigningError):
        store.tokens()
    with pytest.raises(errors.SigningError):
        store.make_blank("OTHER", kit.SO_PIN, kit.PIN)
    (tmp_path / "away").rename(tmp_path / "tokens")
    assert [token.label for token in store.tokens()] == ["CARD"]
