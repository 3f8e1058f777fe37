"""Every refusal of the signing room: one hierarchy of codes with parameters.

Nothing here speaks to people: what a code says stands in `signing.app.words.refusals`.
"""

from __future__ import annotations

from functools import partial
from typing import ClassVar


class SigningError(Exception):
    """A refusal of the signing room.

    `code` is stable for machines, `params` say more; `reason` among them is a code of its own or
    the words of another program. `wording` names the sentence where that is another one than the
    code's; `again` says whether trying again can help.
    """

    code: ClassVar[str] = "signing_error"
    wording: ClassVar[str] = ""
    again: ClassVar[bool] = True

    def __init__(self, **params: str | int) -> None:
        """Keep the parameters; none of them may be a PIN or a TCKN."""
        self.params: dict[str, str | int] = params
        told = ", ".join(f"{name}={value}" for name, value in params.items())
        super().__init__(f"{self.code}: {told}" if told else self.code)

    def __reduce__(self) -> tuple[object, ...]:
        """Let an error cross from one process to another with its parameters."""
        return partial(type(self), **self.params), ()


class ModuleAbsent(SigningError):
    """The PKCS#11 module is not at the given path or cannot be loaded; params: module."""

    code = "module_absent"
    again = False


class ReaderAbsent(SigningError):
    """The module reports no slot at all."""

    code = "reader_absent"


class TokenAbsent(SigningError):
    """No token, or none with the wanted label; params: label."""

    code = "token_absent"


class TokenUnknown(SigningError):
    """The token is not a card of ours: not recognised, or without a certificate; params: label."""

    code = "token_unknown"


class TokenTorn(SigningError):
    """A token's main file is cut off and no copy is there to put it back from; params: folder."""

    code = "token_torn"
    again = False


class TokenAmbiguous(SigningError):
    """Two tokens carry the same label, so neither may be chosen; params: label."""

    code = "token_ambiguous"


class PinLength(SigningError):
    """The PIN is shorter or longer than the card takes, so it was not sent; params: min, max."""

    code = "pin_length"


class PinWrong(SigningError):
    """The card refused the PIN and counted a try."""

    code = "pin_wrong"


class PinLastTry(SigningError):
    """One try is left and the caller did not say that the person was told."""

    code = "pin_last_try"


class PinLocked(SigningError):
    """The card refuses every PIN until it is unlocked."""

    code = "pin_locked"
    again = False


class PinMustChange(SigningError):
    """The PIN has expired or was never set by the holder."""

    code = "pin_must_change"
    again = False


class CardRemoved(SigningError):
    """The card left the reader in the middle of an operation."""

    code = "card_removed"


class DeviceFailed(SigningError):
    """The module answered with an error that a person cannot mend; params: support."""

    code = "device_error"


class DeviceResting(SigningError):
    """The device failed several times, so it is left alone for a while; params: label, seconds."""

    code = "device_resting"


class StoreFull(SigningError):
    """The token or its store cannot be written (full, read-only, not a folder); params: where."""

    code = "store_full"


class ShardUnusable(StoreFull):
    """The shard of this card cannot be written, the rest of the store can; params: where."""

    code = "shard_unusable"
    again = False


class StoreBusy(SigningError):
    """A session is open or another process is producing, so the store cannot be switched."""

    code = "store_busy"


class WrongHolder(SigningError):
    """The certificate on the card belongs to another person."""

    code = "wrong_holder"


class CertificateUnusable(SigningError):
    """The certificate may not be used for this signature; params: reason."""

    code = "certificate_unusable"
    again = False


class KeyAbsent(SigningError):
    """The card has no private key with the CKA_ID of the certificate; params: label."""

    code = "key_absent"
    again = False


class CardInUse(SigningError):
    """A card meant for one production order already carries something else; params: label."""

    code = "card_in_use"
    again = False


class RequestInvalid(SigningError):
    """A certificate was asked for with unusable fields; params: field, reason."""

    code = "request_invalid"
    again = False


class CertificateMismatch(SigningError):
    """The produced certificate, read back, differs from what was ordered; params: fields."""

    code = "certificate_mismatch"
    again = False


class DocumentUnusable(SigningError):
    """A PDF cannot be signed or is not what was signed; params: reason."""

    code = "document_unusable"
    again = False


class OnlineUnavailable(SigningError):
    """A time-stamp, CRL or OCSP service gave no usable answer; params: where, reason."""

    code = "online_unavailable"


class OnlineAnswerWrong(OnlineUnavailable):
    """A service answered something else than it was asked; params: where, reason."""

    code = "online_answer_wrong"


class TrustUnusable(SigningError):
    """A file of trusted certificates cannot be used; params: path, reason."""

    code = "trust_unusable"
    again = False


class ContainerUnusable(SigningError):
    """A container or token cannot be augmented to a higher level; params: reason."""

    code = "container_unusable"
    again = False


class IssuerAway(OnlineUnavailable):
    """The certificate authority gave no usable answer: wait; params: where, reason."""

    code = "issuer_away"


class IssuerRefused(SigningError):
    """The certificate authority refused this very request; params: reason (its own words)."""

    code = "issuer_refused"
    again = False
