"""Making a card: in memory, then in its shard, whole or not at all."""

from __future__ import annotations

import errno
import os
import tempfile
import threading
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from fasteners import InterProcessLock

from signing import errors
from signing.authority.production import produce
from signing.tokens import library, making, shards, softhsm, twin, whole, workbench
from signing.tokens.slots import TokenStore
from tests.kit.signing import house as kit
from tests.kit.signing.refusing import refusing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from signing.authority.demo import Authority
    from signing.authority.production import ProductionOrder


def place_of(store: TokenStore, order: ProductionOrder) -> Path:
    assert store.directory is not None
    return shards.place(store.directory, order.card.serial)


def full(*_: object, **__: object) -> object:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture
def shard(
    store: TokenStore, authority: Authority, new_order: Callable[..., ProductionOrder]
) -> Iterator[tuple[ProductionOrder, Path]]:
    """Give an order and the shard of its card, which is put back at the end."""
    del authority
    order = new_order()
    assert store.directory is not None
    shards.prepare(store.directory)
    found = place_of(store, order).parent
    away = found.with_name("away")
    found.rename(away)
    yield order, found
    with suppress(FileNotFoundError):
        found.unlink()
    away.rename(found)


@pytest.mark.parametrize("stand_in", ["nothing", "a file", "a broken link"])
def test_a_shard_that_cannot_be_used_is_a_sentence_and_another_card_is_made_elsewhere(
    stand_in: str,
    shard: tuple[ProductionOrder, Path],
    store: TokenStore,
    authority: Authority,
    new_order: Callable[..., ProductionOrder],
) -> None:
    order, folder = shard
    if stand_in == "a file":
        folder.write_bytes(b"")
    if stand_in == "a broken link":
        folder.symlink_to("/nowhere")
    with refusing(errors.ShardUnusable, match=f"öbür bölümler sağlam: .*{folder.name}"):
        produce(store, authority, order)
    other = new_order()
    while place_of(store, other).parent == folder:
        other = new_order()
    assert produce(store, authority, other).card_serial == other.card.serial


def test_a_store_that_cannot_be_written_at_all_is_told_from_a_shard(
    shard: tuple[ProductionOrder, Path],
    store: TokenStore,
    authority: Authority,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    with pytest.raises(errors.StoreFull) as caught:
        produce(store, authority, shard[0])
    assert (caught.value.code, caught.value.params) == (
        "store_full",
        {"where": str(store.directory)},
    )


@pytest.mark.parametrize("begun", [False, True])
def test_a_shard_that_is_full_leaves_no_half_card_and_the_order_can_be_finished(
    begun: bool,  # noqa: FBT001 - a parameter of the test
    store: TokenStore,
    authority: Authority,
    new_order: Callable[..., ProductionOrder],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order = new_order()
    real = making.copy_file

    def copy_file(file: Path, target: Path) -> None:
        if not begun or target.name == making.DRAFT:  # written beside the key
            full()
        real(file, target)

    with monkeypatch.context() as patch:
        patch.setattr(making, "copy_file", copy_file)
        with pytest.raises(errors.StoreFull) as caught:
            produce(store, authority, order)
    assert isinstance(caught.value, errors.ShardUnusable) is not begun
    assert place_of(store, order).is_dir() is begun
    made = produce(store, authority, order)
    with store.session(order.card.serial, kit.PIN) as session:
        assert session.key_ids() == {order.key_id}
        assert session.certificates()[order.key_id] == made.certificate
    assert not list(place_of(store, order).parent.glob(".*"))


def test_what_a_killed_process_left_half_copied_is_removed(
    store: TokenStore, authority: Authority, new_order: Callable[..., ProductionOrder]
) -> None:
    order = new_order()
    assert store.directory is not None
    shards.prepare(store.directory)
    place = place_of(store, order)
    draft = place.with_name(f".{place.name}")
    (draft / softhsm.TOKENS).mkdir(parents=True)
    produce(store, authority, order)
    assert not draft.exists()
    (token,) = whole.folders(place / softhsm.TOKENS)
    (token / making.DRAFT).write_bytes(b"half")
    produce(store, authority, order)
    assert not (token / making.DRAFT).exists()


def test_cards_are_only_made_in_a_store_of_ours(new_order: Callable[..., ProductionOrder]) -> None:
    reader = TokenStore(None, softhsm.find_module())
    with pytest.raises(errors.DeviceFailed):
        reader.make_card(new_order().card, lambda *_: None)


def test_a_card_is_made_outside_the_store_and_nothing_stays_there(
    store: TokenStore,
    authority: Authority,
    new_order: Callable[..., ProductionOrder],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(workbench, "MEMORY", tmp_path)
    seen: list[int] = []

    def look(step: str) -> None:
        if step == "signature":
            seen.append(len(list(tmp_path.rglob(whole.MAIN))))

    produce(store, authority, new_order(), look)
    assert seen == [1]
    assert list(tmp_path.rglob(whole.MAIN)) == []


@pytest.mark.parametrize("why", ["no memory", "open to others", "a file", "not writable"])
def test_without_a_private_folder_in_memory_cards_are_made_within_the_store(
    why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory, store = tmp_path / "memory", tmp_path / "store"
    store.mkdir()
    if why != "no memory":
        memory.mkdir()
    shared = memory / f"nes-cards-{os.getuid()}"
    if why == "open to others":
        shared.mkdir()
        shared.chmod(0o755)
    if why == "a file":
        shared.write_bytes(b"")
    if why == "not writable":
        monkeypatch.setattr(workbench, "_is_private", lambda _: False)
    monkeypatch.setattr(workbench, "MEMORY", memory)
    with workbench.workbench(store) as bench:
        assert bench.parent.parent == store / workbench.ON_DISK
        assert list(bench.iterdir()) == []
    assert not bench.exists()


def test_a_first_card_clears_what_dead_processes_left_and_nothing_of_the_living(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbench, "MEMORY", tmp_path / "none")
    base = tmp_path / workbench.ON_DISK
    (base / "dead" / "card").mkdir(parents=True)
    (base / "alive").mkdir()
    ready, done = os.pipe()
    child = os.fork()
    if child == 0:
        lock = InterProcessLock(base / "alive" / "alive.lock")
        os.write(done, b"1" if lock.acquire(blocking=False) else b"0")
        signal_wait()
        os._exit(0)
    try:
        assert os.read(ready, 1) == b"1"
        with workbench.workbench(tmp_path):
            assert not (base / "dead").exists()
            assert (base / "alive").is_dir()
    finally:
        os.kill(child, 9)
        os.waitpid(child, 0)
        os.close(ready)
        os.close(done)


def signal_wait() -> None:
    """Wait to be killed."""
    threading.Event().wait()


def test_threads_of_one_process_share_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbench, "MEMORY", tmp_path / "none")
    parents: set[Path] = set()
    waiting = threading.Barrier(4)

    def work() -> None:
        waiting.wait()
        with workbench.workbench(tmp_path) as bench:
            parents.add(bench.parent)
            assert bench.is_dir()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(parents) == 1


def test_a_thread_that_was_slower_takes_the_folder_that_another_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbench, "MEMORY", tmp_path / "none")
    with workbench.workbench(tmp_path) as first:
        mine = first.parent
    key = (os.getpid(), mine.parent)
    other = workbench._own.pop(key)  # noqa: SLF001 - not made yet, as the slower one sees it

    @contextmanager
    def waited(*_: object) -> Iterator[None]:
        workbench._own[key] = other  # noqa: SLF001 - what the faster one did
        yield

    monkeypatch.setattr(workbench, "exclusive", waited)
    with workbench.workbench(tmp_path) as second:
        assert second.parent == mine


def test_a_process_removes_its_folder_when_it_ends_and_never_that_of_its_parent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbench, "MEMORY", tmp_path / "none")
    with workbench.workbench(tmp_path) as bench:
        mine = bench.parent
    alive = workbench._own[os.getpid(), mine.parent][1]  # noqa: SLF001 - as the end finds it
    workbench._leave(os.getpid() + 1, mine, alive)  # noqa: SLF001 - as in the child of a fork
    assert mine.is_dir()
    workbench._leave(os.getpid(), mine, alive)  # noqa: SLF001 - what the end calls
    assert not mine.exists()
    with workbench.workbench(tmp_path) as bench:
        assert bench.parent != mine


def test_a_module_has_one_copy_that_is_loaded_for_itself() -> None:
    module = softhsm.find_module()
    copy = twin.twin_of(module)
    assert copy == twin.twin_of(module) != module
    assert copy.read_bytes() == module.read_bytes()


def test_where_memory_holds_no_files_the_copy_is_a_temporary_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(os, "memfd_create", full)
    monkeypatch.setattr(twin, "_twins", {})
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    copy = twin.twin_of(softhsm.find_module())
    assert copy.parent == tmp_path
    assert copy.read_bytes() == softhsm.find_module().read_bytes()


def test_a_module_that_went_away_has_no_copy(tmp_path: Path) -> None:
    with pytest.raises(errors.ModuleAbsent):
        twin.twin_of(tmp_path / "no.so")


class ToldLock:
    """A lock that tells what is done to it, and is busy at the first tries."""

    def __init__(self, name: str, told: list[str], busy: int = 0) -> None:
        self.name, self.told, self.busy = name, told, busy

    def acquire(self, *, blocking: bool) -> bool:
        assert not blocking
        self.busy -= 1
        self.told.append(f"{self.name} {'refused' if self.busy >= 0 else 'taken'}")
        return self.busy < 0

    def release(self) -> None:
        self.told.append(f"{self.name} given back")

    def __enter__(self) -> None:
        self.told.append(f"{self.name} waited for")

    def __exit__(self, *_: object) -> None:
        """Tell nothing more."""


def test_a_fork_takes_the_locks_of_all_modules_and_holds_none_while_it_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[str] = []
    locks = [ToldLock("office", told), ToldLock("cards", told, busy=1)]
    loaded = [library._Library(lock=cast("Any", lock)) for lock in locks]  # noqa: SLF001 - what is forked
    monkeypatch.setattr(library, "_libraries", {Path(str(n)): one for n, one in enumerate(loaded)})
    library._hold()  # noqa: SLF001 - what a fork calls
    assert told == [
        "office taken", "cards refused", "office given back", "cards waited for",
        "office taken", "cards taken",
    ]  # fmt: skip
    told.clear()
    library._release()  # noqa: SLF001 - what a fork calls
    assert told == ["office given back", "cards given back"]
