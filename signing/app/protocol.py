"""The messages between nes-imza and the server, read strictly: nothing missing, nothing odd.

POST /api/imza/claim takes ClaimRequest and answers Claim; POST /api/imza/result takes
ResultRequest and answers Accepted; every refusal is application/problem+json (RFC 9457).
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from signing.app.content import LINE_CONTROLS, MediaType, readable, signable
from signing.app.errors import (
    AnswerMalformed,
    CodeMalformed,
    FingerprintDiffers,
    PurposeDiffers,
    PurposeUnknown,
)
from signing.app.purpose import SignaturePurpose, lets_in_at, serial_named, written_for
from signing.cms.profiles import Profile
from signing.fingerprint import short_fingerprint
from signing.tokens.pin import Pin

if TYPE_CHECKING:
    from datetime import timedelta

CLAIM_PATH = "/api/imza/claim"
RESULT_PATH = "/api/imza/result"
VERSION_HEADER = "NES-Imza-Protocol"
"""Says in a request which messages the program knows; one that leaves it out knows those of 3."""

VERSION = 6
"""Raised whenever a message changes: 2 whole documents, 3 the profile, 4 and 5 a new purpose.

6 changes no message: the program tells from the document itself what it is for, and the signature
says which purpose and address it was asked for.
"""

CODE_DIGITS = 15
GROUPING = str.maketrans("", "", " -\u00a0\t\n")

Fields = Mapping[str, object]
Kind = TypeVar("Kind", bound=StrEnum)


def _fields(answer: object) -> Fields:
    if not isinstance(answer, dict):
        raise AnswerMalformed(field="JSON")
    return answer


def _shown(fields: Fields, name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not readable(value):
        raise AnswerMalformed(field=name)
    return value


def _text(fields: Fields, name: str) -> str:
    value = _shown(fields, name)
    if not value:
        raise AnswerMalformed(field=name)
    return value


def _line(fields: Fields, name: str) -> str:
    value = _text(fields, name)
    if not LINE_CONTROLS.isdisjoint(value):
        raise AnswerMalformed(field=name)
    return value


def _person(fields: Fields, name: str) -> str:
    """Read who is to sign; a sign-in asks for just that, so it names nobody."""
    if fields["purpose"] != SignaturePurpose.SIGN_IN:
        return _line(fields, name)
    if fields.get(name) != "":
        raise AnswerMalformed(field=name)
    return ""


def _time(fields: Fields, name: str) -> datetime:
    try:
        value = datetime.fromisoformat(_line(fields, name))
    except ValueError as error:
        raise AnswerMalformed(field=name) from error
    if value.tzinfo is None:
        raise AnswerMalformed(field=name)
    return value


def _one_of(kind: type[Kind], fields: Fields, name: str) -> Kind:
    try:
        return kind(_line(fields, name))
    except ValueError as error:
        raise AnswerMalformed(field=name) from error


def _bytes(fields: Fields, name: str) -> bytes:
    try:
        return base64.b64decode(_line(fields, name), validate=True)
    except ValueError as error:
        raise AnswerMalformed(field=name) from error


def _purpose(fields: Fields) -> SignaturePurpose:
    """Tell a purpose of a later server apart from an answer that makes no sense."""
    name = _line(fields, "purpose")
    try:
        return SignaturePurpose(name)
    except ValueError as error:
        raise PurposeUnknown(field="purpose") from error


def _unlock(fields: Fields, purpose: SignaturePurpose) -> tuple[str | None, Pin | None]:
    """Read the card and its secret, which stand in the answer for a PIN and in no other."""
    if purpose is SignaturePurpose.PIN:
        return _line(fields, "card"), Pin(_line(fields, "unlock_secret"))
    for name in ("card", "unlock_secret"):
        if name in fields:
            raise AnswerMalformed(field=name)
    return None, None


@dataclass(frozen=True)
class ClaimRequest:
    """The verification code, as 15 digits; read from what a person pasted by `parse`."""

    code: str

    @classmethod
    def parse(cls, pasted: str) -> ClaimRequest:
        """Take the code, groups and hyphens allowed; CodeMalformed when it is not 15 digits."""
        code = pasted.translate(GROUPING)
        if len(code) != CODE_DIGITS or not (code.isascii() and code.isdecimal()):
            raise CodeMalformed
        return cls(code)

    def body(self) -> dict[str, str]:
        """Give the JSON object to send."""
        return {"code": self.code}


@dataclass(frozen=True)
class Claim:
    """What is to be signed and for whom; `secret` replaces the code from here on.

    What is signed is computed here, from `document`, and never taken from the server: the bytes
    of a plain text, or the byte range of a prepared PDF; `digest` (SHA-256, hex) and
    `fingerprint` must be of these bytes. `text` is the same words for reading: a plain text
    word for word, a PDF's own text or nothing. `profile` is the national one that the signature
    has to name. Times are aware; how long is left is the
    difference of the server's own two times, so the local clock plays no part. For the purpose
    `pin` alone, `card` is the serial number of the card whose PIN is to be set and
    `unlock_secret` what sets it: it goes to that card only, is never shown, and `forget` wipes it.
    For `sign_in` alone, `person` and `tckn_masked` are empty: whoever holds a card may sign.
    """

    secret: str
    origin: str
    purpose: SignaturePurpose
    purpose_title: str
    person: str
    tckn_masked: str
    text: str
    media_type: MediaType
    document: bytes
    digest: str
    fingerprint: str
    profile: Profile
    created_at: datetime
    expires_at: datetime
    server_time: datetime
    card: str | None = None
    unlock_secret: Pin | None = field(default=None, repr=False)

    @classmethod
    def parse(cls, answer: object) -> Claim:
        """Read the answer; AnswerMalformed names the field, FingerprintDiffers for another text.

        PurposeDiffers when the document was not written for the purpose that the server names.
        """
        fields = _fields(answer)
        purpose = _purpose(fields)
        card, unlock_secret = _unlock(fields, purpose)
        claim = cls(
            secret=_line(fields, "secret"),
            origin=_line(fields, "origin"),
            purpose=purpose,
            purpose_title=_line(fields, "purpose_title"),
            person=_person(fields, "person"),
            tckn_masked=_person(fields, "tckn_masked"),
            text=_shown(fields, "text"),
            media_type=_one_of(MediaType, fields, "media_type"),
            document=_bytes(fields, "document"),
            digest=_line(fields, "digest"),
            fingerprint=_line(fields, "fingerprint"),
            profile=_one_of(Profile, fields, "profile"),
            created_at=_time(fields, "created_at"),
            expires_at=_time(fields, "expires_at"),
            server_time=_time(fields, "server_time"),
            card=card,
            unlock_secret=unlock_secret,
        )
        claim._compare()
        return claim

    def _compare(self) -> None:
        """Refuse a document that is not the one whose digest and words the server shows."""
        content = self.content
        same = (
            self.digest == hashlib.sha256(content).hexdigest()
            and self.fingerprint == short_fingerprint(content)
            and (self.media_type is MediaType.PDF or self.text.encode() == self.document)
        )
        if not same:
            raise FingerprintDiffers
        if written_for(self.media_type, self.document) is not self.purpose:
            raise PurposeDiffers

    @cached_property
    def content(self) -> bytes:
        """Give the bytes to be signed; AnswerMalformed when the document is not of its type."""
        return signable(self.media_type, self.document)

    @property
    def serial_number(self) -> int | None:
        """Give the serial number of the certificate that a text is about; None without one."""
        return None if self.media_type is MediaType.PDF else serial_named(self.document)

    def lets_in_at(self, url: str) -> bool:
        """Say whether the text asks for a sign-in at an address and at no other."""
        return lets_in_at(self.document, url)

    def forget(self) -> None:
        """Wipe the unlock secret, whose work is done or will not be done."""
        if self.unlock_secret is not None:
            self.unlock_secret.clear()

    @property
    def left(self) -> timedelta:
        """Say how long the claim was good for when the server answered."""
        return self.expires_at - self.server_time


@dataclass(frozen=True)
class ResultRequest:
    """The signature container (DER CMS) with the secret of the claim."""

    secret: str
    container: bytes

    def body(self) -> dict[str, str]:
        """Give the JSON object to send."""
        return {"secret": self.secret, "container": base64.b64encode(self.container).decode()}

    @classmethod
    def parse(cls, request: object) -> ResultRequest:
        """Read a request on the server's side; AnswerMalformed names the field."""
        fields = _fields(request)
        return cls(_line(fields, "secret"), _bytes(fields, "container"))


@dataclass(frozen=True)
class Accepted:
    """The server took the signature: the reference of the operation and a title in Turkish."""

    reference: str
    title: str

    @classmethod
    def parse(cls, answer: object) -> Accepted:
        """Read the answer; AnswerMalformed unless it says that the signature was accepted."""
        fields = _fields(answer)
        if fields.get("result") != "accepted":
            raise AnswerMalformed(field="result")
        return cls(_line(fields, "reference"), _line(fields, "title"))


@dataclass(frozen=True)
class ServerProblem:
    """A refusal in the form of RFC 9457, with our own stable `code`."""

    status: int
    code: str
    title: str
    detail: str

    @classmethod
    def parse(cls, answer: object, status: int) -> ServerProblem:
        """Read the answer; `status` is that of the HTTP response, whatever the body says."""
        fields = _fields(answer)
        names = ("code", "title", "detail")
        return cls(status, *(_line(fields, name) for name in names))
