"""Where cards lie: a folder each, spread over the shards, known from the label alone."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from signing import errors
from signing.authority.production import produce
from signing.tokens import shards, softhsm, whole
from tests.kit.signing import house as kit
from tests.kit.signing.faults import scripted
from tests.kit.signing.refusing import refusing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from signing.authority.demo import Authority
    from signing.authority.production import ProductionOrder
    from signing.tokens.slots import TokenStore

MANY = 600


def directory_of(store: TokenStore) -> Path:
    assert store.directory is not None
    return store.directory


def spread(store: TokenStore, made: str, *labels: str) -> None:
    """Put the card of one label under others too, as files that are shared."""
    directory = directory_of(store)
    for label in labels:
        place = shards.place(directory, label)
        shutil.copytree(shards.place(directory, made), place, copy_function=os.link)


@pytest.mark.parametrize("label", ["0123456789012345", "../../x", "..", "a/b", "Ş ç", "a\0b"])
def test_a_card_lies_in_a_shard_whatever_its_label_says(label: str, tmp_path: Path) -> None:
    place = shards.place(tmp_path, label)
    assert place.resolve().parent.parent == (tmp_path / shards.CARDS).resolve()
    assert int(place.parent.name, 16) < shards.COUNT
    assert shards.place(tmp_path, label) == place
    assert not shards.holds(tmp_path, label)
    place.mkdir(parents=True)
    assert shards.holds(tmp_path, label)


def test_a_label_that_no_token_can_have_is_held_by_no_shard(tmp_path: Path) -> None:
    assert not shards.holds(tmp_path, "x" * 5_000)


def test_all_shards_are_made_once_and_those_that_a_backup_lacked(tmp_path: Path) -> None:
    (tmp_path / shards.CARDS / "07" / "card-1").mkdir(parents=True)
    shards.prepare(tmp_path)
    found = sorted(one.name for one in (tmp_path / shards.CARDS).iterdir())
    assert found == [f"{number:02x}" for number in range(256)]
    assert [one.name for one in shards.folders(tmp_path)] == ["card-1"]


def test_shards_that_went_away_are_never_made_anew(tmp_path: Path) -> None:
    shards.prepare(tmp_path)
    (tmp_path / shards.CARDS).rename(tmp_path / "away")
    with refusing(errors.StoreFull, match="cards"):
        shards.prepare(tmp_path)
    (tmp_path / "away").rename(tmp_path / shards.CARDS)
    (tmp_path / shards.CARDS / "00").rmdir()
    shards.prepare(tmp_path)
    assert not (tmp_path / shards.CARDS / "00").exists()


def test_a_store_without_shards_has_no_cards(tmp_path: Path) -> None:
    assert list(shards.folders(tmp_path)) == []
    assert shards.token_folders(tmp_path) == []


def test_six_hundred_cards_lie_a_few_to_a_shard_and_cost_what_one_does(
    tmp_path: Path, pattern: TokenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(directory_of(pattern), tmp_path / "many")
    store = kit.make_store(tmp_path / "many")
    authority = kit.demo_authority(store)
    with scripted(monkeypatch, store) as script:
        produce(store, authority, kit.order("WARM", 2**80 + 2))
        script.calls.clear()
        produce(store, authority, kit.order("SECOND", 2**80))
        few, before = Counter(script.calls), len(list(shards.folders(tmp_path / "many")))
        spread(store, "FIRST", *(f"{number:016}" for number in range(MANY)))
        script.calls.clear()
        produce(store, authority, kit.order("THIRD", 2**80 + 1))
        assert script.calls == few
    folders = list(shards.folders(tmp_path / "many"))
    assert len(folders) == before + MANY + 1
    assert max(Counter(folder.parent for folder in folders).values()) < 15
    with store.session("FIRST", kit.PIN) as session:
        assert len(session.key_ids()) == 1


@pytest.fixture
def pattern(store: TokenStore, authority: Authority, tmp_path: Path) -> TokenStore:
    """Give a store of this test's own with the authority and the card FIRST."""
    del authority
    shutil.copytree(directory_of(store), tmp_path / "pattern")
    own = kit.make_store(tmp_path / "pattern")
    produce(own, kit.demo_authority(own), kit.order("FIRST", 2**70))
    return own


LOOK = """
import sys
sys.path.insert(0, ".")
from pathlib import Path
from tests.kit.signing import house as kit
print(sorted(token.serial for token in kit.make_store(Path(sys.argv[1])).tokens()))
"""


def look(folder: Path) -> subprocess.CompletedProcess[str]:
    """List the tokens of a store in a process of its own."""
    command = [sys.executable, "-c", LOOK, str(folder)]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)


def test_two_tokens_with_one_slot_number_end_the_process_together_and_not_in_their_shards(
    pattern: TokenStore, tmp_path: Path
) -> None:
    directory = directory_of(pattern)
    spread(pattern, "FIRST", "TWIN")
    apart = look(directory)
    assert apart.returncode == 0, apart.stderr
    serials = apart.stdout.strip("[]'\n").split("', '")
    assert len(serials) - len(set(serials)) == 1
    (first,) = whole.folders(shards.place(directory, "FIRST") / softhsm.TOKENS)
    together = tmp_path / "together" / softhsm.TOKENS
    for name in ("one", "two"):
        shutil.copytree(first, together / name)
    assert look(tmp_path / "together").returncode == -signal.SIGABRT


def test_one_card_that_cannot_be_read_hides_no_other(pattern: TokenStore) -> None:
    directory = directory_of(pattern)
    spread(pattern, "FIRST", "TORN")
    place = shards.place(directory, "TORN")
    shutil.rmtree(place / softhsm.TOKENS)
    (place / softhsm.TOKENS).write_bytes(b"")
    labels = [token.label for token in pattern.tokens()]
    assert labels.count("FIRST") == 1
    assert kit.AUTHORITY_LABEL in labels


def test_the_pin_of_a_card_in_its_shard_is_changed_and_unlocked_there(pattern: TokenStore) -> None:
    pattern.change_pin("FIRST", kit.PIN, "777777")
    with pattern.session("FIRST", "777777") as session:
        assert len(session.key_ids()) == 1
    pattern.unlock_pin("FIRST", kit.SO_PIN, kit.PIN)
    assert pattern.token("FIRST").pin_set
    with pattern.session("FIRST", kit.PIN) as session:
        assert len(session.key_ids()) == 1


def test_a_card_that_an_older_release_began_is_finished_where_it_lies(
    store: TokenStore, authority: Authority, new_order: Callable[..., ProductionOrder]
) -> None:
    order = new_order()
    store.make_blank(order.card.serial, kit.SO_PIN, kit.PIN)
    produce(store, authority, order)
    assert not shards.holds(directory_of(store), order.card.serial)
    assert softhsm.holds(directory_of(store), order.card.serial)
    with store.browse(order.card.serial) as session:
        assert order.key_id in session.certificates()


def test_a_torn_token_whose_label_nobody_can_read_stands_in_the_way_of_every_new_card(
    pattern: TokenStore, tmp_path: Path
) -> None:
    shutil.copytree(directory_of(pattern), tmp_path / "torn")
    store = kit.make_store(tmp_path / "torn")
    authority = kit.demo_authority(store)
    lost = tmp_path / "torn" / softhsm.TOKENS / "lost"
    lost.mkdir()
    (lost / whole.MAIN).write_bytes(b"")
    with refusing(errors.TokenTorn, match="lost"):
        produce(store, authority, kit.order("NEW", 2**70 + 1))
    (lost / whole.MAIN).unlink()
    produce(store, authority, kit.order("NEW", 2**70 + 1))


def test_a_store_whose_folder_is_away_has_no_old_token(tmp_path: Path) -> None:
    assert not softhsm.holds(tmp_path / "gone", "X")
