"""The seal of the office: a certificate of the demo authority for an organisation, and its use.

Nothing here may be used outside a demonstration: the organisation's name begins with TEST. A seal
shows the statements of law 5070 for seals, which no person's certificate may have, so that a
sealed file can never pass for one that somebody signed.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from signing.authority.demo import ISSUING_ID, ORGANISATION
from signing.cms import cades, pades
from signing.errors import KeyAbsent
from signing.tokens import keys
from signing.tokens.keys import KeyKind
from signing.x509 import builder, oids

if TYPE_CHECKING:
    from datetime import datetime

    from asn1crypto import x509
    from asn1crypto.keys import PublicKeyInfo

    from signing.authority.demo import Plan
    from signing.tokens.pin import Pin
    from signing.tokens.session import TokenSession
    from signing.tokens.slots import TokenStore
    from signing.x509.certificate import X509Certificate

SEAL_ID = b"nes-test-seal"
SEAL_NAME = "TEST nes-ofis elektronik mührü"
IDENTIFIER = "NTRTR-0000000000"
"""Stands where EN 319 412-1, 5.1.4 wants the number of the organisation."""

FIELD = "muhur"
ROOM = 1024
"""Bytes of a seal's container beside its certificates, at the most: B-B, without time-stamp.

Signed attributes, algorithms and an EC signature take 500. Later evidence goes beside.
"""

STATEMENTS = (oids.QC_COMPLIANCE, oids.NATIONAL_STATEMENT, min(oids.SEAL_STATEMENTS))


def put(session: TokenSession, plan: Plan) -> None:
    """Make the seal's key and certificate on the token of an authority that is being made."""
    session.generate(SEAL_ID, KeyKind.EC_P256, SEAL_NAME)
    der = _certificate(session, plan, session.certificates())
    session.write_certificate(SEAL_ID, der, SEAL_NAME)


def _certificate(session: TokenSession, plan: Plan, found: dict[bytes, X509Certificate]) -> bytes:
    """Build the certificate and sign it with the key of the issuing authority."""
    issuing = found[ISSUING_ID].parsed
    public = session.public_key(SEAL_ID)
    algorithm = keys.signature_algorithm(issuing.public_key)
    tbs = builder.to_be_signed(
        serial_number=int.from_bytes(hashlib.sha256(public.dump()).digest()[:8], "big") | 1 << 64,
        names=(issuing.subject, _name()),
        validity=(plan.not_before, plan.not_after),
        public=public,
        algorithm=algorithm,
        extensions=_extensions(public, issuing.public_key, plan),
    )
    digest = keys.digest_for(issuing.public_key)
    return builder.signed(tbs, algorithm, lambda data: session.sign(ISSUING_ID, data, digest))


def _name() -> x509.Name:
    return builder.distinguished_name(
        {
            "country_name": "TR",
            "organization_name": ORGANISATION,
            "organization_identifier": IDENTIFIER,
            "common_name": SEAL_NAME,
        }
    )


def _extensions(public: PublicKeyInfo, issuer: PublicKeyInfo, plan: Plan) -> list[x509.Extension]:
    return [
        builder.authority_key(issuer),
        builder.subject_key(public),
        builder.key_usage(frozenset({"digital_signature", "non_repudiation"})),
        builder.policies(oids.DEMO_SERVICE_POLICY),
        *builder.pointers(plan.addresses.crl, (), plan.addresses.issuing),
        builder.statements(STATEMENTS),
    ]


class Seal:
    """The office's seal on a token; its session stays open between uses."""

    def __init__(self, store: TokenStore, label: str, pin: Pin | str) -> None:
        """Read the certificate; KeyAbsent when the token has no seal."""
        self._store, self._label, self._pin = store, label, pin
        with store.browse(label) as session:
            found = session.certificates()
        if SEAL_ID not in found:
            raise KeyAbsent(label=label)
        self.certificate: X509Certificate = found[SEAL_ID]
        self._room = ROOM + len(self.certificate.der) + len(found[ISSUING_ID].der)

    def seal(self, pdf: bytes, reason: str, at: datetime) -> bytes:
        """Give the PDF sealed (PAdES B-B); raises the refusals of the token and of pades."""
        name = self.certificate.holder
        prepared = pades.prepare(pdf, name=name, reason=reason, at=at, field=FIELD, room=self._room)
        with self._store.pooled(self._label, self._pin) as session:
            container = cades.sign(session, self.certificate, pades.covered(prepared), None)
        return pades.embed(prepared, container)

    def sign(self, content: bytes, at: datetime) -> bytes:
        """Give a detached container over a content (CAdES B-B); raises the refusals of the token.

        For mail that the office signs (`signing.cms.smime`).
        """
        with self._store.pooled(self._label, self._pin) as session:
            return cades.sign(session, self.certificate, content, at)
