"""The messages between a station and an office, read strictly by both.

POST /api/station/claim, certify, result, skip and fail take and answer one JSON object each; every
refusal is application/problem+json (RFC 9457). A station says who it is by a bearer secret
(RFC 6750) and what time it has by TIME_HEADER.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from signing.app.errors import AnswerMalformed
from signing.authority.production import ProductionOrder
from signing.errors import CertificateUnusable
from signing.tokens.card import BlankCard
from signing.tokens.keys import KeyKind
from signing.x509.builder import CertificateRequest, CertificateSubject
from signing.x509.certificate import X509Certificate, read

CLAIM_PATH = "/api/station/claim"
CERTIFY_PATH = "/api/station/certify"
RESULT_PATH = "/api/station/result"
SKIP_PATH = "/api/station/skip"
FAIL_PATH = "/api/station/fail"
TIME_HEADER = "Nes-Station-Time"
"""The station's time in a request (RFC 3339, with its zone)."""

MOST_SET_ASIDE = 200
"""How many orders a station may set aside in one claim."""

Fields = Mapping[str, object]


def text_of(fields: Fields, name: str, *, empty: bool = False) -> str:
    """Read a text; AnswerMalformed where it is missing, empty without leave, or no text."""
    value = _written(fields.get(name), name)
    if not (value or empty):
        raise AnswerMalformed(field=name)
    return value


def _written(value: object, name: str) -> str:
    """Return what is a text that can be kept: without NUL and without half a surrogate pair."""
    if not isinstance(value, str) or "\0" in value:
        raise AnswerMalformed(field=name)
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise AnswerMalformed(field=name) from error
    return value


def bytes_of(fields: Fields, name: str) -> bytes:
    """Read bytes in base64."""
    try:
        return base64.b64decode(text_of(fields, name), validate=True)
    except ValueError as error:
        raise AnswerMalformed(field=name) from error


def texts_of(fields: Fields, name: str) -> tuple[str, ...]:
    """Read a list of texts."""
    found = fields.get(name)
    if not isinstance(found, list):
        raise AnswerMalformed(field=name)
    return tuple(_written(one, name) for one in found)


def truth_of(fields: Fields, name: str) -> bool:
    """Read a truth value."""
    value = fields.get(name)
    if not isinstance(value, bool):
        raise AnswerMalformed(field=name)
    return value


def object_of(found: object, name: str = "JSON") -> Fields:
    """Read a JSON object."""
    if not isinstance(found, dict):
        raise AnswerMalformed(field=name)
    return found


def _moment(fields: Fields, name: str) -> datetime:
    try:
        value = datetime.fromisoformat(text_of(fields, name))
    except ValueError as error:
        raise AnswerMalformed(field=name) from error
    if value.tzinfo is None:
        raise AnswerMalformed(field=name)
    return value


def _day(fields: Fields, name: str) -> date:
    try:
        return date.fromisoformat(text_of(fields, name))
    except ValueError as error:
        raise AnswerMalformed(field=name) from error


@dataclass(frozen=True)
class CardPlace:
    """Which blank is to be inserted; all "" where the office keeps no stock."""

    box: str = ""
    number: str = ""
    maker: str = ""

    def body(self) -> dict[str, str]:
        """Give it as JSON takes it."""
        return {"box": self.box, "number": self.number, "maker": self.maker}

    @classmethod
    def parse(cls, fields: Fields) -> CardPlace:
        """Read it."""
        return cls(*(text_of(fields, name, empty=True) for name in ("box", "number", "maker")))


@dataclass(frozen=True)
class OrderSheet:
    """An order as an office gives it: what is to be made, on which card, and how urgent it is.

    ``begun`` says that a certificate was made for it before, so that one card has its key.
    ``issuing`` is the certificate of the authority, which goes onto the card too.
    """

    order: ProductionOrder = field(repr=False)
    reference: str
    place: CardPlace
    due: date
    begun: bool
    issuing: X509Certificate = field(repr=False)

    @property
    def label(self) -> str:
        """The label of the card's token, by which the office knows the order."""
        return self.order.card.serial

    def body(self) -> dict[str, object]:
        """Give it as JSON takes it."""
        card, request = self.order.card, self.order.request
        return {
            "order": card.serial,
            "so_pin": str(card.so_pin),
            "pin": str(card.pin),
            "kind": self.order.kind.value,
            "reference": self.reference,
            "place": self.place.body(),
            "due": self.due.isoformat(),
            "begun": self.begun,
            "issuing": base64.b64encode(self.issuing.der).decode(),
            "request": _request_body(request),
        }

    @classmethod
    def parse(cls, found: object) -> OrderSheet:
        """Read an order; AnswerMalformed for anything else."""
        fields = object_of(found, "order")
        card = BlankCard(*(text_of(fields, name) for name in ("order", "so_pin", "pin")))
        request = _request_of(object_of(fields.get("request"), "request"))
        try:
            kind = KeyKind(text_of(fields, "kind"))
            issuing = read(bytes_of(fields, "issuing"))
        except (ValueError, CertificateUnusable) as error:
            raise AnswerMalformed(field="kind/issuing") from error
        return cls(
            ProductionOrder(card, request, kind),
            text_of(fields, "reference"),
            CardPlace.parse(object_of(fields.get("place"), "place")),
            _day(fields, "due"),
            truth_of(fields, "begun"),
            issuing,
        )


def _request_body(request: CertificateRequest) -> dict[str, object]:
    subject = request.subject
    return {
        "common_name": subject.common_name,
        "tckn": subject.tckn,
        "given_name": subject.given_name,
        "surname": subject.surname,
        "serial_number": f"{request.serial_number:x}",
        "not_before": request.not_before.isoformat(),
        "not_after": request.not_after.isoformat(),
        "crl_urls": list(request.crl_urls),
        "ocsp_urls": list(request.ocsp_urls),
        "issuer_urls": list(request.issuer_urls),
    }


def _request_of(fields: Fields) -> CertificateRequest:
    names = (text_of(fields, name) for name in ("common_name", "tckn"))
    rest = (text_of(fields, name, empty=True) for name in ("given_name", "surname"))
    try:
        serial_number = int(text_of(fields, "serial_number"), 16)
    except ValueError as error:
        raise AnswerMalformed(field="serial_number") from error
    return CertificateRequest(
        CertificateSubject(*names, *rest),
        serial_number,
        _moment(fields, "not_before"),
        _moment(fields, "not_after"),
        crl_urls=texts_of(fields, "crl_urls"),
        ocsp_urls=texts_of(fields, "ocsp_urls"),
        issuer_urls=texts_of(fields, "issuer_urls"),
    )


@dataclass(frozen=True)
class ClaimAnswer:
    """What a claim is answered with: an order, or none; ``waiting`` counts those still to make."""

    sheet: OrderSheet | None
    waiting: int

    def body(self) -> dict[str, object]:
        """Give it as JSON takes it."""
        sheet = None if self.sheet is None else self.sheet.body()
        return {"order": sheet, "waiting": self.waiting}

    @classmethod
    def parse(cls, found: object) -> ClaimAnswer:
        """Read it."""
        fields = object_of(found)
        waiting = fields.get("waiting")
        if not isinstance(waiting, int):
            raise AnswerMalformed(field="waiting")
        order = fields.get("order")
        return cls(None if order is None else OrderSheet.parse(order), waiting)


@dataclass(frozen=True)
class FailAnswer:
    """What became of a card that failed: production stopped, or another card was ordered."""

    stopped: bool
    ordered_again: bool
    why_not: str

    def body(self) -> dict[str, object]:
        """Give it as JSON takes it."""
        return {
            "stopped": self.stopped, "ordered_again": self.ordered_again, "why_not": self.why_not,
        }  # fmt: skip

    @classmethod
    def parse(cls, found: object) -> FailAnswer:
        """Read it."""
        fields = object_of(found)
        why_not = text_of(fields, "why_not", empty=True)
        return cls(truth_of(fields, "stopped"), truth_of(fields, "ordered_again"), why_not)
