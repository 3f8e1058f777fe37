"""Asking the services of other houses: time-stamps (RFC 3161), CRLs, OCSP (RFC 6960).

What is answered is read and matched with the question; whether its signer is trusted is the
business of `signing.validation.validate`. Never call this inside a database lock: it waits for
others.
"""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Lock, Semaphore
from typing import TYPE_CHECKING

from asn1crypto import tsp, x509
from pyhanko.sign.general import extract_certificate_info, extract_signer_info
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko_certvalidator.authority import AuthorityWithCert
from pyhanko_certvalidator.fetchers.common_utils import (
    enumerate_delivery_point_urls,
    format_ocsp_request,
    process_ocsp_response_data,
)
from pyhanko_certvalidator.util import get_ocsp_urls

from signing.errors import OnlineAnswerWrong, OnlineUnavailable
from signing.network.fetch import Fetcher, place
from signing.x509 import ocsp_responses, revocation_lists, tlv

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from asn1crypto import cms

SMALL = 64 * 1024
"""Bytes of the largest time-stamp or OCSP answer."""

LARGEST_LIST = 16 * 1024 * 1024
"""Bytes of the largest revocation list."""

YOUNG = timedelta(minutes=1)
"""How long a list is used without asking again, so that a revocation is seen within a minute."""

TURN = 1.0
"""Seconds that a signature waits for its turn."""

GRANTED = frozenset({"granted", "granted_with_mods"})
OLD_HASH = "sha1"
"""By what responders of RFC 5019 know certificates; nothing rests on its strength."""

ADDRESSES = 4
"""How many addresses of one certificate are tried."""


@dataclass
class ListCache:
    """Keeps the newest lists by address, the oldest thrown out first; no list after nextUpdate."""

    entries: int = 32
    _kept: dict[str, tuple[datetime, bytes]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def get(self, url: str, now: datetime) -> bytes | None:
        """Give the list of an address while it may be used."""
        with self._lock:
            until, der = self._kept.get(url, (now, b""))
        return der if now < until else None

    def put(self, url: str, der: bytes, until: datetime) -> None:
        """Keep a list until a moment."""
        with self._lock:
            self._kept.pop(url, None)
            self._kept[url] = (until, der)
            while len(self._kept) > self.entries:
                del self._kept[next(iter(self._kept))]


@dataclass
class Online:
    """The services as one client asks them; `tsa_url` is the time-stamp authority's address.

    Each method raises OnlineUnavailable (out of reach, too slow, too big) or OnlineAnswerWrong
    (readable or not, it is no answer to the question); both mean "try later".
    """

    tsa_url: str
    fetcher: Fetcher = field(default_factory=Fetcher)
    lists: ListCache = field(default_factory=ListCache)
    id_hash: str = "sha256"
    gate: Semaphore = field(default_factory=lambda: Semaphore(64))
    _old: set[str] = field(default_factory=set)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Let so many signatures be worked on at once; the others are told to come later.

        A product that asks itself needs threads left to answer with.
        """
        if not self.gate.acquire(timeout=TURN):
            raise OnlineUnavailable(where=place(self.tsa_url), reason="too_many_requests")
        try:
            yield
        finally:
            self.gate.release()

    def timestamp(self, digest: bytes, algorithm: str = "sha256") -> bytes:
        """Have a digest stamped and give the token (DER of a CMS ContentInfo).

        Checked here: granted, same imprint, same nonce, one signer whose certificate came along
        and whose signature fits.
        """
        client = TimeStamper()  # type: ignore[no-untyped-call]
        nonce, request = client.request_cms(digest, algorithm)  # type: ignore[no-untyped-call]
        kinds = ("application/timestamp-query", "application/timestamp-reply")
        answer = self.fetcher.post(self.tsa_url, request.dump(), kinds, SMALL)
        with _answers(self.tsa_url):
            token = _granted(tsp.TimeStampResp.load(answer, strict=True))
            _check_token(token, request["message_imprint"], nonce)
            # As it came: asn1crypto might encode anew what it has read.
            return tlv.inside(answer, tlv.SEQUENCE)[1]

    def crls(
        self, certificate: x509.Certificate, now: datetime, since: datetime | None = None
    ) -> tuple[bytes, ...]:
        """Give the list of each distribution point of a certificate (DER); none without points.

        `now` ages the cache; a list issued before `since` is asked for again. Of the addresses
        of one point the first that answers serves.
        """
        points = [
            list(enumerate_delivery_point_urls(point))[:ADDRESSES]
            for point in list(certificate.crl_distribution_points_value or ())[:ADDRESSES]
        ]
        return tuple(
            _first(urls, lambda url: self._list(url, now, since)) for urls in points if urls
        )

    def _list(self, url: str, now: datetime, since: datetime | None) -> bytes:
        kept = self.lists.get(url, now)
        if kept is not None and (since is None or issued(kept) >= since.replace(microsecond=0)):
            return kept
        der = self.fetcher.get(url, "application/pkix-crl", LARGEST_LIST)
        with _answers(url):
            ends = revocation_lists.read(der).next_update
        # A list without an end is used once (RFC 5280, 5.1.2.5 demands one).
        self.lists.put(url, der, min(ends or now, now + YOUNG))
        return der

    def ocsp(self, certificate: x509.Certificate, issuer: x509.Certificate) -> bytes | None:
        """Ask the responders of a certificate and give the first answer (DER of OCSPResponse).

        None when the certificate names no responder. Never from a cache: the answer is wanted as
        evidence from after a moment. Status, signature and age are judged by the validation.
        """
        urls = get_ocsp_urls(certificate)[:ADDRESSES]
        return _first(urls, lambda url: self._status(url, certificate, issuer)) if urls else None

    def _status(self, url: str, certificate: x509.Certificate, issuer: x509.Certificate) -> bytes:
        """Ask one responder; once more by SHA-1 when it does not know the hash we name things by.

        Responders of RFC 5019 need not know another (2.1.1).
        """
        if url not in self._old:
            try:
                return self._ask_responder(url, certificate, issuer, self.id_hash)
            except OnlineAnswerWrong:
                if self.id_hash == OLD_HASH:
                    raise
        der = self._ask_responder(url, certificate, issuer, OLD_HASH)
        self._old.add(url)
        return der

    def _ask_responder(
        self, url: str, certificate: x509.Certificate, issuer: x509.Certificate, id_hash: str
    ) -> bytes:
        request = format_ocsp_request(
            certificate,
            AuthorityWithCert(issuer),
            certid_hash_algo=id_hash,
            request_nonces=True,
        )
        kinds = ("application/ocsp-request", "application/ocsp-response")
        der = self.fetcher.post(url, request.dump(), kinds, SMALL)
        with _answers(url):
            process_ocsp_response_data(der, ocsp_request=request, ocsp_url=url)
            if not ocsp_responses.read(der).about(certificate, issuer):
                raise ValueError("the answer is about another certificate")
        return der


def _first(urls: list[str], ask: Callable[[str], bytes]) -> bytes:
    """Give what the first address that answers says; the last one's failure counts for all."""
    for url in urls[:-1]:
        try:
            return ask(url)
        except OnlineUnavailable:
            continue
    return ask(urls[-1])


@contextmanager
def _answers(url: str) -> Iterator[None]:
    """Let whatever a parser or a check raises inside the block mean a wrong answer."""
    try:
        yield
    except Exception as error:
        raise OnlineAnswerWrong(where=place(url), reason=type(error).__name__) from error


def _granted(response: tsp.TimeStampResp) -> cms.ContentInfo:
    """Give the token of an answer that brings one (RFC 3161, 2.4.2)."""
    if response["status"]["status"].native not in GRANTED:
        raise ValueError("no time-stamp was granted")
    return response["time_stamp_token"]


def _check_token(token: cms.ContentInfo, imprint: tsp.MessageImprint, nonce: int) -> None:
    signed_data = token["content"]
    content = signed_data["encap_content_info"]
    info = content["content"].parsed
    # Read, since an authority may write the hash with parameters of NULL or with none.
    if info["message_imprint"].native != imprint.native or info["nonce"].native != nonce:
        raise ValueError("the token is for another question")
    revocation_lists.read_extensions(info["extensions"], frozenset())
    signer_info = extract_signer_info(signed_data)
    algorithm = signer_info["digest_algorithm"]["algorithm"].native
    intact, valid = validate_sig_integrity(
        signer_info,
        extract_certificate_info(signed_data).signer_cert,
        expected_content_type="tst_info",
        actual_digest=hashlib.new(algorithm, bytes(content["content"])).digest(),
    )
    if not (intact and valid):
        raise ValueError("the token's own signature does not fit")


def issued(der: bytes) -> datetime:
    """Give thisUpdate of a list that was read before."""
    return revocation_lists.read(der).this_update
