"""The holder's work on their PIN: changing it, opening a locked card, making one of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signing.app import flow
from signing.app.errors import (
    CardAbsent,
    OtherCard,
    PinsDiffer,
    PinUnproved,
    PukLocked,
    PukWrong,
    SecretRefused,
    TimeUp,
)
from signing.app.words.refusals import tell
from signing.errors import PinLength, PinLocked, PinWrong, SigningError, TokenUnknown
from signing.tokens.pin import Pin
from signing.tokens.translate import PIN_LENGTH

if TYPE_CHECKING:
    from collections.abc import Callable

    from signing.app.protocol import Claim
    from signing.tokens.slots import TokenStore


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


def agreed(new: Pin, repeat: Pin) -> Pin:
    """Give a new PIN that was entered twice the same; PinsDiffer, PinLength. The rest is cleared.

    Nothing has been sent to the card by then.
    """
    low, high = PIN_LENGTH
    same, fits = new.encode() == repeat.encode(), low <= len(new) <= high
    repeat.clear()
    if same and fits:
        return new
    new.clear()
    raise PinLength(min=low, max=high) if same else PinsDiffer()


def find(store: TokenStore, claim: Claim) -> flow.CardCertificate:
    """Find the card of a claim by its serial number, whatever the state of its PIN.

    CardAbsent without any card, OtherCard with others only, WrongHolder and CertificateUnusable
    for one that cannot prove the PIN afterwards. No PIN and no secret is sent.
    """
    tokens = store.tokens()
    if not tokens:
        raise CardAbsent
    own = [token for token in tokens if claim.card in {token.label, token.serial}]
    if not own:
        raise OtherCard(card=claim.card or "?")
    found = flow.on_card(store, own[0])
    if not found:
        raise TokenUnknown(label=own[0].label)
    return flow.choices(found, claim)[0].held


def make(
    store: TokenStore,
    held: flow.CardCertificate,
    order: flow.Order,
    new: Pin,
    elapsed: Callable[[], float],
) -> bytes:
    """Set a new PIN with the secret of the claim and prove it by a signature: the container.

    The PIN is cleared whatever happens, the secret once the card has signed. TimeUp, OtherCard
    and SecretRefused leave the PIN as it was; PinUnproved says that it is set and the signature
    missing, after which all of this can be done again.
    """
    try:
        _set(store, held, order, new, elapsed)
        container = _prove(store, held, order, new, elapsed)
    finally:
        new.clear()
    order.claim.forget()
    return container


def _set(
    store: TokenStore,
    held: flow.CardCertificate,
    order: flow.Order,
    new: Pin,
    elapsed: Callable[[], float],
) -> None:
    """Set the PIN; the card in the reader is looked at once more before the secret is sent."""
    # A copy of its own: closing the window wipes the claim's while the card works.
    secret = Pin(_text(order.claim.unlock_secret))
    try:
        if not len(secret) or not order.left(elapsed()):
            raise TimeUp
        find(store, order.claim)
        store.unlock_pin(held.token.label, secret, new)
    except (PinWrong, PinLocked) as error:
        raise SecretRefused from error
    finally:
        secret.clear()


def _prove(
    store: TokenStore,
    held: flow.CardCertificate,
    order: flow.Order,
    new: Pin,
    elapsed: Callable[[], float],
) -> bytes:
    try:
        return flow.sign(store, held, order, new, elapsed)
    except SigningError as error:
        told = tell(error)
        raise PinUnproved(reason=f"{told.title}: {told.text}") from error


def _text(secret: Pin | None) -> str:
    return "" if secret is None else secret.encode().decode()
