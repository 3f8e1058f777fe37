"""The holder's work on his PIN: changing it, and opening a locked card with the PUK."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signing.app.errors import PukLocked, PukWrong
from signing.errors import PinLocked, PinWrong

if TYPE_CHECKING:
    from signing.pin import Pin
    from signing.tokens import TokenStore


def change(store: TokenStore, label: str, old: Pin, new: Pin) -> None:
    """Change the PIN; both are cleared whatever happens. Raises the refusals of a PIN."""
    try:
        store.change_pin(label, old, new)
    finally:
        old.clear()
        new.clear()


def unlock(store: TokenStore, label: str, puk: Pin, new: Pin) -> None:
    """Set a new PIN with the PUK; both are cleared. PukWrong and PukLocked tell of the PUK."""
    try:
        store.unlock_pin(label, puk, new)
    except PinWrong as error:
        raise PukWrong from error
    except PinLocked as error:
        raise PukLocked from error
    finally:
        puk.clear()
        new.clear()
