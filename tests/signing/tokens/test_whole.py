"""A token's main file outlives every kill: its copy, putting it back, and what cannot be."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from signing import errors
from signing.tokens import keys, opening, softhsm, whole
from signing.tokens import slots as tokens
from signing.tokens.keys import KeyKind
from signing.tokens.whole import COPY, MAIN
from tests.kit.signing import house as kit
from tests.kit.signing import kills
from tests.kit.signing.refusing import refusing

if TYPE_CHECKING:
    from pathlib import Path

    from signing.tokens.slots import TokenStore

LABEL = "ONE"
KEY = b"k"


@pytest.fixture
def store(tmp_path: Path) -> TokenStore:
    """Give a store of this test's own with one token, which carries a key."""
    made = kit.make_store(tmp_path / "store")
    made.make_blank(LABEL, kit.SO_PIN, kit.PIN)
    with made.session(LABEL, kit.PIN, write=True) as session:
        session.generate(KEY, KeyKind.EC_P256, LABEL)
    return made


@pytest.fixture
def folder(store: TokenStore) -> Path:
    """Give the folder of that token."""
    (found,) = whole.folders(tokens_of(store))
    return found


def tokens_of(store: TokenStore) -> Path:
    assert store.directory is not None
    return store.directory / softhsm.TOKENS


def keys_on(store: TokenStore, pin: str = kit.PIN) -> set[bytes]:
    with store.session(LABEL, pin) as session:
        return session.key_ids()


def test_a_copy_lies_beside_a_new_token_before_anybody_logs_in(tmp_path: Path) -> None:
    store = kit.make_store(tmp_path / "store")
    store.make_blank(LABEL, kit.SO_PIN, kit.PIN)
    (folder,) = whole.folders(tokens_of(store))
    assert (folder / COPY).read_bytes() == (folder / MAIN).read_bytes()


def test_a_token_of_an_earlier_release_is_copied_before_its_next_login(
    store: TokenStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / COPY).unlink()
    seen: list[bool] = []
    real = opening.open_session

    def opened(*what: object, **how: object) -> object:
        seen.append((folder / COPY).exists())
        return real(*what, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(tokens, "open_session", opened)
    assert keys_on(store) == {KEY}
    assert seen == [True]
    assert (folder / COPY).read_bytes()[8:] == (folder / MAIN).read_bytes()[8:]


@pytest.mark.parametrize("left", [0, 1, 8, 100, 319])
def test_a_file_that_a_killed_login_tore_is_put_back_by_the_next_look(
    store: TokenStore, folder: Path, left: int
) -> None:
    before = (folder / MAIN).read_bytes()
    (folder / MAIN).write_bytes(before[:left])
    assert whole.is_torn(folder)
    assert not whole.is_lost(folder)
    assert [token.label for token in store.tokens()] == [LABEL]
    assert len((folder / MAIN).read_bytes()) == len(before)
    assert keys_on(store) == {KEY}


def test_a_token_torn_while_the_module_still_shows_it_is_put_back_before_the_login(
    store: TokenStore, folder: Path
) -> None:
    assert store.token(LABEL).label == LABEL
    (folder / MAIN).write_bytes(b"")
    assert keys_on(store) == {KEY}
    assert not whole.is_torn(folder)


def test_an_office_key_whose_file_is_torn_signs_again_at_the_next_try(
    store: TokenStore, folder: Path
) -> None:
    with store.pooled(LABEL, kit.PIN) as session:
        public = session.public_key(KEY)
        (folder / MAIN).write_bytes(b"")
        store.refresh(own=1)
        signature = session.sign(KEY, b"text", "sha256")
    assert keys.verify(public, b"text", signature)
    assert not whole.is_torn(folder)


def test_a_token_that_no_copy_can_put_back_is_said_and_never_made_anew(
    store: TokenStore, folder: Path
) -> None:
    (folder / COPY).unlink()
    (folder / MAIN).write_bytes(b"")
    assert softhsm.lost(store.directory or folder) == [folder]
    for attempt in (lambda: keys_on(store), lambda: store.token(LABEL)):
        with refusing(errors.TokenTorn, match=folder.name):
            attempt()
    with refusing(errors.TokenTorn, match=folder.name):
        store.make_blank(LABEL, kit.SO_PIN, kit.PIN)
    assert store.tokens() == []


def test_a_torn_token_stands_only_in_the_way_of_its_own_label_where_that_is_known(
    store: TokenStore, folder: Path
) -> None:
    (folder / COPY).unlink()
    (folder / MAIN).write_bytes((folder / MAIN).read_bytes()[:150])
    assert (whole.is_lost(folder), whole.label_of(folder)) == (True, LABEL)
    with pytest.raises(errors.TokenAbsent):
        store.token("ANOTHER")
    store.make_blank("ANOTHER", kit.SO_PIN, kit.PIN)
    with pytest.raises(errors.TokenTorn):
        store.make_blank(LABEL, kit.SO_PIN, kit.PIN)
    assert [token.label for token in store.tokens()] == ["ANOTHER"]


def test_nobody_logs_in_to_a_token_that_is_lost_or_is_hindered_by_one_elsewhere(
    store: TokenStore, folder: Path
) -> None:
    assert store.directory is not None
    serial = store.token(LABEL).serial
    (folder / COPY).unlink()
    (folder / MAIN).write_bytes(b"")
    with pytest.raises(errors.TokenTorn), softhsm.login(store.directory, serial):
        pytest.fail("nobody may come here")
    passed = []
    with softhsm.login(store.directory, "0" * 16):
        passed.append(serial)
    assert passed


def test_a_copy_that_is_torn_itself_puts_nothing_back(store: TokenStore, folder: Path) -> None:
    (folder / MAIN).write_bytes(b"")
    (folder / COPY).write_bytes((folder / COPY).read_bytes()[:100])
    assert whole.is_lost(folder)
    assert not whole.mend(folder)
    assert store.tokens() == []
    assert (folder / MAIN).read_bytes() == b""


def test_the_copy_learns_a_new_pin_and_an_unlocked_one(store: TokenStore, folder: Path) -> None:
    store.change_pin(LABEL, kit.PIN, "654321")
    (folder / MAIN).write_bytes(b"")
    assert keys_on(store, "654321") == {KEY}
    store.unlock_pin(LABEL, kit.SO_PIN, "777777")
    (folder / MAIN).write_bytes(b"")
    assert keys_on(store, "777777") == {KEY}


def test_the_copy_is_not_written_when_only_the_generation_changed(
    store: TokenStore, folder: Path
) -> None:
    before = (folder / COPY).stat().st_ino
    assert keys_on(store) == {KEY}
    assert (folder / COPY).stat().st_ino == before


def test_a_copy_that_can_not_be_written_keeps_from_logging_in(
    store: TokenStore, folder: Path
) -> None:
    (folder / COPY).unlink()
    (folder / COPY).mkdir()
    before = (folder / MAIN).read_bytes()
    with refusing(errors.StoreFull, match=folder.name):
        keys_on(store)
    assert (folder / MAIN).read_bytes() == before


def test_a_folder_under_another_name_is_found_by_what_is_in_it(
    store: TokenStore, folder: Path
) -> None:
    other = folder.with_name("from-a-backup")
    folder.rename(other)
    (other / COPY).unlink()
    store.refresh()
    assert keys_on(store) == {KEY}
    assert (other / COPY).is_file()


def test_two_folders_of_one_label_are_named_ambiguous_and_not_logged_in_to(
    store: TokenStore, folder: Path, tmp_path: Path
) -> None:
    other = kit.make_store(tmp_path / "other")
    other.make_blank(LABEL, kit.SO_PIN, kit.PIN)
    (second,) = whole.folders(tokens_of(other))
    shutil.copytree(second, folder.with_name(second.name))
    store.refresh()
    with pytest.raises(errors.TokenAmbiguous):
        keys_on(store)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        bytes(8),
        bytes(8) + (1).to_bytes(8, "big") + (9).to_bytes(8, "big") + b"x",
        bytes(8) + (1).to_bytes(8, "big") + (3).to_bytes(8, "big") + (5).to_bytes(8, "big") + b"x",
        bytes(8) + (1).to_bytes(8, "big") + (2).to_bytes(8, "big") + bytes(7),
    ],
)
def test_bytes_that_are_no_main_file_are_not_whole(data: bytes) -> None:
    assert not whole.is_whole(data)


def test_truth_values_and_numbers_and_bytes_are_read(store: TokenStore, folder: Path) -> None:
    del store
    data = (folder / MAIN).read_bytes()
    truth = (1).to_bytes(8, "big") + (1).to_bytes(8, "big") + b"\1"
    assert whole.is_whole(data)
    assert whole.is_whole(data + truth)
    assert not whole.is_whole(data + truth[:-1])


def test_a_store_that_is_away_has_no_tokens(tmp_path: Path) -> None:
    assert whole.folders(tmp_path / "gone") == []
    assert whole.folder_of(tmp_path / "gone", "0" * 16) is None
    assert softhsm.lost(tmp_path / "gone") == []


def test_processes_killed_in_their_logins_lose_no_token_and_make_no_second_authority(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    count = request.config.getoption("--kills")
    told = kills.run(tmp_path / "store", count)
    assert told["kills"] == count
    assert (told["lost"], told["refused"], told["tokens"]) == (0, [], sorted(kills.LABELS))
    assert told["before"] == told["after"]
