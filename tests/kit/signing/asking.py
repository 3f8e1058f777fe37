"""Requests to the authority's services, built the way their clients build them."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from asn1crypto import core, ocsp, tsp

if TYPE_CHECKING:
    from signing.x509.certificate import X509Certificate


def identifier(
    issuer: X509Certificate, serial_number: int, digest: str = "sha256"
) -> dict[str, Any]:
    """Name a certificate by its issuer's name and key and by its own number (RFC 6960, 4.1.1)."""
    name, key = issuer.parsed.subject.dump(), bytes(issuer.parsed.public_key["public_key"])
    return {
        "hash_algorithm": {"algorithm": digest},
        "issuer_name_hash": hashlib.new(digest, name).digest(),
        "issuer_key_hash": hashlib.new(digest, key).digest(),
        "serial_number": serial_number,
    }


def ocsp_request(
    issuer: X509Certificate,
    *serial_numbers: int,
    digest: str = "sha256",
    nonce: bytes | None = None,
) -> bytes:
    """Ask for the status of certificates."""
    asked = [{"req_cert": identifier(issuer, number, digest)} for number in serial_numbers]
    return ocsp_of(asked, nonce_extension(nonce) if nonce is not None else [])


def nonce_extension(nonce: bytes) -> list[dict[str, Any]]:
    """Give the extension that carries a nonce (RFC 9654)."""
    return [{"extn_id": "nonce", "extn_value": core.OctetString(nonce)}]


def ocsp_of(asked: list[dict[str, Any]], extensions: list[dict[str, Any]], **tbs: object) -> bytes:
    """Put a request together of any parts."""
    parts: dict[str, Any] = {"request_list": asked, **tbs}
    if extensions:
        parts["request_extensions"] = extensions
    return bytes(ocsp.OCSPRequest({"tbs_request": parts}).dump())


def stamp_request(data: bytes = b"text", digest: str = "sha256", **other: object) -> bytes:
    """Ask for a time-stamp over the hash of the data; `other` are fields of the request."""
    imprint = {
        "hash_algorithm": {"algorithm": digest},
        "hashed_message": hashlib.new(digest, data).digest(),
    }
    return bytes(tsp.TimeStampReq({"version": "v1", "message_imprint": imprint, **other}).dump())
