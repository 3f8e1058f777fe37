"""The tokens that a PKCS#11 module shows, and opening a session on one of them by its label."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import pkcs11
from pkcs11 import TokenFlag

from signing.errors import (
    DeviceFailed,
    PinLastTry,
    PinLength,
    PinLocked,
    PinMustChange,
    ReaderAbsent,
    SigningError,
    StoreBusy,
    TokenAbsent,
    TokenAmbiguous,
    TokenUnknown,
)
from signing.tokens import library, pool, softhsm
from signing.tokens.breaker import USUAL, Breaker
from signing.tokens.session import TokenSession
from signing.tokens.translate import PIN_LENGTH, translated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from pkcs11 import _pkcs11

    from signing.tokens.breaker import BreakerLimits
    from signing.tokens.pin import Pin


@dataclass(frozen=True)
class TokenInfo:
    """What a token says of itself without a PIN: names and the state of its user PIN."""

    label: str
    serial: str
    pin_set: bool
    tries_fewer: bool
    last_try: bool
    locked: bool
    must_change: bool


def _info(token: pkcs11.Token) -> TokenInfo:
    flags = token.flags
    return TokenInfo(
        label=token.label,
        serial=token.serial.decode("ascii", "replace"),
        pin_set=bool(flags & TokenFlag.USER_PIN_INITIALIZED),
        tries_fewer=bool(flags & TokenFlag.USER_PIN_COUNT_LOW),
        last_try=bool(flags & TokenFlag.USER_PIN_FINAL_TRY),
        locked=bool(flags & TokenFlag.USER_PIN_LOCKED),
        must_change=bool(flags & TokenFlag.USER_PIN_TO_BE_CHANGED),
    )


@dataclass(frozen=True)
class CardReader:
    """A reader and what is in it: our kind of card, one that is not (`foreign`), or nothing."""

    name: str
    token: TokenInfo | None = None
    foreign: bool = False


def _reader(slot: pkcs11.Slot) -> CardReader:
    name = slot.slot_description
    try:
        token = slot.get_token()
    except pkcs11.TokenNotPresent:
        return CardReader(name)
    except pkcs11.TokenNotRecognised:
        return CardReader(name, foreign=True)
    ours = bool(token.flags & TokenFlag.TOKEN_INITIALIZED)
    return CardReader(name, _info(token) if ours else None)


def _present(module: _pkcs11.lib) -> list[pkcs11.Token]:
    """List the initialised tokens; ReaderAbsent without slots, TokenUnknown for a foreign card."""
    slots = module.get_slots()
    if not slots:
        raise ReaderAbsent
    tokens, foreign = [], 0
    for slot in slots:
        try:
            token = slot.get_token()
        except pkcs11.TokenNotPresent:
            continue
        except pkcs11.TokenNotRecognised:
            foreign += 1
            continue
        if token.flags & TokenFlag.TOKEN_INITIALIZED:
            tokens.append(token)
    if foreign and not tokens:
        raise TokenUnknown(label="?")
    return tokens


def _choose(module: _pkcs11.lib, label: str) -> pkcs11.Token:
    with translated(label):
        matching = [token for token in _present(module) if token.label == label]
    if not matching:
        raise TokenAbsent(label=label)
    if len(matching) > 1:
        raise TokenAmbiguous(label=label)
    return matching[0]


def _open(
    token: pkcs11.Token,
    *,
    rw: bool = False,
    user_pin: Pin | str | None = None,
    so_pin: Pin | str | None = None,
) -> pkcs11.Session:
    try:
        with translated(token.label, writing=rw):
            return token.open(rw=rw, user_pin=user_pin, so_pin=so_pin)
    except SigningError:
        library.spoil()
        raise


def _close(session: pkcs11.Session, label: str, *, writing: bool) -> None:
    try:
        with translated(label, writing=writing):
            session.close()
    except SigningError:
        library.spoil()
        raise


@contextmanager
def _held(session: pkcs11.Session, label: str, *, writing: bool = False) -> Iterator[None]:
    """Close an open session at the end of the block, whatever happens in it."""
    try:
        yield
    except BaseException:
        with suppress(SigningError):
            # What happened inside is what the person is told, not that closing failed as well.
            _close(session, label, writing=writing)
        raise
    _close(session, label, writing=writing)


def _pin_refusal(info: TokenInfo, length: int, *, last_try_accepted: bool) -> SigningError | None:
    """Say why the PIN is not even sent to the card, since each sent one may cost a try."""
    low, high = PIN_LENGTH
    if info.locked:
        return PinLocked()
    if info.must_change or not info.pin_set:
        return PinMustChange()
    if not low <= length <= high:
        return PinLength(min=low, max=high)
    if info.last_try and not last_try_accepted:
        return PinLastTry()
    return None


class TokenStore:
    """All tokens of one PKCS#11 module; with `directory`, SoftHSM tokens kept in that folder.

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

    def readers(self) -> list[CardReader]:
        """List the readers, the empty ones too; ReaderAbsent when there is none."""
        self.refresh()
        with library.use(self._source) as module, translated("?"):
            slots = module.get_slots()
            if not slots:
                raise ReaderAbsent
            return [_reader(slot) for slot in slots]

    def tokens(self) -> list[TokenInfo]:
        """List the tokens, those that other processes made meanwhile included."""
        self.refresh()
        with library.use(self._source) as module, translated("?"):
            return [_info(token) for token in _present(module)]

    def refresh(self, *, own: int = 0) -> None:
        """Let the module look anew at its slots, unless this thread has a session open.

        What a killed login has torn is mended first. `own` is how many uses of the library the
        caller themselves has open and gives up.
        """
        if self.directory is not None:
            softhsm.mend(self.directory)
        try:
            library.refresh(self._source, own=own)
        except StoreBusy:
            # The open session keeps what it knows; a module cannot be restarted under it.
            return

    @contextmanager
    def _module_with(self, label: str, *, own: int = 0) -> Iterator[_pkcs11.lib]:
        """Hold the module; when it does not see the label yet, let it look anew first.

        TokenTorn when it is not seen then either and may be one whose file is cut off.
        """
        if not self._sees(label):
            self.refresh(own=own)
            if self.directory is not None and not self._sees(label):
                softhsm.refuse_lost(self.directory, label)
        with library.use(self._source) as module:
            yield module

    def _sees(self, label: str) -> bool:
        """Say whether the module shows the label; one that fails shows nothing.

        SoftHSM fails for every token when the file of one was torn behind its back.
        """
        try:
            with library.use(self._source) as module, translated(label):
                return any(token.label == label for token in _present(module))
        except DeviceFailed:
            return False

    def token(self, label: str) -> TokenInfo:
        """Describe the token with this label; TokenAbsent, TokenAmbiguous, ReaderAbsent."""
        with self._module_with(label) as module:
            return _info(_choose(module, label))

    @contextmanager
    def browse(self, label: str) -> Iterator[TokenSession]:
        """Open a session without a PIN: only public objects, such as certificates, show."""
        with self._module_with(label) as module:
            session = _open(_choose(module, label))
            with _held(session, label):
                yield TokenSession(session, label)

    @contextmanager
    def session(
        self, label: str, pin: Pin | str, *, write: bool = False, last_try_accepted: bool = False
    ) -> Iterator[TokenSession]:
        """Open a session and log in once; the PIN is sent only when the card can take it.

        `last_try_accepted` says that the person was told that one try is left. Raises the PIN
        refusals, TokenAbsent and the others of signing.tokens.translate.
        """
        with self._module_with(label) as module:
            token = self._ready(module, label, pin, last_try_accepted=last_try_accepted)
            pool.seat(self._source, label).close()
            with self._login(token):
                session = _open(token, rw=write, user_pin=pin)
            with _held(session, label, writing=write):
                yield TokenSession(session, label, pin)

    def _ready(
        self, module: _pkcs11.lib, label: str, pin: Pin | str, *, last_try_accepted: bool = False
    ) -> pkcs11.Token:
        """Give the token when the PIN may be sent to it; raises why it may not."""
        token = _choose(module, label)
        refusal = _pin_refusal(_info(token), len(pin), last_try_accepted=last_try_accepted)
        if refusal:
            raise refusal
        return token

    def _login(self, token: pkcs11.Token) -> AbstractContextManager[None]:
        """Make it safe to log in to this token, or to set its PIN, within the block."""
        if self.directory is None:
            return nullcontext()
        return softhsm.login(self.directory, token.serial.decode("ascii", "replace"))

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
            self._kept.setdefault(known, (pool.seat(self._source, label), breaker))
        seat, breaker = self._kept[known]
        return pool.Borrowed(pool.PooledSession(seat, self._stay, pin, breaker), breaker)

    def _stay(self, label: str, pin: Pin | str) -> pkcs11.Session:
        """Open a session that nobody closes here, inside the pool's own use of the library."""
        with self._module_with(label, own=1) as module:
            token = self._ready(module, label, pin)
            with self._login(token):
                return _open(token, user_pin=pin)

    def change_pin(self, label: str, old: Pin | str, new: Pin | str) -> None:
        """Let the holder change their PIN, one that must be changed too; the refusals of a PIN."""
        with self._writable(label, old, new) as token:
            if _info(token).locked:
                raise PinLocked
            session = _open(token, rw=True, user_pin=old)
            with _held(session, label, writing=True), translated(label, writing=True):
                session.set_pin(cast("str", old), cast("str", new))

    def unlock_pin(self, label: str, so_pin: Pin | str, new: Pin | str) -> None:
        """Set a new PIN with the PUK (the security officer's PIN), which opens a locked card.

        Raises PinWrong and PinLocked when it is the PUK that is wrong or locked.
        """
        with self._writable(label, so_pin, new) as token:
            session = _open(token, rw=True, so_pin=so_pin)
            with _held(session, label, writing=True), translated(label, writing=True):
                session.init_pin(cast("str", new))

    @contextmanager
    def _writable(self, label: str, *pins: Pin | str) -> Iterator[pkcs11.Token]:
        """Hold a token whose PIN is about to be set; nothing is sent that it cannot take."""
        low, high = PIN_LENGTH
        if not all(low <= len(pin) <= high for pin in pins):
            raise PinLength(min=low, max=high)
        with self._module_with(label) as module:
            token = _choose(module, label)
            pool.seat(self._source, label).close()
            with self._login(token):
                yield token

    def make_blank(
        self,
        label: str,
        so_pin: Pin | str,
        pin: Pin | str,
        fill: Callable[[TokenSession], None] | None = None,
    ) -> None:
        """Make sure that a token with this label exists; a new one gets these PINs.

        For SoftHSM stores only. The token is made aside, filled by `fill` if that is given, and
        then moved into the store whole, so a kill leaves either a card or none; other processes
        wait meanwhile, so one label is never made twice. Raises TokenTorn when the token may be
        one whose file is cut off, StoreBusy, StoreFull, DeviceFailed.
        """
        directory = self.directory
        if directory is None:
            raise DeviceFailed(support="C_InitToken/directory")
        softhsm.check_room(directory)
        with softhsm.exclusive(directory, "tokens"):
            if label not in {token.label for token in self.tokens()}:
                softhsm.refuse_lost(directory, label)
                staging = library.ModuleSource(
                    self._source.module, softhsm.clear_staging(directory)
                )
                _stage(staging, label, so_pin, pin, fill)
                library.refresh(self._source)
                softhsm.publish(directory)
                library.refresh(self._source)


def _stage(
    staging: library.ModuleSource,
    label: str,
    so_pin: Pin | str,
    pin: Pin | str,
    fill: Callable[[TokenSession], None] | None,
) -> None:
    library.refresh(staging)
    with library.use(staging) as module, translated(label, writing=True):
        softhsm.initialise(module, label, so_pin.encode())
        token = _choose(module, label)
        session = _open(token, rw=True, so_pin=so_pin)
        with _held(session, label, writing=True):
            session.init_pin(cast("str", pin))
        if fill is not None:
            session = _open(token, rw=True, user_pin=pin)
            with _held(session, label, writing=True):
                fill(TokenSession(session, label))
