"""The to-be-signed part of the certificates that the demo authority issues, built with asn1crypto.

Everything comes from the arguments, so the same request always gives the same bytes. Profile:
RFC 5280, EN 319 412-2 (natural persons), EN 319 412-5 (statements).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from asn1crypto import algos, core, x509
from asn1crypto.keys import PublicKeyInfo
from pyhanko.sign.ades import qualified_asn1

from signing.errors import RequestInvalid
from signing.x509 import oids, tlv
from signing.x509.certificate import is_tckn_shaped

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime


COMMON_NAME_LIMIT = 64  # ub-common-name, RFC 5280 appendix A
SERIAL_LIMIT_BITS = 159  # RFC 5280, 4.1.2.2: 20 octets with a clear sign bit at most
LAST_UTC_TIME_YEAR = 2049  # RFC 5280, 4.1.2.5
PRINTABLE = frozenset({"country_name", "serial_number"})
NATIONAL_SENTENCE = (
    "TEST: Bu sertifika 5070 sayılı Elektronik İmza Kanunu anlamındaki nitelikli elektronik "
    "sertifikanın deneme örneğidir; hukuki sonuç doğurmaz."
)


def distinguished_name(parts: dict[str, str]) -> x509.Name:
    """Build a name in the given order: UTF8String, but PrintableString where X.520 wants it."""
    sequence = []
    for kind, text in parts.items():
        form = "printable_string" if kind in PRINTABLE else "utf8_string"
        value = {"type": kind, "value": x509.DirectoryString(form, text)}
        sequence.append(x509.RelativeDistinguishedName([x509.NameTypeAndValue(value)]))
    return x509.Name("", x509.RDNSequence(sequence))


@dataclass(frozen=True)
class CertificateSubject:
    """The person a certificate is made for: names as in the identity register, TCKN as text."""

    common_name: str
    tckn: str
    given_name: str = ""
    surname: str = ""

    def name(self) -> x509.Name:
        """Give the distinguished name `C=TR, CN, serialNumber`, then the names when known."""
        parts = {
            "country_name": "TR",
            "common_name": self.common_name,
            "serial_number": self.tckn,
            "given_name": self.given_name,
            "surname": self.surname,
        }
        return x509.Name.load(
            _encoded_name(tuple((key, text) for key, text in parts.items() if text))
        )


@lru_cache(maxsize=32)  # a name is asked for four times while its certificate is made
def _encoded_name(parts: tuple[tuple[str, str], ...]) -> bytes:
    return tlv.wrap(tlv.SEQUENCE, [_relative(kind, text) for kind, text in parts])


def _relative(kind: str, text: str) -> bytes:
    """Encode one part of a name as `distinguished_name` builds it."""
    printable = kind in PRINTABLE
    content = text.encode("latin-1" if printable else "utf-8")
    value = tlv.wrap(tlv.PRINTABLE if printable else tlv.UTF8, [content])
    return tlv.wrap(tlv.SET, [tlv.wrap(tlv.SEQUENCE, [_kind(kind), value])])


@cache
def _kind(kind: str) -> bytes:
    return bytes(x509.NameType(kind).dump())


@dataclass(frozen=True)
class CertificateRequest:
    """What a certificate is asked to say; times are aware UTC, cut to whole seconds.

    `serial_number` is reserved by the caller before anything is signed. The addresses say where
    lists, answers (OCSP) and the issuer's certificate are served. The last three fields exist so
    that deviating certificates can be made for trying the validation.
    """

    subject: CertificateSubject
    serial_number: int
    not_before: datetime
    not_after: datetime
    crl_urls: tuple[str, ...] = ()
    ocsp_urls: tuple[str, ...] = ()
    issuer_urls: tuple[str, ...] = ()
    qualified: bool = True
    statements: tuple[str, ...] = (
        oids.QC_COMPLIANCE,
        oids.NATIONAL_STATEMENT,
        oids.QC_TYPE,
        oids.QC_LEGISLATION,
    )
    key_usage: frozenset[str] = field(
        default_factory=lambda: frozenset({"digital_signature", "non_repudiation"})
    )


def check(request: CertificateRequest) -> None:
    """Refuse a request that no certificate may be made of; RequestInvalid names the field."""
    subject = request.subject
    faults = {
        "common_name": ("common_name_length", 0 < len(subject.common_name) <= COMMON_NAME_LIMIT),
        "tckn": ("tckn_digits", is_tckn_shaped(subject.tckn)),
        "serial_number": (
            "serial_range",
            0 < request.serial_number < 1 << SERIAL_LIMIT_BITS,
        ),
        "validity": (
            "validity_order",
            _ordered(request.not_before, request.not_after),
        ),
    }
    for name, (reason, good) in faults.items():
        if not good:
            raise RequestInvalid(field=name, reason=reason, bits=SERIAL_LIMIT_BITS)


def _ordered(first: datetime, last: datetime) -> bool:
    return first.tzinfo is not None and last.tzinfo is not None and first < last


def moment(value: datetime) -> x509.Time:
    """Give the time in the form RFC 5280 wants: UTCTime to 2049, GeneralizedTime after."""
    whole = value.replace(microsecond=0)
    if whole.year <= LAST_UTC_TIME_YEAR:
        return x509.Time({"utc_time": core.UTCTime(whole)})
    return x509.Time({"general_time": core.GeneralizedTime(whole)})


def key_identifier(public: PublicKeyInfo) -> bytes:
    """Give the key identifier of RFC 7093, method 1: 160 left bits of the SHA-256 of the key."""
    return hashlib.sha256(bytes(public["public_key"])).digest()[:20]


def extension(name: str, value: object, *, critical: bool = False) -> x509.Extension:
    """Wrap one extension value."""
    return x509.Extension({"extn_id": name, "critical": critical, "extn_value": value})


def key_usage(bits: frozenset[str]) -> x509.Extension:
    """Give the critical key usage extension with these bits."""
    return extension("key_usage", x509.KeyUsage(set(bits)), critical=True)


def policies(policy: str) -> x509.Extension:
    """Give the certificate policies extension with one policy."""
    return extension("certificate_policies", [{"policy_identifier": policy}])


def authority_key(public: PublicKeyInfo) -> x509.Extension:
    """Give the authority key identifier extension for the issuer's key."""
    return extension("authority_key_identifier", {"key_identifier": key_identifier(public)})


def subject_key(public: PublicKeyInfo) -> x509.Extension:
    """Give the subject key identifier extension for the holder's key."""
    return extension("key_identifier", key_identifier(public))


def _statement(oid: str) -> qualified_asn1.QcStatement:
    """Give one statement: what it is for, whose law it means, or the national sentence."""
    # EN 319 412-5, 4.2.3 and 4.2.4: for signatures, and by Turkish law, not the Union's.
    contents: dict[str, object] = {
        oids.QC_TYPE: qualified_asn1.QcCertificateType(["qct_esign"]),
        oids.QC_LEGISLATION: qualified_asn1.QcCCLegislationCountryCodes(["TR"]),
    }
    entry: dict[str, object] = {"statement_id": oid}
    if oid != oids.QC_COMPLIANCE:
        national = core.Any(core.UTF8String(NATIONAL_SENTENCE))
        entry["statement_info"] = contents.get(oid, national)
    return qualified_asn1.QcStatement(entry)


def statements(wanted: tuple[str, ...]) -> x509.Extension:
    """Give the qualified certificate statements (EN 319 412-5), in this order."""
    return extension(
        "qc_statements", qualified_asn1.QcStatements([_statement(oid) for oid in wanted])
    )


def distribution(urls: tuple[str, ...]) -> x509.Extension:
    """Give the CRL distribution points extension, one point for each address."""
    points = [
        {
            "distribution_point": x509.DistributionPointName(
                "full_name", [x509.GeneralName("uniform_resource_identifier", url)]
            )
        }
        for url in urls
    ]
    return extension("crl_distribution_points", points)


def access(ocsp_urls: tuple[str, ...], issuer_urls: tuple[str, ...]) -> x509.Extension:
    """Give the authority information access extension: status answers, the issuer's certificate."""
    pairs = [("ocsp", url) for url in ocsp_urls] + [("ca_issuers", url) for url in issuer_urls]
    descriptions = [
        {
            "access_method": method,
            "access_location": x509.GeneralName("uniform_resource_identifier", url),
        }
        for method, url in pairs
    ]
    return extension("authority_information_access", descriptions)


def pointers(
    crl_urls: tuple[str, ...], ocsp_urls: tuple[str, ...], issuer_urls: tuple[str, ...]
) -> list[x509.Extension]:
    """Give the extensions that say where things are served; none for what is served nowhere."""
    extensions = [distribution(crl_urls)] if crl_urls else []
    return extensions + ([access(ocsp_urls, issuer_urls)] if ocsp_urls or issuer_urls else [])


def person_extensions(
    request: CertificateRequest, public: PublicKeyInfo, issuer_key: PublicKeyInfo
) -> list[x509.Extension]:
    """Give the extensions of a person's certificate, statements only when it is qualified."""
    first, *others = _same_for_all(
        issuer_key.dump(),
        request.key_usage,
        (request.crl_urls, request.ocsp_urls, request.issuer_urls),
        request.statements if request.qualified else None,
    )
    encoded = [first, subject_key(public).dump(), *others]
    return [x509.Extension.load(one) for one in encoded]


@lru_cache(maxsize=32)
def _same_for_all(
    issuer_key: bytes,
    usage: frozenset[str],
    places: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]],
    wanted: tuple[str, ...] | None,
) -> tuple[bytes, ...]:
    """Encode what one certificate after another says in the same words, once."""
    extensions = [
        authority_key(PublicKeyInfo.load(issuer_key)),
        key_usage(usage),
        policies(oids.DEMO_POLICY),
        *pointers(*places),
    ]
    if wanted is not None:
        extensions.append(statements(wanted))
    return tuple(bytes(one.dump()) for one in extensions)


def root_extensions(public: PublicKeyInfo) -> list[x509.Extension]:
    """Give the extensions of the root's own certificate: no limit, no policy, points nowhere."""
    return [
        extension("basic_constraints", {"ca": True}, critical=True),
        key_usage(frozenset({"key_cert_sign", "crl_sign"})),
        subject_key(public),
        authority_key(public),
    ]


def issuing_extensions(
    public: PublicKeyInfo, root_key: PublicKeyInfo, places: list[x509.Extension]
) -> list[x509.Extension]:
    """Give the extensions of the issuing authority, which may certify no other authority."""
    return [
        extension("basic_constraints", {"ca": True, "path_len_constraint": 0}, critical=True),
        key_usage(frozenset({"key_cert_sign", "crl_sign"})),
        subject_key(public),
        authority_key(root_key),
        policies("any_policy"),
        *places,
    ]


def responder_extensions(
    public: PublicKeyInfo, issuer_key: PublicKeyInfo, places: list[x509.Extension]
) -> list[x509.Extension]:
    """Give the extensions of a delegated OCSP responder (RFC 6960, 4.2.2.2), never checked."""
    return [
        key_usage(frozenset({"digital_signature"})),
        extension("extended_key_usage", ["ocsp_signing"]),
        extension("ocsp_no_check", core.Null()),
        subject_key(public),
        authority_key(issuer_key),
        policies(oids.DEMO_SERVICE_POLICY),
        *places,
    ]


def stamper_extensions(
    public: PublicKeyInfo, issuer_key: PublicKeyInfo, places: list[x509.Extension]
) -> list[x509.Extension]:
    """Give the extensions of a time-stamp authority: for that alone (RFC 3161, 2.3)."""
    return [
        key_usage(frozenset({"digital_signature"})),
        extension("extended_key_usage", ["time_stamping"], critical=True),
        subject_key(public),
        authority_key(issuer_key),
        policies(oids.DEMO_SERVICE_POLICY),
        *places,
    ]


def to_be_signed(
    *,
    serial_number: int,
    names: tuple[x509.Name, x509.Name],
    validity: tuple[datetime, datetime],
    public: PublicKeyInfo,
    algorithm: algos.SignedDigestAlgorithm,
    extensions: list[x509.Extension],
) -> x509.TbsCertificate:
    """Put a certificate together, all but its signature; `names` are issuer and subject."""
    issuer, subject = names
    not_before, not_after = validity
    return x509.TbsCertificate(
        {
            "version": "v3",
            "serial_number": serial_number,
            "signature": algorithm,
            "issuer": issuer,
            "validity": {"not_before": moment(not_before), "not_after": moment(not_after)},
            "subject": subject,
            "subject_public_key_info": public,
            "extensions": extensions,
        }
    )


def signed(
    tbs: x509.TbsCertificate,
    algorithm: algos.SignedDigestAlgorithm,
    sign: Callable[[bytes], bytes],
) -> bytes:
    """Have the signed part signed, and join both into a DER certificate."""
    return sealed(tbs.dump(), algorithm, sign)


def sealed(
    der: bytes, algorithm: algos.SignedDigestAlgorithm, sign: Callable[[bytes], bytes]
) -> bytes:
    """Have these bytes signed, and give them with algorithm and signature (RFC 5280, 4.1).

    Put together as bytes, since asn1crypto would encode every part once more.
    """
    signature = tlv.wrap(tlv.BITS, (b"\0", sign(der)))
    return tlv.wrap(tlv.SEQUENCE, (der, algorithm.dump(), signature))
