"""The answering side of time-stamping (RFC 3161, EN 319 422): reads a request, makes the token.

Whatever the bytes of a request are, the answer is a response: a token, or a rejection that says
what is wrong with it. The hash is the client's; only SHA-256, SHA-384 and SHA-512 are stamped.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from asn1crypto import cms, core, tsp

from signing.tokens import keys
from signing.x509 import oids
from signing.x509.tlv import is_der

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from signing.x509.certificate import X509Certificate

SIZE_LIMIT = 16 * 1024
NONCE_LIMIT_BITS = 512
ACCURACY_SECONDS = 1
IMPRINTS = {"sha256": 32, "sha384": 48, "sha512": 64}
"""The hashes that are stamped, and the octets of their values (ETSI TS 119 312)."""


class TimeStampFailure(StrEnum):
    """Why a request is rejected (RFC 3161, 2.4.2)."""

    BAD_ALGORITHM = "bad_alg"
    BAD_REQUEST = "bad_request"
    BAD_FORMAT = "bad_data_format"
    NO_TIME = "time_not_available"
    POLICY = "unaccepted_policy"
    EXTENSION = "unaccepted_extensions"
    SYSTEM = "system_failure"


REASONS = {
    TimeStampFailure.BAD_ALGORITHM: "The imprint must be SHA-256, SHA-384 or SHA-512.",
    TimeStampFailure.BAD_REQUEST: "Only version 1 of the time-stamp request is answered.",
    TimeStampFailure.BAD_FORMAT: "This is not a DER time-stamp request, or its imprint is cut off.",
    TimeStampFailure.NO_TIME: "The time-stamp certificate is not in force at this time.",
    TimeStampFailure.POLICY: f"Time-stamps are given under the policy {oids.DEMO_TSA_POLICY} only.",
    TimeStampFailure.EXTENSION: "No extension of the request is supported.",
    TimeStampFailure.SYSTEM: "The signing device does not answer; try again in a minute.",
}


@dataclass(frozen=True)
class Stamper:
    """Who stamps: its certificate, the issuers sent along, and its key's signing."""

    certificate: X509Certificate
    issuers: tuple[X509Certificate, ...]
    sign: Callable[[bytes], bytes]


class _RejectedError(Exception):
    """Ends the reading of a request with the failure that it is answered with."""

    def __init__(self, failure: TimeStampFailure) -> None:
        super().__init__(failure.value)
        self.failure = failure


def rejection(why: TimeStampFailure) -> bytes:
    """Make the response that says why there is no token."""
    status = {"status": "rejection", "status_string": [REASONS[why]], "fail_info": {why.value}}
    # asn1crypto takes the token for mandatory, so the response is put together by hand.
    return bytes(Response({"status": tsp.PKIStatusInfo(status)}).dump())


class Response(core.Sequence):  # type: ignore[misc] # asn1crypto has no types
    """TimeStampResp, whose token is optional (RFC 3161, 2.4.2)."""

    _fields = [  # noqa: RUF012 - the way asn1crypto declares a structure
        ("status", tsp.PKIStatusInfo),
        ("time_stamp_token", cms.ContentInfo, {"optional": True}),
    ]


def respond(request: bytes, stamper: Stamper, now: datetime, serial: int) -> bytes:
    """Answer a DER request at the moment `now` (aware UTC) with the token number `serial`.

    The number is the caller's: at least 64 bits and never used before (EN 319 422, 5.2.2).
    Raises what `sign` raises.
    """
    try:
        asked = _read(request)
    except _RejectedError as rejected:
        return rejection(rejected.failure)
    if not stamper.certificate.not_before <= now <= stamper.certificate.not_after:
        return rejection(TimeStampFailure.NO_TIME)
    token = _token(_info(asked, now, serial), stamper, with_chain=asked["cert_req"].native)
    granted = tsp.PKIStatusInfo({"status": "granted"})
    return bytes(Response({"status": granted, "time_stamp_token": token}).dump())


def _read(request: bytes) -> tsp.TimeStampReq:
    if len(request) > SIZE_LIMIT or not is_der(request):
        raise _RejectedError(TimeStampFailure.BAD_FORMAT)
    try:
        asked = tsp.TimeStampReq.load(request, strict=True)
        # Forces every part, since asn1crypto parses lazily.
        _ = asked.native
        fault = _fault(asked)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        raise _RejectedError(TimeStampFailure.BAD_FORMAT) from error
    if fault is not None:
        raise _RejectedError(fault)
    return asked


def _fault(asked: tsp.TimeStampReq) -> TimeStampFailure | None:
    """Name the first thing for which a readable request is rejected."""
    imprint = asked["message_imprint"]
    algorithm = imprint["hash_algorithm"]
    hashed = imprint["hashed_message"].native
    nonce = asked["nonce"].native
    demands = {
        TimeStampFailure.BAD_REQUEST: asked["version"].native == "v1",
        TimeStampFailure.BAD_ALGORITHM: algorithm["algorithm"].native in IMPRINTS
        and algorithm["parameters"].native is None,
        TimeStampFailure.BAD_FORMAT: len(hashed) == IMPRINTS.get(algorithm["algorithm"].native)
        and (nonce is None or nonce.bit_length() <= NONCE_LIMIT_BITS),
        TimeStampFailure.POLICY: asked["req_policy"].native in {None, oids.DEMO_TSA_POLICY},
        TimeStampFailure.EXTENSION: not asked["extensions"],
    }
    return next((fault for fault, met in demands.items() if not met), None)


def _info(asked: tsp.TimeStampReq, now: datetime, serial: int) -> tsp.TSTInfo:
    info: dict[str, Any] = {
        "version": "v1",
        "policy": oids.DEMO_TSA_POLICY,
        "message_imprint": asked["message_imprint"],
        "serial_number": serial,
        "gen_time": core.GeneralizedTime(now.replace(microsecond=0)),
        "accuracy": {"seconds": ACCURACY_SECONDS},
    }
    if asked["nonce"].native is not None:
        info["nonce"] = asked["nonce"].native
    return tsp.TSTInfo(info)


def _token(info: tsp.TSTInfo, stamper: Stamper, *, with_chain: bool) -> cms.ContentInfo:
    """Make the CMS token: one signer, bound to their certificate (RFC 5816)."""
    parsed = stamper.certificate.parsed
    digest = keys.digest_for(parsed.public_key)
    attributes = _attributes(info.dump(), stamper.certificate, digest)
    name = {"issuer": parsed.issuer, "serial_number": parsed.serial_number}
    signer = {
        "version": "v1",
        "sid": cms.SignerIdentifier({"issuer_and_serial_number": name}),
        "digest_algorithm": {"algorithm": digest},
        "signed_attrs": attributes,
        "signature_algorithm": keys.signature_algorithm(parsed.public_key),
        "signature": stamper.sign(attributes.dump()),
    }
    signed_data: dict[str, Any] = {
        "version": "v3",
        "digest_algorithms": [{"algorithm": digest}],
        "encap_content_info": {
            "content_type": "tst_info",
            "content": core.ParsableOctetString(info.dump()),
        },
        "signer_infos": [signer],
    }
    if with_chain:
        chain = (stamper.certificate, *stamper.issuers)
        signed_data["certificates"] = [
            cms.CertificateChoices("certificate", one.parsed) for one in chain
        ]
    content = cms.SignedData(signed_data)
    return cms.ContentInfo({"content_type": "signed_data", "content": content})


def _attributes(info: bytes, certificate: X509Certificate, digest: str) -> cms.CMSAttributes:
    # RFC 5035, 5.4.1.1: SHA-256 is the default, and DER leaves a default out.
    bound = {"cert_hash": hashlib.sha256(certificate.der).digest()}
    values = {
        "content_type": "tst_info",
        "message_digest": hashlib.new(digest, info).digest(),
        "signing_certificate_v2": tsp.SigningCertificateV2({"certs": [bound]}),
    }
    return cms.CMSAttributes(
        [cms.CMSAttribute({"type": name, "values": [value]}) for name, value in values.items()]
    )
