"""Producing one certificate on one card so that a kill at any moment leaves exactly one of each.

The card is logged in to once. It is made in memory and put into its shard with its key, before
anything is signed, so the next try finds the very same card or none (signing.tokens.making).

Steps: card, key, signature, written, compared. A try that finds the card looks at each step at
what it already carries. With the demo authority the certificate is a pure function of the order
and the key, so a repeat signs the same bytes again (its RSA PKCS#1 v1.5 signature is
deterministic); another issuer makes sure in its own way that of all its answers for one key at
most one is in force.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from signing.authority.issuing import proof_of
from signing.errors import CertificateMismatch, StoreFull
from signing.tokens import card as cards
from signing.tokens.card import ISSUER_ID, ISSUER_LABEL, BlankCard
from signing.tokens.keys import KeyKind, digest_for
from signing.x509.builder import CertificateRequest, check

if TYPE_CHECKING:
    from collections.abc import Callable

    from asn1crypto.keys import PublicKeyInfo

    from signing.authority.issuing import Certifier
    from signing.tokens.session import TokenSession
    from signing.tokens.slots import TokenStore
    from signing.x509.certificate import X509Certificate

STEPS = ("card", "key", "signature", "written", "compared")


@dataclass(frozen=True)
class ProductionOrder:
    """One card, one certificate: everything that decides the result, fixed before it starts.

    `request.serial_number` was reserved by the caller; the same order is given on a repeat.
    """

    card: BlankCard
    request: CertificateRequest
    kind: KeyKind = KeyKind.EC_P256

    @property
    def key_id(self) -> bytes:
        """Give the CKA_ID that binds key, certificate and order (from the serial number)."""
        return hashlib.sha256(f"{self.request.serial_number:x}".encode()).digest()[:16]


@dataclass(frozen=True)
class ProducedCertificate:
    """What lies on the card now, read back from it and compared with the order."""

    certificate: X509Certificate
    key_id: bytes
    card_serial: str


def _silent(_step: str) -> None:
    """Note nothing: the checkpoint of an ordinary production."""


def produce(
    store: TokenStore,
    issuer: Certifier,
    order: ProductionOrder,
    checkpoint: Callable[[str], None] = _silent,
) -> ProducedCertificate:
    """Carry the order out, or carry on where a killed try stopped.

    `checkpoint` is called with the name of each step once that step is durable; the step
    "signature" is the one that leaves nothing behind. Raises RequestInvalid before anything is
    made, CardInUse for a card with another order's content, CertificateMismatch when the card
    carries something else than was ordered, IssuerAway and IssuerRefused, ShardUnusable where
    another card can be made, StoreFull, StoreBusy, TokenTorn and the PIN refusals.
    """
    check(order.request)
    serial = order.card.serial
    with store.alone(serial) as begun:
        if begun:
            checkpoint("card")
            with store.session(serial, order.card.pin, write=True) as session:
                session.clear_debris()
                if cards.certificate_on_card(session, order.key_id) is None:
                    _fill(session, issuer, order, checkpoint)
                alone = session.key_ids() == {order.key_id}
        else:
            _make(store, issuer, order, checkpoint)
            alone = True
        # What counts is what lies on the card, not what the module still has in memory.
        store.reread(serial)
        # Certificate and public key show without a PIN: another login would be one risk more.
        with store.browse(serial) as session:
            return _read_back(session, issuer, order, checkpoint, alone=alone)


def _make(
    store: TokenStore,
    issuer: Certifier,
    order: ProductionOrder,
    checkpoint: Callable[[str], None],
) -> None:
    """Make a card that nobody began; it lies in its shard with its key before that is certified."""

    def fill(session: TokenSession, keep: Callable[[], None]) -> None:
        public = session.generate(order.key_id, order.kind, order.card.serial)
        keep()
        checkpoint("card")
        checkpoint("key")
        _certify(session, issuer, order, public, checkpoint)
        keep()
        checkpoint("written")

    store.make_card(order.card, fill)


def _fill(
    session: TokenSession,
    issuer: Certifier,
    order: ProductionOrder,
    checkpoint: Callable[[str], None],
) -> None:
    public = cards.key_on_card(session, order.key_id, order.kind)
    checkpoint("key")
    _certify(session, issuer, order, public, checkpoint)
    checkpoint("written")


def _certify(
    session: TokenSession,
    issuer: Certifier,
    order: ProductionOrder,
    public: PublicKeyInfo,
    checkpoint: Callable[[str], None],
) -> None:
    """Have the key certified and write its certificate and the issuer's, where they lack."""
    der = issuer.certify(order.request, _proof(session, order, public))
    checkpoint("signature")
    if ISSUER_ID not in session.certificates():
        session.write_certificate(ISSUER_ID, issuer.issuing.der, ISSUER_LABEL)
    session.write_certificate(order.key_id, der, order.card.serial)


def _proof(session: TokenSession, order: ProductionOrder, public: PublicKeyInfo) -> bytes:
    """Let the key on the card prove itself (PKCS#10)."""

    def sign(data: bytes) -> bytes:
        return session.sign(order.key_id, data, digest_for(public))

    return proof_of(order.request.subject.name(), public, sign)


def _read_back(
    session: TokenSession,
    issuer: Certifier,
    order: ProductionOrder,
    checkpoint: Callable[[str], None],
    *,
    alone: bool,
) -> ProducedCertificate:
    certificate = session.certificate(order.key_id)
    if certificate is None:
        raise StoreFull(where=order.card.serial)
    public = session.public_key(order.key_id)
    differences = issuer.differences(certificate, order.request, public.dump())
    if not alone:
        differences.append("key")
    if differences:
        raise CertificateMismatch(fields=", ".join(differences))
    issuer.settle(public)
    checkpoint("compared")
    return ProducedCertificate(certificate, order.key_id, order.card.serial)
