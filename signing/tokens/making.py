"""Making a card: its token aside, then into its shard, so that a kill leaves a card or none."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from signing.errors import ShardUnusable, StoreFull
from signing.tokens import library, shards, softhsm, whole
from signing.tokens.opening import held, open_session
from signing.tokens.present import choose
from signing.tokens.session import TokenSession
from signing.tokens.translate import translated
from signing.tokens.twin import twin_of
from signing.tokens.workbench import workbench

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from signing.tokens.card import BlankCard
    from signing.tokens.pin import Pin

DRAFT = "file.draft"


def stage(
    source: library.ModuleSource,
    label: str,
    so_pin: Pin | str,
    pin: Pin | str,
    fill: Callable[[TokenSession], None] | None,
) -> None:
    """Make a token with its PINs where this source looks, and fill it in one session."""
    library.refresh(source)
    with library.use(source) as module, translated(label, writing=True):
        softhsm.initialise(module, label, so_pin.encode())
        token = choose(module, label)
        session = open_session(source, token, rw=True, so_pin=so_pin)
        with held(source, session, label, writing=True):
            session.init_pin(cast("str", pin))
        if fill is not None:
            session = open_session(source, token, rw=True, user_pin=pin)
            with held(source, session, label, writing=True):
                fill(TokenSession(session, label, pin))


@contextmanager
def alone(directory: Path, label: str) -> Iterator[bool]:
    """Keep everybody else from this card meanwhile; say whether it was begun before.

    A card that an older release began is finished where it is, under the lock of that release.
    Raises StoreBusy, StoreFull, TokenTorn, and ShardUnusable for a card whose shard cannot be
    used while the rest of the store can.
    """
    if softhsm.holds(directory, label):
        with softhsm.exclusive(directory, softhsm.PRODUCE):
            yield True
        return
    shards.prepare(directory)
    place = shards.place(directory, label)
    with _locked(directory, place):
        begun = place.is_dir()
        if begun:
            _clear(place)
        yield begun


@contextmanager
def _locked(directory: Path, place: Path) -> Iterator[None]:
    lock = softhsm.exclusive(place.parent, softhsm.PRODUCE)
    try:
        lock.__enter__()
    except StoreFull as fault:
        raise _unusable(directory, place) from fault
    try:
        yield
    finally:
        lock.__exit__(None, None, None)


def _unusable(directory: Path, place: Path) -> StoreFull:
    """Say whether it is this shard that cannot be used, or the whole store."""
    try:
        softhsm.check_room(directory)
    except StoreFull as full:
        return full
    return ShardUnusable(where=str(place.parent))


def make(
    directory: Path,
    module: Path,
    card: BlankCard,
    fill: Callable[[TokenSession, Callable[[], None]], None],
) -> None:
    """Make the card in memory and have it filled; `keep`, which `fill` is given, puts it down.

    What was kept is in the card's shard, whole, whenever the process dies; once it was kept,
    what is new on it is put beside. To be called within `alone`. Raises ShardUnusable,
    StoreFull, StoreBusy, DeviceFailed.
    """
    place = shards.place(directory, card.serial)
    with workbench(directory) as bench:
        source = library.ModuleSource(twin_of(module), softhsm.configure(bench))

        def keep() -> None:
            (made,) = whole.folders(bench / softhsm.TOKENS)
            if place.is_dir():
                _add(made, place / softhsm.TOKENS / made.name)
            else:
                _put(directory, made, place)

        stage(source, card.serial, card.so_pin, card.pin, lambda session: fill(session, keep))


def _put(directory: Path, made: Path, place: Path) -> None:
    """Put the card into its shard, whole or not at all."""
    draft = place.with_name(f".{place.name}")
    try:
        shutil.rmtree(draft, ignore_errors=True)
        token = draft / softhsm.TOKENS / made.name
        token.mkdir(mode=0o700, parents=True)
        for file in _kept(made):
            copy_file(file, token / file.name)
        whole.secure(token)
        softhsm.configure(draft, home=place)
        draft.rename(place)
    except (OSError, StoreFull) as fault:
        raise _unusable(directory, place) from fault


def _add(made: Path, token: Path) -> None:
    """Put the objects that are new on the card into its shard, each whole or not at all."""
    with softhsm.written(token):
        for file in _kept(made):
            if not (token / file.name).exists():
                copy_file(file, token / DRAFT)
                (token / DRAFT).replace(token / file.name)


def _kept(made: Path) -> list[Path]:
    """List the files of a token, but for its locks: the module makes each where it needs it."""
    return [file for file in made.iterdir() if file.suffix != ".lock"]


def copy_file(file: Path, target: Path) -> None:
    """Copy a file, for its owner alone; what is left over of an earlier try is written over."""
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as copy:
        copy.write(file.read_bytes())


def _clear(place: Path) -> None:
    """Remove what a killed process left half copied."""
    for token in whole.folders(place / softhsm.TOKENS):
        with softhsm.written(token):
            (token / DRAFT).unlink(missing_ok=True)
