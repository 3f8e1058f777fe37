"""The steps of one signature, the same for terminal and window: cards, code, choice, signature."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from signing.app.clock import moment
from signing.app.content import MediaType
from signing.app.errors import CardAbsent, OriginDiffers, TimeUp
from signing.app.purpose import SignaturePurpose
from signing.cms import cades
from signing.cms.binding import HandshakeBinding
from signing.errors import CertificateUnusable, PinLocked, PinMustChange, TokenUnknown, WrongHolder
from signing.tokens.card import holder_certificates
from signing.x509.certificate import is_tckn_shaped
from signing.x509.profile import qualification

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from signing.app.client import Service
    from signing.app.protocol import Claim, ClaimRequest
    from signing.tokens.pin import Pin
    from signing.tokens.present import TokenInfo
    from signing.tokens.slots import TokenStore
    from signing.x509.certificate import X509Certificate


@dataclass(frozen=True)
class CardCertificate:
    """A person's certificate and the card it lies on."""

    token: TokenInfo
    certificate: X509Certificate


@dataclass(frozen=True)
class CertificateFault:
    """Why a certificate may not sign: a stable code, and the day if any."""

    code: str
    on: str = ""

    def refusal(self) -> CertificateUnusable:
        """Give the refusal of a card that has no better certificate."""
        return CertificateUnusable(reason=self.code, on=self.on)


@dataclass(frozen=True)
class CertificateChoice:
    """One of the person's own certificates, with what speaks against it, if anything does."""

    held: CardCertificate
    fault: CertificateFault | None = None


@dataclass(frozen=True)
class Order:
    """A claimed code and the address it was claimed at.

    `started` is when it was claimed by a clock that only runs forward.
    """

    claim: Claim
    started: float
    url: str

    def passed(self, now: float) -> timedelta:
        """Say how long ago the code was claimed."""
        return timedelta(seconds=now - self.started)

    def left(self, now: float) -> timedelta:
        """Say how long the code still serves; never below zero."""
        return max(timedelta(), self.claim.left - self.passed(now))


def masked(tckn: str) -> str:
    """Give a TCKN as screens show it: 123******45."""
    return f"{tckn[:3]}******{tckn[-2:]}"


def ready(token: TokenInfo) -> None:
    """Refuse a card whose PIN cannot be used now: PinLocked, PinMustChange."""
    if token.locked:
        raise PinLocked
    if token.must_change or not token.pin_set:
        raise PinMustChange


def look(store: TokenStore) -> list[CardCertificate]:
    """List the certificates of all cards; CardAbsent without any, TokenUnknown with others."""
    tokens = store.tokens()
    if not tokens:
        raise CardAbsent
    found = [entry for token in tokens for entry in on_card(store, token)]
    if not found:
        raise TokenUnknown(label=tokens[0].label)
    return found


def look_at(
    store: TokenStore, label: str, *, locked_will_do: bool = False
) -> list[CardCertificate]:
    """List the certificates of one card that must be able to sign; TokenAbsent and kin.

    With `locked_will_do` the state of its PIN plays no part, since it is about to be set anew.
    """
    token = store.token(label)
    if not locked_will_do:
        ready(token)
    found = on_card(store, token)
    if not found:
        raise TokenUnknown(label=label)
    return found


def fresh(store: TokenStore, held: CardCertificate) -> CardCertificate:
    """Ask the card anew for the state of its PIN; PinLocked, PinMustChange, TokenAbsent."""
    token = store.token(held.token.label)
    ready(token)
    return replace(held, token=token)


def holders(store: TokenStore) -> list[TokenInfo]:
    """List the cards of persons, whatever the state of their PIN; CardAbsent, TokenUnknown."""
    tokens = {entry.token.label: entry.token for entry in look(store)}
    return [tokens[label] for label in sorted(tokens)]


def on_card(store: TokenStore, token: TokenInfo) -> list[CardCertificate]:
    """List the persons' certificates of one card, whatever the state of its PIN."""
    found = holder_certificates(store, token.label)
    # An authority's token may carry certificates of its services, which belong to nobody.
    return [CardCertificate(token, entry) for entry in found if is_tckn_shaped(entry.tckn)]


def _fault(certificate: X509Certificate, now: datetime) -> CertificateFault | None:
    if now < certificate.not_before:
        return CertificateFault("not_yet_valid", moment(certificate.not_before))
    if now > certificate.not_after:
        return CertificateFault("expired", moment(certificate.not_after))
    found = qualification(certificate)
    return None if found.qualified else CertificateFault(found.code)


def choices(found: Sequence[CardCertificate], claim: Claim) -> list[CertificateChoice]:
    """List the person's own certificates, usable ones first and of these the longest first.

    A text that names a certificate by its serial number wants that one, whatever lasts longer (an
    activation, a new PIN). A sign-in takes whoever holds a card, so there all of them are the
    holder's own. Raises WrongHolder when none is the person's, CertificateUnusable with the reason
    when one is but none may be used.
    """
    anyone = claim.purpose is SignaturePurpose.SIGN_IN
    own = [one for one in found if anyone or masked(one.certificate.tckn) == claim.tckn_masked]
    if not own:
        raise WrongHolder
    judged = [
        CertificateChoice(entry, _fault(entry.certificate, claim.server_time)) for entry in own
    ]
    judged.sort(key=lambda choice: choice.held.certificate.not_after, reverse=True)
    judged.sort(key=lambda choice: choice.held.certificate.serial_number != claim.serial_number)
    judged.sort(key=lambda choice: choice.fault is not None)
    if judged[0].fault:
        raise judged[0].fault.refusal()
    return judged


def claim(service: Service, request: ClaimRequest, elapsed: Callable[[], float]) -> Order:
    """Trade the code for what is to be signed; the refusals of the service, OriginDiffers."""
    answered = service.claim(request)
    if answered.purpose is SignaturePurpose.SIGN_IN and not answered.lets_in_at(service.url):
        raise OriginDiffers(url=service.url)
    return Order(answered, elapsed(), service.url)


def sign(
    store: TokenStore, held: CardCertificate, order: Order, pin: Pin, elapsed: Callable[[], float]
) -> bytes:
    """Sign with the card and give the container; the PIN is cleared whatever happens.

    The person has been shown what is left of the tries before. Raises TimeUp when the code ran
    out meanwhile, and the refusals of a card.
    """
    try:
        now = elapsed()
        if not order.left(now):
            raise TimeUp
        with store.session(held.token.label, pin, last_try_accepted=True) as session:
            return cades.sign(
                session, held.certificate, order.claim.content, _claimed_time(order, now),
                order.claim.profile, asked=HandshakeBinding(order.claim.purpose.value, order.url),
            )  # fmt: skip
    finally:
        pin.clear()


def _claimed_time(order: Order, now: float) -> datetime | None:
    """Give the time that the signature claims; a PDF says it itself, where the person saw it."""
    if order.claim.media_type is MediaType.PDF:
        return None
    return order.claim.server_time + order.passed(now)
