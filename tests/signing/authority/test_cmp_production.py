"""Cards whose certificates an authority elsewhere makes, also when production dies half-way."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from signing.authority.cmp import CmpIssuer, Endpoint
from signing.authority.issuing import proven_key
from signing.authority.production import produce
from tests.kit.signing.elsewhere import OWN_SERIAL, House

if TYPE_CHECKING:
    from collections.abc import Callable

    from signing.authority.production import ProductionOrder
    from signing.tokens.slots import TokenStore
    from signing.x509.builder import CertificateRequest
    from tests.kit.signing.responder import Relay


class Power(BaseException):
    """The power goes: nothing in between may catch it."""


class Opened(CmpIssuer):
    """An issuer whose responder opens when the key is known, each time with the next serial."""

    def __init__(self, house: House) -> None:
        """Begin with nothing issued."""
        super().__init__(Endpoint("127.0.0.1:1", "x", "y"), house.chain, house.kept)
        self.house = house
        self.relays: list[Relay] = []

    def certify(self, request: CertificateRequest, proof: bytes) -> bytes:
        """Open a responder that has the certificate for this key, and ask it."""
        wanted = replace(request, serial_number=OWN_SERIAL + len(self.relays))
        relay = self.house.open(self.house.authority.issue(wanted, proven_key(proof)))
        if self.relays:
            relay.routes["rr"] = self.relays[-1].port
        self.relays.append(relay)
        return self.house.issuer(relay, recipient="/CN=TEST").certify(request, proof)


def test_a_card_is_produced_by_an_authority_elsewhere(
    house: House, store: TokenStore, new_order: Callable[..., ProductionOrder]
) -> None:
    order, issuer = new_order(crl_urls=("http://127.0.0.1/nes.crl",)), Opened(house)
    made = produce(store, issuer, order)
    assert made.certificate.serial_number == OWN_SERIAL
    assert list(house.kept.iterdir()) == []
    assert produce(store, issuer, order) == made
    assert len(issuer.relays) == 1


@pytest.mark.parametrize(
    ("moment", "asked"),
    [
        ("key", [["p10cr", "certConf"]]),
        ("signature", [["p10cr", "certConf"], ["rr", "p10cr", "certConf"]]),
        ("written", [["p10cr", "certConf"]]),
    ],
)
def test_a_production_that_dies_leaves_one_certificate_in_force(
    house: House,
    store: TokenStore,
    new_order: Callable[..., ProductionOrder],
    moment: str,
    asked: list[list[str]],
) -> None:
    order, issuer = new_order(), Opened(house)

    def die(step: str) -> None:
        if step == moment:
            raise Power

    with pytest.raises(Power):
        produce(store, issuer, order, die)
    made = produce(store, issuer, order)
    assert [relay.kinds for relay in issuer.relays] == asked
    assert made.certificate.serial_number == OWN_SERIAL + len(asked) - 1
    revoked = [body for relay in issuer.relays for kind, body in relay.seen if kind == "rr"]
    assert all(OWN_SERIAL.to_bytes(10, "big") in body for body in revoked)
    assert list(house.kept.iterdir()) == []
