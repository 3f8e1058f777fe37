"""PDF signatures (PAdES): a PDF made ready for a detached CMS, that CMS put in, and read again.

Source: EN 319 142-1 (baseline) and ISO 32000-1, 12.8. What a card signs is ``covered(pdf)``, all
bytes of the file but the gap for the container, so a PDF is signed like any other bytes.
"""

from __future__ import annotations

import hashlib
import re
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

from asn1crypto import x509
from asn1crypto.crl import CertificateList
from asn1crypto.ocsp import OCSPResponse
from pyhanko.pdf_utils.generic import ArrayObject, ByteStringObject, pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter, enumerate_sig_fields
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import PdfSignedData, PreparedByteRangeDigest
from pyhanko.sign.validation.dss import DocumentSecurityStore

from signing.errors import DocumentUnusable, RequestInvalid
from signing.x509 import tlv

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

ROOM = 32 * 1024
"""Bytes of the largest container that fits: a B-B has 3,000, one with time-stamp 10,000."""

SIZE_LIMIT = 4 * 1024 * 1024
"""Bytes of the largest PDF that is looked at; our own have some ten thousand."""

UNREADABLE = "pdf_unreadable"
NO_GAP = "pdf_no_gap"
TAKEN = "pdf_signed_already"
TOO_LARGE = "pdf_no_room"
NOT_SIGNED = "pdf_not_signed"
CHANGED = "pdf_changed"

_RANGE = re.compile(rb"/ByteRange ?\[(\d{1,9}) (\d{1,9}) (\d{1,9}) (\d{1,9})\]")
_HEX = re.compile(rb"<(?:[0-9A-Fa-f]{2})+>")


class _Update(IncrementalPdfFileWriter):
    """An update that says nothing of its own: the same input always gives the same bytes.

    pyHanko would write the machine's time into the metadata and a random file identifier.
    """

    def _update_meta(self) -> None:
        """Leave the metadata as the template wrote them (PDF/A: both places must agree)."""

    @classmethod
    def _handle_id(cls, prev: PdfFileReader) -> ArrayObject:
        stream = prev.stream
        stream.seek(0)
        second = ByteStringObject(hashlib.sha256(stream.read()).digest()[:16])
        first = prev.trailer["/ID"][0].original_bytes if "/ID" in prev.trailer else second
        return ArrayObject([ByteStringObject(first), second])


@dataclass(frozen=True)
class Embedded:
    """A signature taken out of a PDF: the container, what it covers, and what came after.

    `extended` says that the file grew after the signature by evidence for its validation only
    (certificates, revocation data, time-stamps: EN 319 142-1, 5.4), which changes no page.
    """

    container: bytes
    content: bytes
    extended: bool


@contextmanager
def _hostile() -> Iterator[None]:
    """Let whatever the PDF parser raises inside the block mean that the file is unusable."""
    try:
        yield
    except DocumentUnusable:
        raise
    except Exception as error:
        raise DocumentUnusable(reason=UNREADABLE) from error


def prepare(
    pdf: bytes, *, name: str, reason: str, at: datetime, field: str = "imza", room: int = ROOM
) -> bytes:
    """Give the PDF with one empty signature: all that is signed, but for the container, is there.

    `name` (who signs), `reason` and `at` (aware; the claimed time) stand in the signature's
    dictionary and are signed too; the container may have `room` bytes. DocumentUnusable for what
    is no PDF or already has a signature field; RequestInvalid for a naive time.
    """
    if at.tzinfo is None:
        raise RequestInvalid(field="at", reason="naive_time")
    with _hostile():
        writer = _Update(BytesIO(pdf))
        if next(enumerate_sig_fields(writer), None) is not None:
            raise DocumentUnusable(reason=TAKEN)
        return _with_gap(writer, _dictionary(name, reason, at, room), field)


def _dictionary(name: str, reason: str, at: datetime, room: int) -> PdfSignedData:
    entry = PdfSignedData(
        pdf_name("/Sig"),
        subfilter=SigSeedSubFilter.PADES,
        timestamp=at.replace(microsecond=0),
        # The container stands there in hexadecimal: two signs a byte.
        bytes_reserved=2 * room,
    )
    entry[pdf_name("/Name")] = pdf_string(name)
    entry[pdf_name("/Reason")] = pdf_string(reason)
    return entry


def _with_gap(writer: _Update, entry: PdfSignedData, field: str) -> bytes:
    """Walk pyHanko's embedder up to the point where the container would be sent in."""
    steps: Any = PdfCMSEmbedder(SigFieldSpec(field)).write_cms(field, writer)
    next(steps)
    steps.send(SigObjSetup(sig_placeholder=entry))
    _, output = steps.send(SigIOSetup(md_algorithm="sha256"))
    return bytes(output.getvalue())


@dataclass(frozen=True)
class _Gap:
    """Where the container stands, `<` and `>` included, and how far the signed range goes."""

    start: int
    end: int
    stop: int

    def covered(self, pdf: bytes) -> bytes:
        return pdf[: self.start] + pdf[self.end : self.stop]

    def held(self, pdf: bytes) -> bytes:
        return bytes.fromhex(pdf[self.start + 1 : self.end - 1].decode("ascii"))


def _gap(pdf: bytes) -> _Gap:
    """Find the only bytes that are not covered, by the one ByteRange that the file speaks of.

    What is left out are hex digits between `<` and `>` and nothing else, so the covered bytes say
    the whole document whatever a reader makes of it; no parser is needed for that, and none is as
    fast. DocumentUnusable unless the range is everything but the gap, up to some end; what was
    written behind that end is for `check` to judge.
    """
    if len(pdf) > SIZE_LIMIT or not pdf.startswith(b"%PDF-"):
        raise DocumentUnusable(reason=UNREADABLE)
    found = _RANGE.findall(pdf)
    if len(found) != 1 or pdf.count(b"/ByteRange") != 1:
        raise DocumentUnusable(reason=NO_GAP)
    first, start, end, rest = (int(number) for number in found[0])
    gap = _Gap(start, end, end + rest)
    whole = first == 0 < start < end < gap.stop <= len(pdf)
    if not whole or not _HEX.fullmatch(pdf, start, end):
        raise DocumentUnusable(reason=NO_GAP)
    return gap


def covered(pdf: bytes) -> bytes:
    """Give the bytes that a container has to sign: those of the ByteRange, for both forms.

    The prepared PDF and the signed one give the same bytes. DocumentUnusable for any other file.
    """
    return _gap(pdf).covered(pdf)


def is_prepared(pdf: bytes) -> bool:
    """Say whether the bytes are a PDF whose one signature is still empty."""
    try:
        gap = _gap(pdf)
    except DocumentUnusable:
        return False
    return gap.stop == len(pdf) and not any(gap.held(pdf))


def reason_of(pdf: bytes) -> str:
    """Give the reason that stands in the dictionary of the one signature, signed or still empty.

    DocumentUnusable for any other file, and for one whose signature gives no reason.
    """
    _gap(pdf)
    with _hostile():
        ((_name, value, _field),) = enumerate_sig_fields(PdfFileReader(BytesIO(pdf)))
        return str(value.get_object()["/Reason"])


def embed(prepared: bytes, container: bytes) -> bytes:
    """Put a container (DER CMS) into the prepared PDF; it is not validated here.

    DocumentUnusable when the PDF is not a prepared one or the container does not fit.
    """
    if not is_prepared(prepared):
        raise DocumentUnusable(reason=TAKEN)
    gap = _gap(prepared)
    if len(container) > (gap.end - gap.start - 2) // 2:
        raise DocumentUnusable(reason=TOO_LARGE)
    output = BytesIO(prepared)
    PreparedByteRangeDigest(b"", gap.start, gap.end).fill_with_cms(output, container)
    return output.getvalue()


def check(signed: bytes) -> Embedded:
    """Take the signature out of a signed PDF, whose pages are those that were signed.

    What is left to do is to validate the container over the content:
    `signing.validation.validate.validate` finds there that a byte of the signed part was changed.
    Here pyHanko's difference policy looks at what was written after it; DocumentUnusable when that
    is more than validation evidence.
    """
    gap = _gap(signed)
    container = _container(gap.held(signed))
    with _hostile():
        if not _only_evidence_after(signed):
            raise DocumentUnusable(reason=CHANGED)
    return Embedded(container, gap.covered(signed), gap.stop < len(signed))


def _container(held: bytes) -> bytes:
    """Cut the zeros that fill the gap; anything else behind the container could be hidden text."""
    if not any(held):
        raise DocumentUnusable(reason=NOT_SIGNED)
    with _hostile():
        length = tlv.first_size(held)
    if any(held[length:]):
        raise DocumentUnusable(reason=CHANGED)
    return held[:length]


def _only_evidence_after(signed: bytes) -> bool:
    """Ask pyHanko what changed since the signature: nothing, or what EN 319 142-1, 5.4 adds."""
    (signature,) = PdfFileReader(BytesIO(signed)).embedded_regular_signatures
    signature.compute_integrity_info()
    found = signature.diff_result
    return isinstance(found, DiffResult) and (
        found.modification_level <= ModificationLevel.LTA_UPDATES
    )


def with_evidence(
    signed: bytes,
    *,
    certificates: Iterable[bytes] = (),
    crls: Iterable[bytes] = (),
    ocsps: Iterable[bytes] = (),
) -> bytes:
    """Add what a later validation needs to a signed PDF (all DER): B-T becomes B-LT.

    The signed part stays as it is; the document security store is written behind it (EN 319
    142-1, 5.4.2). DocumentUnusable when the PDF is not a signed one.
    """
    check(signed)
    with _hostile():
        writer = _Update(BytesIO(signed))
        DocumentSecurityStore.supply_dss_in_writer(
            writer,
            None,  # an entry of this one signature would be named by a SHA-1
            certs=[x509.Certificate.load(der, strict=True) for der in certificates],
            ocsps=[OCSPResponse.load(der, strict=True) for der in ocsps],
            crls=[CertificateList.load(der, strict=True) for der in crls],
        )
        output = BytesIO()
        writer.write(output)  # type: ignore[no-untyped-call]
        return output.getvalue()
