"""Sessions that stay logged in, for the office's own keys: one for each token of this process.

A login costs more than a signature, and may cost a try when the PIN is wrong. So the session of
an office key stays open until the library is initialised anew, the process forks or the device
fails. Cards of applicants are never kept open.
"""

from __future__ import annotations

import hmac
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

import pkcs11

from signing.errors import KeyAbsent, PinWrong, SigningError
from signing.tokens import keys, library
from signing.tokens.breaker import FAULTS
from signing.tokens.session import TokenSession

if TYPE_CHECKING:
    from collections.abc import Callable

    from asn1crypto.keys import PublicKeyInfo

    from signing.tokens.breaker import Breaker
    from signing.tokens.pin import Pin
    from signing.x509.certificate import X509Certificate

Answer = TypeVar("Answer")

STALE = (
    pkcs11.SessionHandleInvalid,
    pkcs11.SessionClosed,
    pkcs11.UserNotLoggedIn,
    pkcs11.KeyHandleInvalid,
    pkcs11.ObjectHandleInvalid,
)
"""What a module answers when a session, its login or its handles ended while nobody looked."""

# A PIN is remembered only as this process's own fingerprint of it.
_SECRET = secrets.token_bytes(32)


def _fingerprint(pin: Pin | str) -> bytes:
    return hmac.digest(_SECRET, pin.encode("utf-8"), "sha256")


@dataclass
class _Open:
    """One open session: what it is bound to, whose PIN opened it, and the keys it found."""

    session: pkcs11.Session
    epoch: tuple[int, int]
    pin: Pin | str
    owner: bytes
    keys: dict[bytes, keys.SigningKey] = field(default_factory=dict)


@dataclass(eq=False)
class Seat:
    """One token of this process: its open session, uses in progress, the PIN that it refused.

    Looked at only inside a use of the library, which is a lock.
    """

    source: library.ModuleSource
    label: str
    opened: _Open | None = None
    borrowed: int = 0
    wrong: bytes = b""

    def living(self) -> _Open | None:
        """Give the open session, unless the library was initialised anew since."""
        found = self.opened
        return found if found is not None and found.epoch == library.epoch(self.source) else None

    def close(self, *, own: int = 0) -> None:
        """Log out, unless others than `own` uses are in the middle."""
        if self.borrowed > own:
            return
        found, self.opened = self.living(), None
        if found is not None:
            with suppress(pkcs11.PKCS11Error):
                # A broken session cannot be closed either; what counts is that nobody uses it.
                found.session.close()


# A login belongs to the whole process, whichever store made it (PKCS#11 2.40, 5.6).
_seats: dict[tuple[library.ModuleSource, str], Seat] = {}


def seat(source: library.ModuleSource, label: str) -> Seat:
    """Give the one seat of a token in this process."""
    return _seats.setdefault((source, label), Seat(source, label))


def close(source: library.ModuleSource, label: str) -> None:
    """Log out of a token that this process may have logged in to for longer (inside a use)."""
    found = _seats.get((source, label))
    if found is not None:
        found.close()


class Borrowed:
    """The library and the token's session for this thread, while the block lasts.

    Other threads wait, but are refused at once (DeviceResting) while the breaker is open. A
    class and not a generator, since it stands around every single signature.
    """

    __slots__ = ("_breaker", "_probe", "_session")

    def __init__(self, session: PooledSession, breaker: Breaker) -> None:
        """Begin nothing yet."""
        self._session, self._breaker = session, breaker

    def __enter__(self) -> PooledSession:
        """Hold the library; that it cannot be loaded counts against the device."""
        self._probe = self._breaker.admit()
        place = self._session.place
        try:
            library.acquire(place.source)
        except BaseException as error:
            if isinstance(error, FAULTS):
                self._breaker.failed()
            self._breaker.leave(probe=self._probe)
            raise
        place.borrowed += 1
        return self._session

    def __exit__(self, *_error: object) -> None:
        """Let other threads in; the session stays open."""
        self._session.place.borrowed -= 1
        library.release(self._session.place.source)
        self._breaker.leave(probe=self._probe)


class PooledSession(TokenSession):
    """A session that outlives its use; it reads and signs, and never writes.

    When the module says that it is stale, it is opened anew, once, and the work is repeated,
    once. A PIN that the token refused is never sent again by this process.
    """

    def __init__(
        self,
        place: Seat,
        log_in: Callable[[str, Pin | str], pkcs11.Session],
        pin: Pin | str,
        breaker: Breaker,
    ) -> None:
        """Open nothing yet: the first work does, under the eyes of the breaker."""
        self.label = place.label
        self.place, self._log_in, self._breaker = place, log_in, breaker
        self._pin = self._key_pin = pin

    def certificates(self) -> dict[bytes, X509Certificate]:
        """Give the readable certificates on the token by CKA_ID; CardInUse when two share one."""
        return self._do(super().certificates)

    def held(self) -> list[tuple[bytes, X509Certificate]]:
        """Give each readable certificate once, with its CKA_ID."""
        return self._do(super().held)

    def key_ids(self) -> set[bytes]:
        """Give the CKA_ID of each private key on the token."""
        return self._do(super().key_ids)

    def public_key(self, key_id: bytes) -> PublicKeyInfo:
        """Give the public key with this CKA_ID; KeyAbsent when there is not exactly one."""
        return self._do(super().public_key, key_id)

    def sign(
        self,
        key_id: bytes,
        data: bytes,
        digest: str,
        padding: keys.Padding = keys.Padding.PKCS1,
    ) -> bytes:
        """Sign data with the private key of this CKA_ID; KeyAbsent when not exactly one."""
        return self._do(super().sign, key_id, data, digest, padding)

    def _private_key(self, key_id: bytes) -> keys.SigningKey:
        """Search a key once for each open session: a search costs more than an EC signature."""
        known = self._opened.keys
        if key_id not in known:
            known[key_id] = super()._private_key(key_id)
        return known[key_id]

    def _do(self, work: Callable[..., Answer], *what: object) -> Answer:
        answer: Answer = self._breaker.watch(self._twice, work, what)
        return answer

    def _twice(self, work: Callable[..., Answer], what: tuple[object, ...]) -> Answer:
        """Do the work, once more when the session was only stale."""
        try:
            return self._once(work, what)
        except SigningError as refusal:
            if not isinstance(refusal.__cause__, STALE) and not isinstance(refusal, KeyAbsent):
                raise
        return self._once(work, what)

    def _once(self, work: Callable[..., Answer], what: tuple[object, ...]) -> Answer:
        try:
            self._opened = self._logged_in()
            self._session = self._opened.session
            return work(*what)
        except (*FAULTS, KeyAbsent):
            # SoftHSM shows no keys, and no error, when its folder went away and came back.
            self._start_anew()
            raise

    def _logged_in(self) -> _Open:
        """Give the open session of this owner, opened now if there is none."""
        place = self.place
        found = place.living()
        if found is not None and self._owns(found):
            return found
        owner = _fingerprint(self._pin)
        if hmac.compare_digest(place.wrong, owner):
            raise PinWrong
        place.close(own=1)
        try:
            session = self._log_in(place.label, self._pin)
        except PinWrong:
            place.wrong = owner
            raise
        place.opened = _Open(session, library.epoch(place.source), self._pin, owner)
        return place.opened

    def _owns(self, found: _Open) -> bool:
        """Say whether this session was opened with the PIN that the caller has."""
        if found.pin is self._pin:
            return True
        return hmac.compare_digest(found.owner, _fingerprint(self._pin))

    def _start_anew(self) -> None:
        """Let go of the session, and of all that the module believes to know, if that is ours."""
        self.place.close(own=1)
        with suppress(SigningError):
            library.refresh(self.place.source, own=1)
