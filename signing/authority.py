"""The demonstration authority: a TEST root and a TEST issuing authority, keys inside a token.

Nothing here may be used outside a demonstration: the names begin with TEST and the policy is
under the example arc 2.999. RSA with PKCS#1 v1.5 is used on purpose: signing the same request
twice gives the same certificate, so a production killed half-way can be repeated.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from asn1crypto import pem, x509

from signing import builder, keys
from signing.crl import Entry, revocation_list
from signing.errors import TokenUnknown
from signing.keys import KeyKind
from signing.trust import Revocation, Trust

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from asn1crypto.keys import PublicKeyInfo

    from signing.certificate import Certificate
    from signing.pin import Pin
    from signing.session import TokenSession
    from signing.tokens import TokenStore

ROOT_ID = b"nes-test-root"
ISSUING_ID = b"nes-test-issuing"
ROOT_NAME = "TEST Kök Sertifika Hizmet Sağlayıcısı"
ISSUING_NAME = "TEST NES Sertifika Hizmet Sağlayıcısı"
ORGANISATION = "TEST nes-ofis"


@dataclass(frozen=True)
class Plan:
    """How the authority is made: its token, PINs, validity (aware UTC) and kind of keys."""

    label: str
    so_pin: Pin | str
    pin: Pin | str
    not_before: datetime
    not_after: datetime
    kind: KeyKind = KeyKind.RSA_3072


def _name(common_name: str) -> x509.Name:
    return builder.distinguished_name(
        {"country_name": "TR", "organization_name": ORGANISATION, "common_name": common_name}
    )


def _serial(public: PublicKeyInfo) -> int:
    # Drawn from a random key, so it is as random as a serial must be, and stable on a repeat.
    return int.from_bytes(hashlib.sha256(public.dump()).digest()[:8], "big") | 1 << 64


def _own_certificate(
    session: TokenSession, key_id: bytes, name: str, plan: Plan, root: PublicKeyInfo
) -> bytes:
    """Build and sign the root's or the issuing authority's own certificate with the root key."""
    public = session.public_key(key_id)
    algorithm = keys.signature_algorithm(root)
    tbs = builder.to_be_signed(
        serial_number=_serial(public),
        names=(_name(ROOT_NAME), _name(name)),
        validity=(plan.not_before, plan.not_after),
        public=public,
        algorithm=algorithm,
        extensions=builder.authority_extensions(public, root, None if key_id == ROOT_ID else 0),
    )
    signature = session.sign(ROOT_ID, tbs.dump(), keys.digest_for(root))
    return builder.signed(tbs, algorithm, signature)


def create(store: TokenStore, plan: Plan) -> Authority:
    """Make the authority, or finish making it, or open it when it is whole.

    Idempotent: keys and certificates that are already on the token stay as they are.
    """
    store.make_blank(plan.label, plan.so_pin, plan.pin)
    with store.session(plan.label, plan.pin, write=True) as session:
        session.clear_debris()
        for key_id, name in ((ROOT_ID, ROOT_NAME), (ISSUING_ID, ISSUING_NAME)):
            if key_id in session.certificates():
                continue
            session.ensure_key(key_id, plan.kind, name)
            root = session.public_key(ROOT_ID)
            der = _own_certificate(session, key_id, name, plan, root)
            session.write_certificate(key_id, der, name)
    return Authority(store, plan.label, plan.pin)


class Authority:
    """An authority that exists on a token; every signature opens a session of its own."""

    def __init__(self, store: TokenStore, label: str, pin: Pin | str) -> None:
        """Read both certificates; TokenUnknown when the token is not an authority's."""
        self._store, self._label, self._pin = store, label, pin
        with store.browse(label) as session:
            found = session.certificates()
        if not {ROOT_ID, ISSUING_ID} <= found.keys():
            raise TokenUnknown(label=label)
        self.root: Certificate = found[ROOT_ID]
        self.issuing: Certificate = found[ISSUING_ID]

    @property
    def trust(self) -> Trust:
        """Give what validation needs: the root as anchor, the issuing authority between."""
        return Trust(anchors=(self.root.der,), intermediates=(self.issuing.der,))

    def anchors_pem(self) -> bytes:
        """Give root and issuing certificate as PEM, for `openssl cms -verify -CAfile`."""
        ders = (self.root.der, self.issuing.der)
        return b"".join(pem.armor("CERTIFICATE", der) for der in ders)

    def to_be_signed(self, request: builder.Request, public: PublicKeyInfo) -> x509.TbsCertificate:
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

    def issue(self, request: builder.Request, public: PublicKeyInfo) -> bytes:
        """Sign a person's certificate over this public key; RequestInvalid for bad fields."""
        tbs = self.to_be_signed(request, public)
        algorithm = keys.signature_algorithm(self.issuing.parsed.public_key)
        return builder.signed(tbs, algorithm, self._sign(ISSUING_ID, tbs.dump()))

    def _sign(self, key_id: bytes, data: bytes) -> bytes:
        certificate = self.root if key_id == ROOT_ID else self.issuing
        with self._store.session(self._label, self._pin) as session:
            return session.sign(key_id, data, keys.digest_for(certificate.parsed.public_key))

    def crl(
        self, entries: Iterable[Entry], this_update: datetime, next_update: datetime, number: int
    ) -> bytes:
        """Sign the list of revoked and suspended certificates of the issuing authority (DER)."""
        return revocation_list(
            self.issuing,
            entries,
            (this_update, next_update),
            number,
            lambda data: self._sign(ISSUING_ID, data),
        )

    def root_crl(
        self,
        this_update: datetime,
        next_update: datetime,
        number: int,
        entries: Iterable[Entry] = (),
    ) -> bytes:
        """Sign the root's list, which says whether the issuing authority itself is revoked."""
        return revocation_list(
            self.root,
            entries,
            (this_update, next_update),
            number,
            lambda data: self._sign(ROOT_ID, data),
        )

    def revocation(
        self, entries: Iterable[Entry], this_update: datetime, next_update: datetime, number: int
    ) -> Revocation:
        """Give both lists, which is all that validation asks for."""
        issuing = self.crl(entries, this_update, next_update, number)
        return Revocation(crls=(issuing, self.root_crl(this_update, next_update, number)))
