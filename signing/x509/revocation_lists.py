"""Reading revocation lists (RFC 5280, section 5), however long they are.

The head of a list is parsed; its entries stay bytes and are walked through when somebody asks for
a serial number, so that a list costs its signature and one look-up, and no memory beside itself.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from asn1crypto import algos, core, crl, x509

from signing.x509 import tlv

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

SMALL = 4 * 1024
KEPT = 512
"""A process keeps so many heads of lists of at most so many bytes."""

KNOWN = frozenset(
    {
        "authority_key_identifier", "crl_number", "delta_crl_indicator", "freshest_crl",
        "issuer_alt_name", "issuing_distribution_point", "authority_information_access",
    }
)  # fmt: skip
KNOWN_OF_ENTRIES = frozenset(
    {"crl_reason", "hold_instruction_code", "invalidity_date", "certificate_issuer"}
)
VERSION_2 = core.Integer(1).dump()
_TIMES = frozenset({0x17, 0x18})
_LONG = 0x80
_CRITICAL = core.Boolean(value=True).dump()
_ISSUER = core.ObjectIdentifier("2.5.29.29").dump()


@dataclass(frozen=True)
class CrlEntry:
    """What an entry says of a certificate: since when it is listed, and why (RFC 5280, 5.3.1)."""

    since: datetime
    reason: str


@dataclass(frozen=True)
class ParsedCrl:
    """One list: its head, what is signed and how, and where in `der` its entries stand.

    `extensions` holds the values of those that it carries, `point` the bytes of its issuing
    distribution point, which with the issuer's name is the scope of the list.
    """

    der: bytes
    issuer: x509.Name
    this_update: datetime
    next_update: datetime | None
    extensions: dict[str, Any]
    point: bytes
    entries: tuple[int, int]
    signed: bytes
    algorithm: algos.SignedDigestAlgorithm
    signature: bytes

    @property
    def number(self) -> int:
        """The number of the list (RFC 5280, 5.2.3); -1 for one without."""
        found = self.extensions.get("crl_number")
        return -1 if found is None else int(found.native)

    @property
    def base(self) -> int | None:
        """The number of the list that a delta builds on (5.2.4); None for a complete list."""
        found = self.extensions.get("delta_crl_indicator")
        return None if found is None else int(found.native)

    @property
    def idp(self) -> crl.IssuingDistributionPoint | None:
        """The issuing distribution point (5.2.5); None for a list of all certificates."""
        return self.extensions.get("issuing_distribution_point")

    @property
    def indirect(self) -> bool:
        """Whether the list may hold certificates of other issuers."""
        return self.idp is not None and bool(self.idp["indirect_crl"].native)

    def find(self, serial_number: int, issuer: x509.Name) -> list[CrlEntry]:
        """Give what the entries of a certificate say; nothing when it is not on the list.

        Raises ValueError for a list that must not be used: its entries are not DER, or one of
        them, whosever it is, has a critical extension that is not known (RFC 5280, 5.3).
        """
        with _refused():
            return self._find(core.Integer(serial_number).contents, issuer)

    def _find(self, wanted: bytes, issuer: x509.Name) -> list[CrlEntry]:
        odd = _odd(self.der, *self.entries)
        named, found = self.issuer, []
        for start, after, serial in _walk(self.der, *self.entries):
            if odd:
                # An entry that names no issuer has that of the one before it (5.3.3).
                named = _named(self.der[start:after]) or named
            if serial == wanted and (not self.indirect or named == issuer):
                found.append(_listed(self.der[start:after]))
        return found


def read(der: bytes) -> ParsedCrl:
    """Read the head of a list; ValueError for bytes that are no list that may be used.

    Its extensions are each there once and known if critical, and the algorithm beside the
    signature is the signed one (RFC 5280, 5.1.1.2 and 5.2).
    """
    with _refused():
        return _kept(der) if len(der) <= SMALL else _read(der)


@contextmanager
def _refused() -> Iterator[None]:
    """Let whatever hostile bytes make a parser raise mean that the list may not be used."""
    try:
        yield
    except Exception as error:
        raise ValueError("no revocation list that may be used") from error


@lru_cache(KEPT)
def _kept(der: bytes) -> ParsedCrl:
    return _read(der)


def _read(der: bytes) -> ParsedCrl:
    body, algorithm, signature = tlv.places_inside(der, 0, len(der), tlv.SEQUENCE)
    fields = tlv.places_inside(der, *body, tlv.SEQUENCE)
    version = b""
    if der[fields[0][0]] == tlv.INTEGER:
        version = _bytes(der, fields.pop(0))
    inner, issuer, this, *rest = fields
    until = rest.pop(0) if rest and der[rest[0][0]] in _TIMES else None
    entries = rest.pop(0) if rest and der[rest[0][0]] == tlv.SEQUENCE else None
    extensions = _extensions(der, rest.pop(0)) if rest and der[rest[0][0]] == tlv.FIRST else {}
    bits = _bytes(der, signature)
    # Extensions need version 2 (5.1.2.1).
    _demand(not rest and version in {b"", VERSION_2} and not (extensions and not version))
    _demand(_bytes(der, inner) == _bytes(der, algorithm) and bits[0] == tlv.BITS)
    point = extensions.get("issuing_distribution_point")
    return ParsedCrl(
        der,
        x509.Name.load(_strict(_bytes(der, issuer)), strict=True),
        _time(_bytes(der, this)),
        None if until is None else _time(_bytes(der, until)),
        extensions,
        b"" if point is None else point.dump(),
        (0, 0) if entries is None else tlv.content_place(der, *entries),
        _bytes(der, body),
        algos.SignedDigestAlgorithm.load(_strict(_bytes(der, algorithm)), strict=True),
        core.OctetBitString.load(_strict(bits), strict=True).native,
    )


def _demand(met: object) -> None:
    if not met:
        raise ValueError("not as RFC 5280 wants it")


def _strict(der: bytes) -> bytes:
    _demand(tlv.is_der(der))
    return der


def _bytes(der: bytes, place: tuple[int, int]) -> bytes:
    return der[place[0] : place[1]]


def _time(der: bytes) -> datetime:
    moment: datetime = x509.Time.load(_strict(der), strict=True).native
    return moment


def _extensions(der: bytes, place: tuple[int, int]) -> dict[str, Any]:
    (inner,) = tlv.places_inside(der, *place, tlv.FIRST)
    return read_extensions(
        crl.TBSCertListExtensions.load(_strict(_bytes(der, inner)), strict=True), KNOWN
    )


def read_extensions(found: Any, known: frozenset[str]) -> dict[str, Any]:  # noqa: ANN401 - untyped
    """Give extensions by name; ValueError when one stands there twice or is critical and unknown.

    (RFC 5280, 4.2 and 5.2; RFC 6960, 4.4.)
    """
    values: dict[str, Any] = {}
    for one in found:
        name = one["extn_id"].native
        _demand(name not in values and (name in known or not one["critical"].native))
        if name in known:
            values[name] = one["extn_value"].parsed
            _ = values[name].native
        else:
            values[name] = None
    return values


def _walk(der: bytes, place: int, end: int) -> Iterator[tuple[int, int, bytes]]:
    """Yield of each entry where it stands, and the octets of its serial number.

    Written out here, since a list may have a million of them and next to all are of the short form.
    """
    sequence, integer = tlv.SEQUENCE, tlv.INTEGER
    while place < end:
        size, inner = der[place + 1], place + 2
        after = inner + size
        if size >= _LONG:
            inner, after = tlv.content_place(der, place, end)
        octets = der[inner + 1]
        start = inner + 2
        serial = der[start : start + octets]
        if (
            der[place] != sequence
            or der[inner] != integer
            or after > end
            or octets >= _LONG
            # Another reader must not find another number there than this one does.
            or (serial[:1] == b"\0" and octets > 1 and serial[1] < _LONG)
        ):
            raise ValueError("an entry is not DER")
        yield place, after, serial
        place = after


def _odd(der: bytes, start: int, end: int) -> bool:
    """Say whether an entry may have an extension that matters for others than its own reader."""
    return der.find(_CRITICAL, start, end) >= 0 or der.find(_ISSUER, start, end) >= 0


def _named(entry: bytes) -> x509.Name | None:
    """Give the issuer that an entry names for itself and those after it (RFC 5280, 5.3.3)."""
    if _CRITICAL not in entry and _ISSUER not in entry:
        return None
    _, _, *extensions = tlv.inside(entry, tlv.SEQUENCE)
    return _issuer(extensions[0]) if extensions else None


@lru_cache(256)
def _issuer(extensions: bytes) -> x509.Name | None:
    """Read the extensions of an entry, which many have in common, for the issuer they name."""
    found = crl.CRLEntryExtensions.load(_strict(extensions), strict=True)
    named = read_extensions(found, KNOWN_OF_ENTRIES).get("certificate_issuer")
    if named is None:
        return None
    return next(name.chosen for name in named if name.name == "directory_name")


def _listed(entry: bytes) -> CrlEntry:
    parsed = crl.RevokedCertificate.load(_strict(entry), strict=True)
    held = read_extensions(parsed["crl_entry_extensions"], KNOWN_OF_ENTRIES)
    reason = held.get("crl_reason")
    return CrlEntry(
        parsed["revocation_date"].native, "unspecified" if reason is None else str(reason.native)
    )
