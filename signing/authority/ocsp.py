"""The answering side of OCSP (RFC 6960): reads what is asked and makes the signed answer.

Requests come from strangers: anything but one strict DER request of modest size is answered with
`malformedRequest`, and a question about nobody's certificates with `unauthorized`. SHA-1 occurs
only where a client names an issuer by it; no signature and no name of ours rests on it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from asn1crypto import core, ocsp

from signing.authority.crl import Reason
from signing.tokens import keys
from signing.x509.tlv import is_der

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from signing.authority.crl import RevokedEntry
    from signing.x509.certificate import X509Certificate

LIFE = timedelta(minutes=1)
"""How long an answer may be kept: a change of status must be visible within a minute."""

SIZE_LIMIT = 16 * 1024
REQUESTS_LIMIT = 16
NONCE_LIMIT = 128  # RFC 9654, 2.1
ID_HASHES = frozenset({"sha1", "sha256", "sha384", "sha512"})
_KNOWN_EXTENSIONS = frozenset({"nonce", "acceptable_responses", "preferred_signature_algorithms"})


class OcspFailure(StrEnum):
    """Why there is no answer (RFC 6960, 2.3); such a response is not signed."""

    MALFORMED = "malformed_request"
    TRY_LATER = "try_later"
    UNAUTHORIZED = "unauthorized"


@dataclass(frozen=True)
class ServedStatus:
    """What is known of one serial number: nothing, good, or since when and why it is not."""

    known: bool = True
    entry: RevokedEntry | None = None


GOOD = ServedStatus()
UNKNOWN = ServedStatus(known=False)


@dataclass(frozen=True)
class Responder:
    """Who answers: for which issuer, with which delegated certificate, signing with its key."""

    issuer: X509Certificate
    certificate: X509Certificate
    sign: Callable[[bytes], bytes]


class _RefusedError(Exception):
    """Ends the reading of a request with the failure that it is answered with."""

    def __init__(self, failure: OcspFailure) -> None:
        super().__init__(failure.value)
        self.failure = failure


@dataclass(frozen=True)
class _Question:
    """What a request asks: the identifiers of certificates, and the nonce to be echoed."""

    identifiers: tuple[ocsp.CertId, ...]
    nonce: bytes | None


def failure(why: OcspFailure) -> bytes:
    """Make the unsigned response that says why there is no answer."""
    return bytes(ocsp.OCSPResponse({"response_status": why.value}).dump())


def is_keepable(response: bytes) -> bool:
    """Say whether a response of ours may be kept by others: an answer to a request without nonce.

    With a nonce it is for its asker alone, and a failure may end at any moment (RFC 5019, 6).
    """
    parsed = ocsp.OCSPResponse.load(response)
    if parsed["response_status"].native != "successful":
        return False
    return not parsed.response_data["response_extensions"]


def respond(
    request: bytes, responder: Responder, status_of: Callable[[int], ServedStatus], now: datetime
) -> bytes:
    """Answer a DER request at the moment `now` (aware UTC), whatever its bytes are.

    `status_of` is asked for each serial number that names our issuer; another issuer's is
    unknown, and a request that names only others is refused. Raises what `sign` raises.
    """
    try:
        question = _read(request)
    except _RefusedError as refused:
        return failure(refused.failure)
    if not any(_names(one, responder.issuer) for one in question.identifiers):
        return failure(OcspFailure.UNAUTHORIZED)
    whole = now.replace(microsecond=0)
    statuses = [
        (one, status_of(one["serial_number"].native) if _names(one, responder.issuer) else UNKNOWN)
        for one in question.identifiers
    ]
    return _signed(_data(statuses, question.nonce, responder, whole), responder)


def _read(request: bytes) -> _Question:
    if len(request) > SIZE_LIMIT or not is_der(request):
        raise _RefusedError(OcspFailure.MALFORMED)
    try:
        return _question(ocsp.OCSPRequest.load(request, strict=True)["tbs_request"])
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        raise _RefusedError(OcspFailure.MALFORMED) from error


def _question(tbs: ocsp.TBSRequest) -> _Question:
    # Forces every part, since asn1crypto parses lazily.
    _ = tbs.native
    requests = tbs["request_list"]
    if tbs["version"].native != "v1" or not 0 < len(requests) <= REQUESTS_LIMIT:
        raise _RefusedError(OcspFailure.MALFORMED)
    extensions = {entry["extn_id"].native: entry for entry in tbs["request_extensions"]}
    if len(extensions) != len(tbs["request_extensions"]):
        raise _RefusedError(OcspFailure.MALFORMED)
    for name, entry in extensions.items():
        # RFC 6960, 4.4: what is not known may be passed over unless it is critical.
        if entry["critical"].native and name not in _KNOWN_EXTENSIONS:
            raise _RefusedError(OcspFailure.MALFORMED)
    return _Question(tuple(one["req_cert"] for one in requests), _nonce(extensions.get("nonce")))


def _nonce(extension: ocsp.TBSRequestExtension | None) -> bytes | None:
    if extension is None:
        return None
    value = bytes(extension["extn_value"].parsed.native)
    if not 0 < len(value) <= NONCE_LIMIT:
        raise _RefusedError(OcspFailure.MALFORMED)
    return value


def _names(identifier: ocsp.CertId, issuer: X509Certificate) -> bool:
    """Say whether an identifier names this issuer: the hashes of its name and of its key."""
    algorithm = identifier["hash_algorithm"]["algorithm"].native
    if algorithm not in ID_HASHES:
        return False
    pairs = {
        "issuer_name_hash": issuer.parsed.subject.dump(),
        "issuer_key_hash": bytes(issuer.parsed.public_key["public_key"]),
    }
    return all(
        identifier[name].native == hashlib.new(algorithm, data).digest()
        for name, data in pairs.items()
    )


def _state(status: ServedStatus) -> ocsp.CertStatus:
    if status.entry is None:
        return ocsp.CertStatus("good" if status.known else "unknown")
    since = status.entry.since.replace(microsecond=0)
    info: dict[str, Any] = {"revocation_time": core.GeneralizedTime(since)}
    if status.entry.reason is not Reason.UNSPECIFIED:
        info["revocation_reason"] = status.entry.reason.value
    return ocsp.CertStatus("revoked", ocsp.RevokedInfo(info))


def _data(
    statuses: list[tuple[ocsp.CertId, ServedStatus]],
    nonce: bytes | None,
    responder: Responder,
    now: datetime,
) -> ocsp.ResponseData:
    responses = [
        {
            "cert_id": identifier,
            "cert_status": _state(status),
            "this_update": core.GeneralizedTime(now),
            "next_update": core.GeneralizedTime(now + LIFE),
        }
        for identifier, status in statuses
    ]
    data: dict[str, Any] = {
        # By name: an identifier by key would be a SHA-1.
        "responder_id": ocsp.ResponderId("by_name", responder.certificate.parsed.subject),
        "produced_at": core.GeneralizedTime(now),
        "responses": responses,
    }
    if nonce is not None:
        echoed = {"extn_id": "nonce", "extn_value": core.OctetString(nonce)}
        data["response_extensions"] = [echoed]
    return ocsp.ResponseData(data)


def _signed(data: ocsp.ResponseData, responder: Responder) -> bytes:
    certificate = responder.certificate.parsed
    basic = ocsp.BasicOCSPResponse(
        {
            "tbs_response_data": data,
            "signature_algorithm": keys.signature_algorithm(certificate.public_key),
            "signature": responder.sign(data.dump()),
            "certs": [certificate],
        }
    )
    body = {"response_type": "basic_ocsp_response", "response": basic}
    response = {"response_status": "successful", "response_bytes": body}
    return bytes(ocsp.OCSPResponse(response).dump())
