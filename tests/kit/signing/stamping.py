"""Time-stamps and status answers of the demo authority, as a client would get them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asn1crypto import ocsp, tsp

from signing.authority.ocsp import GOOD
from tests.kit.signing.house import NOW

if TYPE_CHECKING:
    from datetime import datetime

    from signing.authority.demo import Authority


def token(
    authority: Authority, digest: bytes, at: datetime = NOW, *, with_certificates: bool = True
) -> bytes:
    """Have a SHA-256 digest stamped by the authority and give the token."""
    request = tsp.TimeStampReq(
        {
            "version": "v1",
            "message_imprint": {
                "hash_algorithm": {"algorithm": "sha256"},
                "hashed_message": digest,
            },
            "cert_req": with_certificates,
        }
    )
    serial = int.from_bytes(digest[:8], "big") | 1 << 64
    answer = tsp.TimeStampResp.load(authority.timestamp_response(request.dump(), at, serial))
    return bytes(answer["time_stamp_token"].dump())


def ocsp_answer(authority: Authority, serial_number: int, at: datetime = NOW) -> bytes:
    """Give the authority's answer that a certificate of its is in force."""
    issuer = authority.issuing.parsed
    named = {
        "hash_algorithm": {"algorithm": "sha256"},
        "issuer_name_hash": issuer.subject.sha256,
        "issuer_key_hash": issuer.public_key.sha256,
        "serial_number": serial_number,
    }
    request = ocsp.OCSPRequest({"tbs_request": {"request_list": [{"req_cert": named}]}})
    return authority.ocsp_response(request.dump(), lambda _serial: GOOD, at)
