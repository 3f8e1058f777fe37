"""The way of one signature in a terminal: card, code, screen, PIN, signature, result."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from signing.app import flow, pdf, pins, screen
from signing.app.content import MediaType
from signing.app.errors import DesktopAbsent, PinsDiffer
from signing.app.protocol import ResultRequest
from signing.app.purpose import SignaturePurpose
from signing.app.words.refusals import tell
from signing.errors import PinLength, PinWrong

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from signing.app.client import Service
    from signing.app.protocol import Accepted, Claim, ClaimRequest
    from signing.tokens.pin import Pin
    from signing.tokens.slots import TokenStore


@dataclass(frozen=True)
class TerminalDesk:
    """What one run works with: the server, the tokens, the ways to show, ask and measure time.

    `elapsed` gives seconds of a clock that only runs forward; only differences of it count.
    `ask_pin` is given the words of the question. `ask_again` says that a person can be asked for
    the PIN once more, `new_pin` that the code is for a new one, so that a locked card will do.
    """

    service: Service
    store: TokenStore
    show: Callable[[str], None]
    ask_pin: Callable[[str], Pin]
    elapsed: Callable[[], float]
    ask_again: bool
    new_pin: bool = False


def run(desk: TerminalDesk, label: str, request: ClaimRequest) -> Accepted:
    """Sign what the code stands for; the card is looked at first, so no code is wasted.

    Raises the refusals of signing.errors and signing.app.errors; the PIN is cleared whatever
    happens and is only sent to the card.
    """
    found = flow.look_at(desk.store, label, locked_will_do=desk.new_pin)
    order = flow.claim(desk.service, request, desk.elapsed)
    try:
        with _words(order.claim) as words:
            for line in screen.request(order.claim, words, desk.service.url):
                desk.show(line)
            container = _prove(desk, order) if _is_for_pin(order) else _use(desk, found, order)
    finally:
        order.claim.forget()
    return desk.service.send(ResultRequest(order.claim.secret, container))


def _is_for_pin(order: flow.Order) -> bool:
    return order.claim.purpose is SignaturePurpose.PIN


def _use(desk: TerminalDesk, found: list[flow.CardCertificate], order: flow.Order) -> bytes:
    """Sign with a certificate of the person, after showing which."""
    held = flow.choices(found, order.claim)[0].held
    for line in screen.card(held.certificate, held.token):
        desk.show(line)
    flow.ready(held.token)
    return _sign(desk, held, order)


def _prove(desk: TerminalDesk, order: flow.Order) -> bytes:
    """Set a new PIN on the card of the claim, which any reader may have, and sign with it."""
    held = pins.find(desk.store, order.claim)
    for line in screen.card_to_set(held.certificate, held.token):
        desk.show(line)
    return pins.make(desk.store, held, order, _new_pin(desk), desk.elapsed)


def _new_pin(desk: TerminalDesk) -> Pin:
    """Ask for the new PIN twice; ask again for what the card could not take."""
    while True:
        try:
            return pins.agreed(desk.ask_pin(screen.NEW_PIN), desk.ask_pin(screen.REPEAT))
        except (PinsDiffer, PinLength) as error:
            if not desk.ask_again:
                raise
            desk.show(str(tell(error)))


def _sign(desk: TerminalDesk, held: flow.CardCertificate, order: flow.Order) -> bytes:
    """Ask for the PIN and sign; ask again after a wrong one while a person sits there."""
    while True:
        try:
            return flow.sign(desk.store, held, order, desk.ask_pin(screen.PIN), desk.elapsed)
        except PinWrong as error:
            if not desk.ask_again:
                raise
            desk.show(str(tell(error)))
        token = desk.store.token(held.token.label)
        flow.ready(token)
        desk.show(screen.tries(token))


@contextmanager
def _words(claim: Claim) -> Iterator[str]:
    """Give what a terminal can show of the document; a PDF that cannot be read lies in a file.

    The file is only there until the signature is made.
    """
    if claim.media_type is MediaType.TEXT:
        yield claim.text
        return
    try:
        words = pdf.text_of(claim.document)
    except DesktopAbsent:
        with tempfile.TemporaryDirectory(prefix="nes-imza-") as folder:
            path = Path(folder) / "belge.pdf"
            path.write_bytes(claim.document)
            yield screen.saved(path, claim.text)
        return
    yield words
