"""An authority in memory whose lists and answers say, field by field, what a test wants."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from asn1crypto import core, crl, ocsp, x509

from signing.validation.chain import check_chain
from signing.validation.trust import Revocation, Trust
from signing.verdict import Stopped
from signing.x509 import builder, tlv
from signing.x509.certificate import X509Certificate
from signing.x509.validation_time import Moment
from tests.kit.signing import forge
from tests.kit.signing.crowd import Own, named
from tests.kit.signing.house import DAY, NOW

if TYPE_CHECKING:
    from collections.abc import Iterable

H = timedelta(hours=1)
SECOND = timedelta(seconds=1)
PERSON = frozenset({"digital_signature", "non_repudiation"})
UNKNOWN = "1.2.3.4"
GOOD = ocsp.CertStatus("good")


def extension(oid: str, value: object, *, critical: bool = False) -> dict[str, object]:
    """Give an extension, of a kind that asn1crypto need not know."""
    return {"extn_id": oid, "critical": critical, "extn_value": value}


def odd(*, critical: bool = True) -> dict[str, object]:
    """Give an extension that nobody knows."""
    return extension(UNKNOWN, core.ParsableOctetString(b"\x05\x00"), critical=critical)


def url(text: str) -> x509.DistributionPointName:
    """Name a distribution point by an address."""
    name = x509.GeneralName("uniform_resource_identifier", text)
    return x509.DistributionPointName("full_name", [name])


def idp(**fields: object) -> dict[str, object]:
    """Give the scope of a list (RFC 5280, 5.2.5)."""
    return extension("2.5.29.28", crl.IssuingDistributionPoint(fields), critical=True)


def points(*entries: dict[str, object]) -> x509.Extension:
    """Name distribution points in a certificate."""
    return builder.extension("crl_distribution_points", list(entries))


def at_ocsp(address: str) -> x509.Extension:
    """Name a responder's address in a certificate."""
    name = x509.GeneralName("uniform_resource_identifier", address)
    entry = {"access_method": "ocsp", "access_location": name}
    return builder.extension("authority_information_access", [entry])


def of_ocsp(*, nocheck: bool) -> tuple[x509.Extension, ...]:
    """Give what a responder's certificate carries."""
    usage = builder.extension("extended_key_usage", ["ocsp_signing"])
    return (usage, *([builder.extension("ocsp_no_check", core.Null())] * nocheck))


@dataclass(frozen=True)
class Row:
    """An entry of a list."""

    serial: int
    since: datetime = NOW - DAY
    reason: str | None = None
    more: tuple[dict[str, object], ...] = ()

    def made(self) -> crl.RevokedCertificate:
        """Give it as it stands in a list."""
        reason = [extension("2.5.29.21", crl.CRLReason(self.reason))] if self.reason else []
        values: dict[str, object] = {
            "user_certificate": self.serial,
            "revocation_date": builder.moment(self.since),
        }
        if extensions := [*reason, *self.more]:
            values["crl_entry_extensions"] = extensions
        return crl.RevokedCertificate(values)


def revoked(since: datetime = NOW - DAY, reason: str | None = None) -> ocsp.CertStatus:
    """Give the status "revoked" of an answer."""
    info: dict[str, Any] = {"revocation_time": core.GeneralizedTime(since)}
    if reason:
        info["revocation_reason"] = reason
    return ocsp.CertStatus("revoked", ocsp.RevokedInfo(info))


@dataclass
class Teller:
    """An anchor (by itself the issuer), a person it certified, and what it says of that person."""

    own: Own = field(default_factory=lambda: Own(named("TEST Kök")))
    others: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Certify itself and the person."""
        self.anchor = X509Certificate(self.own.certify(self.own))
        self.person = self.certified(Own(named("TEST kişi")), usage=PERSON)

    def certified(self, other: Own, **how: Any) -> X509Certificate:  # noqa: ANN401 - of Own.certify
        """Certify somebody, no authority unless told so, to the moment `until` if that is given."""
        if until := how.pop("until", None):
            how["at"] = until - 700 * DAY
        return X509Certificate(self.own.certify(other, **{"ca": False, **how}))

    def list(
        self,
        *rows: Row,
        at: datetime = NOW - H,
        until: datetime | None = NOW + H,
        number: int | None = 7,
        more: Iterable[dict[str, object]] = (),
        by: Own | None = None,
        name: x509.Name | None = None,
        **fields: object,
    ) -> bytes:
        """Make a list; `fields` replace those of the signed part (None: taken out)."""
        signer = by or self.own
        algorithm = forge.algorithm(signer.key, "sha256")
        numbered = [] if number is None else [extension("2.5.29.20", core.Integer(number))]
        values: dict[str, object] = {
            "version": "v2",
            "signature": algorithm,
            "issuer": name or self.own.name,
            "this_update": builder.moment(at),
            "next_update": until and builder.moment(until),
            "revoked_certificates": [row.made() for row in rows] or None,
            "crl_extensions": [*numbered, *more] or None,
            **fields,
        }
        tbs = crl.TbsCertList({key: value for key, value in values.items() if value is not None})
        return self.signed_list(bytes(tbs.dump()), signer)

    def signed_list(self, body: bytes, by: Own | None = None) -> bytes:
        """Sign the body of a list, whatever stands in it."""
        signer = by or self.own
        algorithm = forge.algorithm(signer.key, "sha256").dump()
        bits = tlv.wrap(0x03, [b"\0", signer.sign(body)])
        return tlv.wrap(tlv.SEQUENCE, [body, algorithm, bits])

    def entry(
        self,
        status: ocsp.CertStatus = GOOD,
        at: datetime = NOW,
        until: datetime | None = NOW + H,
        *,
        about: X509Certificate | None = None,
        more: Iterable[dict[str, object]] = (),
        digest: str = "sha256",
    ) -> dict[str, object]:
        """Make an entry of an answer."""
        who = about or self.person
        key = bytes(self.anchor.parsed.public_key["public_key"])
        made: dict[str, object] = {
            "cert_id": {
                "hash_algorithm": {"algorithm": digest},
                "issuer_name_hash": hashlib.new(digest, self.own.name.dump()).digest(),
                "issuer_key_hash": hashlib.new(digest, key).digest(),
                "serial_number": who.serial_number,
            },
            "cert_status": status,
            "this_update": core.GeneralizedTime(at),
        }
        if until is not None:
            made["next_update"] = core.GeneralizedTime(until)
        if more := list(more):
            made["single_extensions"] = more
        return made

    def answer(
        self,
        *entries: dict[str, object],
        by: Own | None = None,
        beside: Iterable[bytes] = (),
        by_key: bytes = b"",
        more: Iterable[dict[str, object]] = (),
    ) -> bytes:
        """Sign an answer, by the authority itself unless told otherwise."""
        signer = by or self.own
        who = (
            ocsp.ResponderId("by_key", core.OctetString(by_key))
            if by_key
            else ocsp.ResponderId("by_name", signer.name)
        )
        data: dict[str, object] = {
            "responder_id": who,
            "produced_at": core.GeneralizedTime(NOW),
            "responses": list(entries or [self.entry()]),
        }
        if more := list(more):
            data["response_extensions"] = more
        body = bytes(ocsp.ResponseData(data).dump())
        algorithm = forge.algorithm(signer.key, "sha256").dump()
        pieces = [body, algorithm, tlv.wrap(0x03, [b"\0", signer.sign(body)])]
        if held := list(beside):
            pieces.append(tlv.wrap(0xA0, [tlv.wrap(tlv.SEQUENCE, held)]))
        basic = tlv.wrap(tlv.OCTETS, [tlv.wrap(tlv.SEQUENCE, pieces)])
        kind = core.ObjectIdentifier("1.3.6.1.5.5.7.48.1.1").dump()
        typed = tlv.wrap(0xA0, [tlv.wrap(tlv.SEQUENCE, [kind, basic])])
        return tlv.wrap(tlv.SEQUENCE, [b"\x0a\x01\x00", typed])

    def responder(self, *, nocheck: bool = True, **how: Any) -> tuple[Own, bytes]:  # noqa: ANN401 - the same
        """Certify a responder; `how` is as for `certified`."""
        own = Own(named("TEST yanıtlayan"))
        return own, self.certified(
            own, **{"usage": PERSON, "more": of_ocsp(nocheck=nocheck), **how}
        ).der

    def asked(
        self,
        *lists: bytes,
        answers: Iterable[bytes] = (),
        moment: Moment | None = None,
        person: X509Certificate | None = None,
    ) -> str:
        """Say what is found out about the person: good, or the sub-indication and held."""
        known = Revocation(lists, tuple(answers))
        trust = Trust((self.anchor.der,))
        try:
            check_chain(person or self.person, self.others, trust, known, moment or Moment(NOW))
        except Stopped as stop:
            return f"{stop.sub.value}{' held' * stop.held}"
        return "good"
