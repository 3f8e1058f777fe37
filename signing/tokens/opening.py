"""Opening and closing one session, so that none is left behind in the module."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from signing.errors import PinLastTry, PinLength, PinLocked, PinMustChange, SigningError
from signing.tokens import library
from signing.tokens.translate import PIN_LENGTH, translated

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pkcs11

    from signing.tokens.library import ModuleSource
    from signing.tokens.pin import Pin
    from signing.tokens.present import TokenInfo


def open_session(
    source: ModuleSource,
    token: pkcs11.Token,
    *,
    rw: bool = False,
    user_pin: Pin | str | None = None,
    so_pin: Pin | str | None = None,
) -> pkcs11.Session:
    """Open a session, logged in when a PIN is given; the refusals of the token."""
    try:
        with translated(token.label, writing=rw):
            return token.open(rw=rw, user_pin=user_pin, so_pin=so_pin)
    except SigningError:
        library.spoil(source)
        raise


def _close(source: ModuleSource, session: pkcs11.Session, label: str, *, writing: bool) -> None:
    try:
        with translated(label, writing=writing):
            session.close()
    except SigningError:
        library.spoil(source)
        raise


@contextmanager
def held(
    source: ModuleSource, session: pkcs11.Session, label: str, *, writing: bool = False
) -> Iterator[None]:
    """Close an open session at the end of the block, whatever happens in it."""
    try:
        yield
    except BaseException:
        with suppress(SigningError):
            # What happened inside is what the person is told, not that closing failed as well.
            _close(source, session, label, writing=writing)
        raise
    _close(source, session, label, writing=writing)


def pin_refusal(info: TokenInfo, length: int, *, last_try_accepted: bool) -> SigningError | None:
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
