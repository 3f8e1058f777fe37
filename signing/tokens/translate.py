"""Which of our refusals each PKCS#11 return code becomes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pkcs11

from signing.errors import (
    CardRemoved,
    DeviceFailed,
    KeyAbsent,
    PinLength,
    PinLocked,
    PinMustChange,
    PinWrong,
    ReaderAbsent,
    SigningError,
    StoreBusy,
    StoreFull,
    TokenAbsent,
    TokenAmbiguous,
    TokenUnknown,
)

if TYPE_CHECKING:
    from types import TracebackType

PIN_LENGTH = (4, 16)

_MEANING: dict[type[pkcs11.PKCS11Error], type[SigningError]] = {
    pkcs11.PinIncorrect: PinWrong,
    pkcs11.PinInvalid: PinWrong,
    pkcs11.PinLenRange: PinLength,
    pkcs11.PinLocked: PinLocked,
    pkcs11.PinExpired: PinMustChange,
    pkcs11.UserPinNotInitialized: PinMustChange,
    pkcs11.SlotIDInvalid: ReaderAbsent,
    pkcs11.TokenNotPresent: TokenAbsent,
    pkcs11.NoSuchToken: TokenAbsent,
    pkcs11.TokenNotRecognised: TokenUnknown,
    pkcs11.MultipleTokensReturned: TokenAmbiguous,
    pkcs11.DeviceRemoved: CardRemoved,
    pkcs11.SessionClosed: CardRemoved,
    pkcs11.SessionHandleInvalid: CardRemoved,
    pkcs11.UserAlreadyLoggedIn: StoreBusy,
    pkcs11.NoSuchKey: KeyAbsent,
    pkcs11.MultipleObjectsReturned: KeyAbsent,
    pkcs11.DeviceMemory: StoreFull,
    pkcs11.TokenWriteProtected: StoreFull,
    pkcs11.SessionReadOnly: StoreFull,
}
# What modules answer when a write does not reach the token (SoftHSM: disk full, folder gone).
_FAILED_WRITE = (
    pkcs11.GeneralError,
    pkcs11.FunctionFailed,
    pkcs11.DeviceError,
    pkcs11.ObjectHandleInvalid,
)


def meaning(error: pkcs11.PKCS11Error, label: str, *, writing: bool = False) -> SigningError:
    """Give the refusal that this return code means for the token with this label."""
    if writing and isinstance(error, _FAILED_WRITE):
        return StoreFull(where=label)
    refusal = _MEANING.get(type(error), DeviceFailed)
    low, high = PIN_LENGTH
    return refusal(label=label, where=label, min=low, max=high, support=type(error).__name__)


class translated:  # noqa: N801 - read as a verb, as contextlib's own are
    """Turn every PKCS#11 error inside the block into our refusal of the same meaning.

    A class, not a generator: it stands around every signature, and costs a third that way.
    """

    __slots__ = ("_label", "_writing")

    def __init__(self, label: str, *, writing: bool = False) -> None:
        """Note which token is spoken to, and whether it is written to."""
        self._label, self._writing = label, writing

    def __enter__(self) -> None:
        """Begin the block."""

    def __exit__(
        self, _kind: object, error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        """Raise our refusal in the place of a PKCS#11 error."""
        if isinstance(error, pkcs11.PKCS11Error):
            raise meaning(error, self._label, writing=self._writing) from error
