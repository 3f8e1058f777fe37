"""A store of tokens, and opening a session on one of them by its label."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from signing.errors import (
    DeviceFailed,
    PinLength,
    PinLocked,
    ReaderAbsent,
    SigningError,
    StoreBusy,
)
from signing.tokens import library, making, pool, shards, softhsm
from signing.tokens.breaker import USUAL, Breaker
from signing.tokens.opening import held, open_session, pin_refusal
from signing.tokens.present import choose, info_of, present, reader_of
from signing.tokens.session import TokenSession
from signing.tokens.translate import PIN_LENGTH, translated
from signing.tokens.twin import twin_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    import pkcs11
    from pkcs11 import _pkcs11

    from signing.tokens.breaker import BreakerLimits
    from signing.tokens.card import BlankCard
    from signing.tokens.pin import Pin
    from signing.tokens.present import CardReader, TokenInfo


@dataclass(frozen=True)
class _Home:
    """Where a token is looked for: what the module reads, and the folder around `tokens`."""

    source: library.ModuleSource
    directory: Path | None


class TokenStore:
    """All tokens of one PKCS#11 module; with `directory`, SoftHSM tokens kept in that folder.

    There the office's own token lies in `tokens`, each card in its shard (signing.tokens.shards).

    `module` None means SoftHSM where the platform keeps it; `directory` None means that the
    module needs no configuration from us (a real card reader). Safe for threads: a session
    holds the module for its thread until it is closed.
    """

    def __init__(
        self,
        directory: Path | None,
        module: Path | None = None,
        *,
        seconds: Callable[[], float] = time.monotonic,
        patience: BreakerLimits = USUAL,
    ) -> None:
        """Find the module and write its configuration; ModuleAbsent, StoreFull.

        `seconds` (a clock that only runs forward) and `patience` are those of the breakers.
        """
        self.directory = directory
        self._seconds, self._patience = seconds, patience
        self._kept: dict[tuple[int, str], tuple[pool.Seat, Breaker]] = {}
        self._source = library.ModuleSource(
            softhsm.find_module(module), softhsm.configure(directory) if directory else None
        )
        self._main = _Home(self._source, directory)

    def _home(self, label: str) -> _Home:
        """Give where the token with this label lies, if there is one."""
        if self.directory is None or not shards.holds(self.directory, label):
            return self._main
        return self._shard(shards.place(self.directory, label))

    def _shard(self, folder: Path) -> _Home:
        twin = twin_of(self._source.module)
        return _Home(library.ModuleSource(twin, softhsm.configure(folder)), folder)

    def readers(self) -> list[CardReader]:
        """List the readers, the empty ones too; ReaderAbsent when there is none."""
        self.refresh()
        with library.use(self._source) as module, translated("?"):
            slots = module.get_slots()
            if not slots:
                raise ReaderAbsent
            return [reader_of(slot) for slot in slots]

    def tokens(self) -> list[TokenInfo]:
        """List the tokens, those that other processes made meanwhile included."""
        found = _present(self._main)
        for folder in shards.folders(self.directory) if self.directory else ():
            # One card that cannot be read hides no other.
            with suppress(SigningError):
                found += _present(self._shard(folder))
        return found

    def refresh(self, *, own: int = 0) -> None:
        """Let the module look anew at its slots, unless this thread has a session open.

        What a killed login has torn is mended first. `own` is how many uses of the library the
        caller themselves has open and gives up.
        """
        _refresh(self._main, own=own)

    def reread(self, label: str) -> None:
        """Let the module forget what it knows of this token, unless a session is open on it."""
        _refresh(self._home(label))

    @contextmanager
    def _module_with(self, home: _Home, label: str, *, own: int = 0) -> Iterator[_pkcs11.lib]:
        """Hold the module; when it does not see the label yet, let it look anew first.

        TokenTorn when it is not seen then either and may be one whose file is cut off.
        """
        if not self._sees(home, label):
            _refresh(home, own=own)
            if home.directory is not None and not self._sees(home, label):
                softhsm.refuse_lost(home.directory, label)
        with library.use(home.source) as module:
            yield module

    def _sees(self, home: _Home, label: str) -> bool:
        """Say whether the module shows the label; one that fails shows nothing.

        SoftHSM fails for every token when the file of one was torn behind its back.
        """
        try:
            with library.use(home.source) as module, translated(label):
                return any(token.label == label for token in present(module))
        except DeviceFailed:
            return False

    def token(self, label: str) -> TokenInfo:
        """Describe the token with this label; TokenAbsent, TokenAmbiguous, ReaderAbsent."""
        with self._module_with(self._home(label), label) as module:
            return info_of(choose(module, label))

    @contextmanager
    def browse(self, label: str) -> Iterator[TokenSession]:
        """Open a session without a PIN: only public objects, such as certificates, show."""
        home = self._home(label)
        with self._module_with(home, label) as module:
            session = open_session(home.source, choose(module, label))
            with held(home.source, session, label):
                yield TokenSession(session, label)

    @contextmanager
    def session(
        self, label: str, pin: Pin | str, *, write: bool = False, last_try_accepted: bool = False
    ) -> Iterator[TokenSession]:
        """Open a session and log in once; the PIN is sent only when the card can take it.

        `last_try_accepted` says that the person was told that one try is left. Raises the PIN
        refusals, TokenAbsent and the others of signing.tokens.translate.
        """
        home = self._home(label)
        with self._module_with(home, label) as module:
            token = self._ready(module, label, pin, last_try_accepted=last_try_accepted)
            pool.close(home.source, label)
            with _login(home, token):
                session = open_session(home.source, token, rw=write, user_pin=pin)
            with held(home.source, session, label, writing=write):
                yield TokenSession(session, label, pin)

    def _ready(
        self, module: _pkcs11.lib, label: str, pin: Pin | str, *, last_try_accepted: bool = False
    ) -> pkcs11.Token:
        """Give the token when the PIN may be sent to it; raises why it may not."""
        token = choose(module, label)
        refusal = pin_refusal(info_of(token), len(pin), last_try_accepted=last_try_accepted)
        if refusal:
            raise refusal
        return token

    def pooled(self, label: str, pin: Pin | str) -> AbstractContextManager[TokenSession]:
        """Give the session of an office key, which stays logged in for this process.

        For reading and signing only. It is opened anew once when it is stale, in the child of a
        fork, and after the library was initialised anew. Raises DeviceResting at once while the
        token's breaker is open, and never sends a PIN again that the token refused.
        """
        # The child of a fork begins with a breaker of its own: this lock may be taken there.
        known = (os.getpid(), label)
        if known not in self._kept:
            breaker = Breaker(label, self._seconds, self._patience)
            self._kept.setdefault(known, (pool.seat(self._home(label).source, label), breaker))
        seat, breaker = self._kept[known]
        return pool.Borrowed(pool.PooledSession(seat, self._stay, pin, breaker), breaker)

    def _stay(self, label: str, pin: Pin | str) -> pkcs11.Session:
        """Open a session that nobody closes here, inside the pool's own use of the library."""
        home = self._home(label)
        with self._module_with(home, label, own=1) as module:
            token = self._ready(module, label, pin)
            with _login(home, token):
                return open_session(home.source, token, user_pin=pin)

    def change_pin(self, label: str, old: Pin | str, new: Pin | str) -> None:
        """Let the holder change their PIN, one that must be changed too; the refusals of a PIN."""
        with self._writable(label, old, new) as (source, token):
            if info_of(token).locked:
                raise PinLocked
            session = open_session(source, token, rw=True, user_pin=old)
            with held(source, session, label, writing=True), translated(label, writing=True):
                session.set_pin(cast("str", old), cast("str", new))

    def unlock_pin(self, label: str, so_pin: Pin | str, new: Pin | str) -> None:
        """Set a new PIN with the PUK (the security officer's PIN), which opens a locked card.

        Raises PinWrong and PinLocked when it is the PUK that is wrong or locked.
        """
        with self._writable(label, so_pin, new) as (source, token):
            session = open_session(source, token, rw=True, so_pin=so_pin)
            with held(source, session, label, writing=True), translated(label, writing=True):
                session.init_pin(cast("str", new))

    @contextmanager
    def _writable(
        self, label: str, *pins: Pin | str
    ) -> Iterator[tuple[library.ModuleSource, pkcs11.Token]]:
        """Hold a token whose PIN is about to be set; nothing is sent that it cannot take."""
        low, high = PIN_LENGTH
        if not all(low <= len(pin) <= high for pin in pins):
            raise PinLength(min=low, max=high)
        home = self._home(label)
        with self._module_with(home, label) as module:
            token = choose(module, label)
            pool.close(home.source, label)
            with _login(home, token):
                yield home.source, token

    def make_blank(
        self,
        label: str,
        so_pin: Pin | str,
        pin: Pin | str,
        fill: Callable[[TokenSession], None] | None = None,
    ) -> None:
        """Make sure that a token of the office with this label exists; a new one gets these PINs.

        For SoftHSM stores only; cards are made by `make_card`. The token is made aside, filled by
        `fill` if that is given, and then moved into the store whole, so a kill leaves either a
        token or none; other processes wait meanwhile, so one label is never made twice. Raises
        TokenTorn when the token may be one whose file is cut off, StoreBusy, StoreFull,
        DeviceFailed.
        """
        directory = self.directory
        if directory is None:
            raise DeviceFailed(support="C_InitToken/directory")
        softhsm.check_room(directory)
        with softhsm.exclusive(directory, "tokens"):
            if label not in {token.label for token in _present(self._main)}:
                softhsm.refuse_lost(directory, label)
                staging = library.ModuleSource(
                    self._source.module, softhsm.clear_staging(directory)
                )
                making.stage(staging, label, so_pin, pin, fill)
                library.refresh(self._source)
                softhsm.publish(directory)
                library.refresh(self._source)

    def alone(self, label: str) -> AbstractContextManager[bool]:
        """Keep everybody else from the card with this label, and say whether it was begun.

        For SoftHSM stores only; raises what signing.tokens.making.alone does, DeviceFailed.
        """
        if self.directory is None:
            raise DeviceFailed(support="produce/directory")
        return making.alone(self.directory, label)

    def make_card(
        self, card: BlankCard, fill: Callable[[TokenSession, Callable[[], None]], None]
    ) -> None:
        """Make a card that was not begun, within `alone`; see signing.tokens.making.make."""
        if self.directory is None:
            raise DeviceFailed(support="C_InitToken/directory")
        making.make(self.directory, self._source.module, card, fill)


def _present(home: _Home) -> list[TokenInfo]:
    """List the tokens there, those that other processes made meanwhile included."""
    _refresh(home)
    with library.use(home.source) as module, translated("?"):
        return [info_of(token) for token in present(module)]


def _refresh(home: _Home, *, own: int = 0) -> None:
    if home.directory is not None:
        softhsm.mend(home.directory)
    try:
        library.refresh(home.source, own=own)
    except StoreBusy:
        # The open session keeps what it knows; a module cannot be restarted under it.
        return


def _login(home: _Home, token: pkcs11.Token) -> AbstractContextManager[None]:
    """Make it safe to log in to this token, or to set its PIN, within the block."""
    if home.directory is None:
        return nullcontext()
    return softhsm.login(home.directory, token.serial.decode("ascii", "replace"))
