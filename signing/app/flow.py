"""The way of one signature through nes-imza: card, code, screen, PIN, signature, result."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from signing import cades
from signing.app import screen
from signing.app.errors import TimeUp
from signing.app.protocol import ResultRequest
from signing.card import holder_certificates
from signing.errors import (
    CertificateUnusable,
    PinLocked,
    PinMustChange,
    PinWrong,
    TokenUnknown,
    WrongHolder,
)
from signing.profile import qualification

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from signing.app.client import Service
    from signing.app.protocol import Accepted, Claim, ClaimRequest
    from signing.certificate import Certificate
    from signing.pin import Pin
    from signing.tokens import TokenInfo, TokenStore


@dataclass(frozen=True)
class Desk:
    """What one run works with: the server, the tokens, the ways to show, ask and measure time.

    `elapsed` gives seconds of a clock that only runs forward; only differences of it count.
    `ask_again` says that a person can be asked for the PIN once more.
    """

    service: Service
    store: TokenStore
    show: Callable[[str], None]
    ask_pin: Callable[[], Pin]
    elapsed: Callable[[], float]
    ask_again: bool


def masked(tckn: str) -> str:
    """Give a TCKN as screens show it: 123******45."""
    return f"{tckn[:3]}******{tckn[-2:]}"


def _ready(token: TokenInfo) -> None:
    if token.locked:
        raise PinLocked
    if token.must_change or not token.pin_set:
        raise PinMustChange


def _fault(certificate: Certificate, now: datetime) -> str:
    """Say in Turkish why a certificate may not sign now; an empty text when it may."""
    if now < certificate.not_before:
        return f"Geçerlilik {screen.moment(certificate.not_before)} tarihinde başlıyor."
    if now > certificate.not_after:
        return f"Geçerlilik {screen.moment(certificate.not_after)} tarihinde bitti."
    return qualification(certificate).reason


def choose(found: Sequence[Certificate], claim: Claim) -> Certificate:
    """Choose the certificate that may sign: the person's own, qualified, in force, longest.

    Raises WrongHolder when none is the person's, CertificateUnusable with the reason when one
    is but none may be used.
    """
    own = [entry for entry in found if masked(entry.tckn) == claim.tckn_masked]
    if not own:
        raise WrongHolder
    usable = [entry for entry in own if not _fault(entry, claim.server_time)]
    if not usable:
        raise CertificateUnusable(reason=_fault(own[0], claim.server_time))
    return max(usable, key=lambda entry: entry.not_after)


def run(desk: Desk, label: str, request: ClaimRequest) -> Accepted:
    """Sign what the code stands for; the card is looked at first, so no code is wasted.

    Raises the refusals of signing.errors and signing.app.errors; the PIN is cleared whatever
    happens and is only sent to the card.
    """
    token = desk.store.token(label)
    _ready(token)
    found = holder_certificates(desk.store, label)
    if not found:
        raise TokenUnknown(label=label)
    claim = desk.service.claim(request)
    started = desk.elapsed()
    for line in screen.request(claim):
        desk.show(line)
    certificate = choose(found, claim)
    for line in screen.card(certificate, token):
        desk.show(line)
    container = _sign(desk, label, certificate, claim, started)
    return desk.service.send(ResultRequest(claim.secret, container))


def _sign(desk: Desk, label: str, certificate: Certificate, claim: Claim, started: float) -> bytes:
    """Ask for the PIN and sign; ask again after a wrong one while a person sits there."""
    while True:
        try:
            return _attempt(desk, label, certificate, claim, started)
        except PinWrong as error:
            if not desk.ask_again:
                raise
            desk.show(str(error))
        token = desk.store.token(label)
        _ready(token)
        desk.show(screen.tries(token))


def _attempt(
    desk: Desk, label: str, certificate: Certificate, claim: Claim, started: float
) -> bytes:
    pin = desk.ask_pin()
    try:
        passed = timedelta(seconds=desk.elapsed() - started)
        if passed >= claim.left:
            raise TimeUp
        # The person was shown the last-try line before the PIN was asked.
        with desk.store.session(label, pin, last_try_accepted=True) as session:
            return cades.sign(session, certificate, claim.content, claim.server_time + passed)
    finally:
        pin.clear()
