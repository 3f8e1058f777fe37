"""The way of one signature in a terminal: card, code, screen, PIN, signature, result."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from signing.app import flow, pdf, screen
from signing.app.content import MediaType
from signing.app.errors import DesktopAbsent
from signing.app.protocol import ResultRequest
from signing.errors import PinWrong

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from signing.app.client import Service
    from signing.app.protocol import Accepted, Claim, ClaimRequest
    from signing.pin import Pin
    from signing.tokens import TokenStore


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


def run(desk: Desk, label: str, request: ClaimRequest) -> Accepted:
    """Sign what the code stands for; the card is looked at first, so no code is wasted.

    Raises the refusals of signing.errors and signing.app.errors; the PIN is cleared whatever
    happens and is only sent to the card.
    """
    found = flow.look_at(desk.store, label)
    order = flow.claim(desk.service, request, desk.elapsed)
    with _words(order.claim) as words:
        for line in screen.request(order.claim, words, desk.service.url):
            desk.show(line)
        held = flow.choices(found, order.claim)[0].held
        for line in screen.card(held.certificate, held.token):
            desk.show(line)
        container = _sign(desk, held, order)
    return desk.service.send(ResultRequest(order.claim.secret, container))


def _sign(desk: Desk, held: flow.Held, order: flow.Order) -> bytes:
    """Ask for the PIN and sign; ask again after a wrong one while a person sits there."""
    while True:
        try:
            return flow.sign(desk.store, held, order, desk.ask_pin(), desk.elapsed)
        except PinWrong as error:
            if not desk.ask_again:
                raise
            desk.show(str(error))
        token = desk.store.token(held.token.label)
        flow.ready(token)
        desk.show(screen.tries(token))


@contextmanager
def _words(claim: Claim) -> Iterator[str]:
    """Give what a terminal can show of the document; a PDF that can not be read lies in a file.

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
