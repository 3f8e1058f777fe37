"""What travels with a signature: from the request that hands it in to the row that keeps it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from handlers.kit.payload import MovePayload, given
from signing.cms import pades

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from handlers.kit.context import Context
    from signing.cms.profiles import Profile
    from signing.validation.trust import Revocation
    from signing.validation.validate import Validation
    from workflow.model.context import Payload

LARGEST = pades.ROOM
"""Bytes of a container: what fits into a PDF; a CAdES B-B with its chain has a few thousand."""


@dataclass(frozen=True, slots=True)
class SignedDocument:
    """A signature container (DER) and the SHA-256 (hex) of the frozen document that it is over."""

    container: bytes
    document_sha256: str


@dataclass(frozen=True, slots=True)
class ValidatedSignature:
    """A validation with what it is about.

    It is made outside the row lock where others were asked, else by the check of the move; the
    action that keeps the signature takes the same one. Only our own code makes one: nothing that
    comes over the network turns into it.
    """

    signed: SignedDocument
    validation: Validation

    def serves(self, signed: SignedDocument, now: datetime, fresh: timedelta) -> bool:
        """Say whether it is about these very bytes and at most ``fresh`` old."""
        return self.signed == signed and self.validation.at <= now <= self.validation.at + fresh


@dataclass(frozen=True, slots=True)
class Submission:
    """A signature container on its way into a case: the payload of every move that one carries.

    ``code_id`` and ``secret`` tell the verification code that it came with, ``address`` is where
    the handshake took place and ``profile`` the national profile that the handshake named.
    ``revocation`` is what others gave for it, ``validated`` the validation that was made with it;
    both are None where nobody was asked. ``signature_id`` is the kept signature that waited.
    """

    container: bytes = b""
    code_id: int | None = None
    secret: str = field(default="", repr=False)
    address: str = ""
    profile: Profile | None = None
    revocation: Revocation | None = None
    validated: ValidatedSignature | None = None
    signature_id: int | None = None

    @classmethod
    def of(cls, payload: Payload) -> Submission:
        """Return what a move brings; an empty one where it brings none."""
        return given(payload, "submission", cls) or cls()

    def payload(self) -> Payload:
        """Return the payload of the move that the signature makes."""
        return {"submission": self}


@dataclass(frozen=True, slots=True)
class CodeClaim(MovePayload):
    """That a program has claimed a code; ``secret_hash`` is the keyed hash of the secret it got.

    `handlers.signatures.code.secret_hash` makes it.
    """

    secret_hash: bytes

    @classmethod
    def of(cls, payload: Payload) -> CodeClaim:
        """Return what a move brings; TypeError where it brings no hash."""
        found = given(payload, "secret_hash", bytes)
        if found is None:
            message = "a claim carries secret_hash, made by handlers.signatures.code.secret_hash"
            raise TypeError(message)
        return cls(found)


@dataclass(frozen=True, slots=True)
class SubmissionResult:
    """What came of a submission: the case that it moved, and whether it still waits for a service.

    What is refused has no result: it is raised.
    """

    workflow: str
    case_id: int
    waits: bool


def submission_of(context: Context) -> Submission:
    """Return what was handed in with the move at hand; an empty one where nothing was."""
    return Submission.of(context.payload)
