"""The demonstration authority: root, issuing authority and its services, keys inside a token.

The TEST root certifies the TEST issuing authority, which certifies persons, the OCSP responder
and the time-stamp authority.
Nothing here may be used outside a demonstration: the names begin with TEST and the policy is
under the example arc 2.999. RSA with PKCS#1 v1.5 is used on purpose: signing the same request
twice gives the same certificate, so a production killed half-way can be repeated.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from asn1crypto import pem, x509

from signing.authority import ocsp, tsa
from signing.authority.crl import ListIssue, RevokedEntry, revocation_list, sign_list
from signing.authority.issuing import proven_key
from signing.errors import KeyAbsent, TokenUnknown
from signing.tokens import keys
from signing.tokens.keys import KeyKind
from signing.validation.trust import Revocation, Trust
from signing.x509 import builder
from signing.x509.profile import compare

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from asn1crypto.keys import PublicKeyInfo

    from signing.authority.crl import Reason
    from signing.tokens.pin import Pin
    from signing.tokens.session import TokenSession
    from signing.tokens.slots import TokenStore
    from signing.x509.certificate import X509Certificate

ROOT_ID = b"nes-test-root"
ISSUING_ID = b"nes-test-issuing"
OCSP_ID = b"nes-test-ocsp"
TSA_ID = b"nes-test-tsa"
ROOT_NAME = "TEST Kök Sertifika Hizmet Sağlayıcısı"
ISSUING_NAME = "TEST NES Sertifika Hizmet Sağlayıcısı"
OCSP_NAME = "TEST NES Sertifika Durum Sorgulama"
TSA_NAME = "TEST NES Zaman Damgası"
ORGANISATION = "TEST nes-ofis"
NAMES = {ROOT_ID: ROOT_NAME, ISSUING_ID: ISSUING_NAME, OCSP_ID: OCSP_NAME, TSA_ID: TSA_NAME}
"""The certificates of the authority in the order in which they are made."""


@dataclass(frozen=True)
class Addresses:
    """Where the running product serves what certificates point to; each may be served nowhere."""

    crl: tuple[str, ...] = ()
    root_crl: tuple[str, ...] = ()
    ocsp: tuple[str, ...] = ()
    issuing: tuple[str, ...] = ()
    root: tuple[str, ...] = ()

    @classmethod
    def under(cls, base: str) -> Addresses:
        """Give the fixed paths under a base such as `http://127.0.0.1:8000`."""
        paths = ("/nes.crl", "/root.crl", "/nes.ocsp", "/ca/nes.cer", "/ca/root.cer")
        return cls(*((f"{base}{path}",) for path in paths))


@dataclass(frozen=True)
class Plan:
    """How the authority is made: its token, PINs, validity (aware UTC), keys and addresses.

    `kind` is for the root and the issuing authority; the services have EC keys, since they sign
    at every request and nothing of theirs must be repeatable.
    """

    label: str
    so_pin: Pin | str
    pin: Pin | str
    not_before: datetime
    not_after: datetime
    kind: KeyKind = KeyKind.RSA_3072
    addresses: Addresses = Addresses()


def _name(common_name: str) -> x509.Name:
    return builder.distinguished_name(
        {"country_name": "TR", "organization_name": ORGANISATION, "common_name": common_name}
    )


def _serial(public: PublicKeyInfo) -> int:
    # Drawn from a random key, so it is as random as a serial must be, and stable on a repeat.
    return int.from_bytes(hashlib.sha256(public.dump()).digest()[:8], "big") | 1 << 64


def _issuer(key_id: bytes) -> bytes:
    return ROOT_ID if key_id in {ROOT_ID, ISSUING_ID} else ISSUING_ID


def _extensions(
    key_id: bytes, public: PublicKeyInfo, issuer: PublicKeyInfo, at: Addresses
) -> list[x509.Extension]:
    if key_id == ROOT_ID:
        return builder.root_extensions(public)
    if key_id == ISSUING_ID:
        places = builder.pointers(at.root_crl, (), at.root)
        return builder.issuing_extensions(public, issuer, places)
    if key_id == OCSP_ID:
        # Nobody checks a responder (id-pkix-ocsp-nocheck), so nothing tells where one could.
        return builder.responder_extensions(public, issuer, builder.pointers((), (), at.issuing))
    places = builder.pointers(at.crl, at.ocsp, at.issuing)
    return builder.stamper_extensions(public, issuer, places)


def _own_certificate(session: TokenSession, key_id: bytes, plan: Plan) -> bytes:
    """Build one of the authority's own certificates and sign it with its issuer's key."""
    public, issuer = session.public_key(key_id), session.public_key(_issuer(key_id))
    algorithm = keys.signature_algorithm(issuer)
    tbs = builder.to_be_signed(
        serial_number=_serial(public),
        names=(_name(NAMES[_issuer(key_id)]), _name(NAMES[key_id])),
        validity=(plan.not_before, plan.not_after),
        public=public,
        algorithm=algorithm,
        extensions=_extensions(key_id, public, issuer, plan.addresses),
    )
    digest = keys.digest_for(issuer)
    return builder.signed(tbs, algorithm, lambda data: session.sign(_issuer(key_id), data, digest))


def create(
    store: TokenStore, plan: Plan, *others: Callable[[TokenSession, Plan], None]
) -> Authority:
    """Make the authority where no token has its label, or open the one that is there.

    The token is filled aside, with what `others` put on it too, and only then moved into the
    store: so it is whole or not there at all, and one that is there is never written again.
    Whether one may be made at all is for the caller to know (handlers.kit.own_keys).
    """

    def fill(session: TokenSession) -> None:
        for key_id, name in NAMES.items():
            kind = plan.kind if key_id in {ROOT_ID, ISSUING_ID} else KeyKind.EC_P256
            session.generate(key_id, kind, name)
            session.write_certificate(key_id, _own_certificate(session, key_id, plan), name)
        for other in others:
            other(session, plan)

    store.make_blank(plan.label, plan.so_pin, plan.pin, fill)
    return Authority(store, plan.label, plan.pin)


class Authority:
    """An authority that exists on a token; its session stays open between signatures."""

    def __init__(self, store: TokenStore, label: str, pin: Pin | str) -> None:
        """Read the certificates; TokenUnknown when the token is not an authority's."""
        self._store, self._label, self._pin = store, label, pin
        with store.browse(label) as session:
            self._own = session.certificates()
        if not {ROOT_ID, ISSUING_ID} <= self._own.keys():
            raise TokenUnknown(label=label)
        self.root: X509Certificate = self._own[ROOT_ID]
        self.issuing: X509Certificate = self._own[ISSUING_ID]

    def _service(self, key_id: bytes) -> X509Certificate:
        if key_id not in self._own:
            raise KeyAbsent(label=self._label)
        return self._own[key_id]

    @property
    def responder(self) -> X509Certificate:
        """Give the OCSP responder's certificate; KeyAbsent when the token has none."""
        return self._service(OCSP_ID)

    @property
    def stamper(self) -> X509Certificate:
        """Give the time-stamp authority's certificate; KeyAbsent when the token has none."""
        return self._service(TSA_ID)

    @property
    def trust(self) -> Trust:
        """Give what validation needs: the root as anchor, the issuing authority between."""
        return Trust(anchors=(self.root.der,), intermediates=(self.issuing.der,))

    def anchors_pem(self) -> bytes:
        """Give root and issuing certificate as PEM, for `openssl cms -verify -CAfile`."""
        ders = (self.root.der, self.issuing.der)
        return b"".join(pem.armor("CERTIFICATE", der) for der in ders)

    def to_be_signed(
        self, request: builder.CertificateRequest, public: PublicKeyInfo
    ) -> x509.TbsCertificate:
        """Build what `issue` signs; the same request and key always give the same bytes."""
        builder.check(request)
        issuer_key = self.issuing.parsed.public_key
        return builder.to_be_signed(
            serial_number=request.serial_number,
            names=(self.issuing.parsed.subject, request.subject.name()),
            validity=(request.not_before, request.not_after),
            public=public,
            algorithm=keys.signature_algorithm(issuer_key),
            extensions=builder.person_extensions(request, public, issuer_key),
        )

    def issue(self, request: builder.CertificateRequest, public: PublicKeyInfo) -> bytes:
        """Sign a person's certificate over this public key; RequestInvalid for bad fields."""
        tbs = self.to_be_signed(request, public)
        algorithm = keys.signature_algorithm(self.issuing.parsed.public_key)
        return builder.signed(tbs, algorithm, partial(self._sign, ISSUING_ID))

    def certify(self, request: builder.CertificateRequest, proof: bytes) -> bytes:
        """Sign a person's certificate over the key that signed `proof` (`Certifier.certify`)."""
        return self.issue(request, proven_key(proof))

    def settle(self, public: PublicKeyInfo) -> None:
        """Forget nothing: a repetition signs the same bytes."""

    def differences(
        self, certificate: X509Certificate, request: builder.CertificateRequest, public: bytes
    ) -> list[str]:
        """Name the fields in which a certificate is not what was asked for."""
        return compare(certificate, request, public)

    def set_status(self, certificate: X509Certificate, reason: Reason | None) -> None:
        """Do nothing: the lists of this authority are drawn from the records of the office."""

    def _sign(self, key_id: bytes, data: bytes) -> bytes:
        public = self._own[key_id].parsed.public_key
        with self._store.pooled(self._label, self._pin) as session:
            return session.sign(key_id, data, keys.digest_for(public))

    def ocsp_response(
        self, request: bytes, status_of: Callable[[int], ocsp.ServedStatus], now: datetime
    ) -> bytes:
        """Answer an OCSP request (DER) at `now`; `status_of` knows the persons' certificates.

        Whatever the bytes are, there is a response (signing.authority.ocsp); only a token that is
        away raises.
        """
        responder = ocsp.Responder(self.issuing, self.responder, partial(self._sign, OCSP_ID))
        services = {one.serial_number for key, one in self._own.items() if key in {OCSP_ID, TSA_ID}}

        def status(serial_number: int) -> ocsp.ServedStatus:
            return ocsp.GOOD if serial_number in services else status_of(serial_number)

        return ocsp.respond(request, responder, status, now)

    def timestamp_response(self, request: bytes, now: datetime, serial: int) -> bytes:
        """Answer a time-stamp request (DER) at `now` with a token of this unused serial number.

        Whatever the bytes are, there is a response (signing.authority.tsa); only a token that is
        away raises.
        """
        stamper = tsa.Stamper(self.stamper, (self.issuing,), partial(self._sign, TSA_ID))
        return tsa.respond(request, stamper, now, serial)

    def crl(
        self,
        entries: Iterable[RevokedEntry],
        this_update: datetime,
        next_update: datetime,
        number: int,
    ) -> bytes:
        """Sign the list of revoked and suspended certificates of the issuing authority (DER)."""
        return revocation_list(
            self.issuing,
            entries,
            (this_update, next_update),
            number,
            partial(self._sign, ISSUING_ID),
        )

    def root_crl(
        self,
        this_update: datetime,
        next_update: datetime,
        number: int,
        entries: Iterable[RevokedEntry] = (),
    ) -> bytes:
        """Sign the root's list, which says whether the issuing authority itself is revoked."""
        return revocation_list(
            self.root,
            entries,
            (this_update, next_update),
            number,
            partial(self._sign, ROOT_ID),
        )

    def sign_lists(self, entries: bytes, issue: ListIssue) -> tuple[bytes, bytes]:
        """Sign both lists (DER): the issuing authority's, of encoded entries, and the root's."""
        issuing = sign_list(self.issuing, entries, issue, partial(self._sign, ISSUING_ID))
        return issuing, sign_list(self.root, b"", issue, partial(self._sign, ROOT_ID))

    def revocation(
        self,
        entries: Iterable[RevokedEntry],
        this_update: datetime,
        next_update: datetime,
        number: int,
    ) -> Revocation:
        """Give both lists, which is all that validation asks for."""
        issuing = self.crl(entries, this_update, next_update, number)
        return Revocation(crls=(issuing, self.root_crl(this_update, next_update, number)))
