"""What a provider of registered e-mail tells of a message: its signed evidence, read.

A mail that the provider has signed holds either a report of delivery (RFC 3464) or evidence in XML
(ETSI TS 102 640-2), which names our Message-ID as ``UAMessageIdentifier``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.parsers import expat

from handlers.post.delivery_report import (
    REPORT,
    DeliveryReport,
    ReceiptRefused,
    one_notice,
    read_report,
)
from handlers.post.mime_parts import parts_of, read_part, text_of
from signing.cms.smime import check_signer, open_mail
from signing.errors import ContainerUnusable
from states.cases.notice import TryOutcome

if TYPE_CHECKING:
    from datetime import datetime

    from handlers.kit.post.receipt_sources import KepSigners

SPACE = "http://uri.etsi.org/02640/v2#"
"""The XML namespace of the evidence."""

_XML = frozenset({"application/xml", "text/xml"})
_DEEPEST = 2
"""Levels of parts below the signed one in which the evidence is looked for."""

_ID = "SenderMessageDetails/UAMessageIdentifier"
_EVENT = "EventCode"
_WANTED = frozenset({_ID, _EVENT})

_EVENTS = {
    ("SubmissionAcceptanceRejection", "Rejection"): TryOutcome.REFUSED,
    ("RelayToREMMDAcceptanceRejection", "Rejection"): TryOutcome.REFUSED,
    ("RelayToREMMDFailure", "RelayToREMMDFailure"): TryOutcome.REFUSED,
    ("DeliveryNonDeliveryToRecipient", "Delivery"): TryOutcome.DELIVERED,
    ("DeliveryNonDeliveryToRecipient", "DeliveryExpiration"): TryOutcome.BAD_ADDRESS,
    ("RetrievalNonRetrievalByRecipient", "Retrieval"): TryOutcome.DELIVERED,
}
"""Evidence and event that say something; others (taken, relayed, not yet opened) are no news."""


def is_signed(mail: bytes) -> bool:
    """Say whether a mail is of the form that a provider signs."""
    return read_part(mail).get_content_type() == "multipart/signed"


def read_evidence(mail: bytes, signers: KepSigners, at: datetime) -> DeliveryReport:
    """Return what a signed mail says; ReceiptRefused unless one of ``signers`` has signed it."""
    try:
        signed = open_mail(mail)
        check_signer(signed, signers.certificates, at, signers.allowed)
    except ContainerUnusable as bad:
        raise ReceiptRefused(reason="signature") from bad
    found = _report(signed.content, _DEEPEST)
    if found is None:
        raise ReceiptRefused(reason="no_report")
    return found


def _report(part: bytes, levels: int) -> DeliveryReport | None:
    """Return what the first report or evidence in a part says; None where there is none."""
    kind = read_part(part).get_content_type()
    if kind == REPORT:
        return read_report(part)
    if kind in _XML:
        return _evidence(text_of(part))
    inner = parts_of(part) if levels else []
    return next((one for sub in inner if (one := _report(sub, levels - 1)) is not None), None)


def _evidence(xml: str) -> DeliveryReport | None:
    """Return what evidence says; None for XML that is no evidence. A document type is refused."""
    reader = _EvidenceReader()
    try:
        reader.read(xml)
    except expat.ExpatError as error:
        raise ReceiptRefused(reason="no_report") from error
    if not reader.root:
        return None
    event = reader.values.get(_EVENT, "").strip().rpartition("#")[2]
    named = one_notice([reader.values.get(_ID, "")])
    return DeliveryReport(named, _EVENTS.get((reader.root, event)), event)


class _EvidenceReader:
    """Reads the root and two values of evidence; whatever else stands in it is passed over."""

    def __init__(self) -> None:
        self.root = ""
        self.values: dict[str, str] = {}
        self._path: list[str] = []

    def read(self, xml: str) -> None:
        """Read a document; ExpatError for what is none, ReceiptRefused for one with a type."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartDoctypeDeclHandler = self._refuse_type
        parser.StartElementHandler = self._begin
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.Parse(xml.encode(), True)  # noqa: FBT003 - the library's own signature

    def _refuse_type(self, *_: object) -> None:
        raise ReceiptRefused(reason="no_report")

    def _begin(self, name: str, _: dict[str, str]) -> None:
        space, _blank, local = name.rpartition(" ")
        self._path.append(local if space == SPACE else "")
        if len(self._path) == 1:
            self.root = self._path[0]

    def _end(self, _: str) -> None:
        self._path.pop()

    def _text(self, text: str) -> None:
        place = "/".join(self._path[1:])
        if place in _WANTED:
            self.values[place] = self.values.get(place, "") + text
