"""A station of the tests: it speaks as `nes station` does, with keys that lie on no card."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from asn1crypto.keys import PublicKeyInfo
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from handlers.cards.stations import add_station
from handlers.kit.production_place import ProductionPlace
from signing.authority.issuing import proof_of
from signing.station import protocol
from signing.station.protocol import ClaimAnswer, OrderSheet
from states.people.tckn import check_digits
from tests.kit.handlers.world import operator

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from tests.kit.handlers.world import World

CLAIM, CERTIFY, RESULT = protocol.CLAIM_PATH, protocol.CERTIFY_PATH, protocol.RESULT_PATH
SKIP, FAIL = protocol.SKIP_PATH, protocol.FAIL_PATH
NOTHING: dict[str, list[str]] = {"besides": []}
"""A claim that sets no order aside."""

END = date(2026, 4, 10)
"""When the old certificate of an order ends, where a test does not say so."""


@dataclass
class SoftKey:
    """A key that is on no card, and can prove itself."""

    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    @property
    def public(self) -> PublicKeyInfo:
        """Its public half."""
        form = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return PublicKeyInfo.load(self.private.public_key().public_bytes(*form))

    def proof(self, sheet: OrderSheet) -> bytes:
        """Give the PKCS#10 over the name of an order."""

        def sign(data: bytes) -> bytes:
            return self.private.sign(data, ec.ECDSA(hashes.SHA256()))

        return proof_of(sheet.order.request.subject.name(), self.public, sign)


def encoded(data: bytes) -> str:
    """Write bytes as JSON takes them."""
    return base64.b64encode(data).decode()


@dataclass
class RoomStation:
    """One station of an office, as it asks."""

    world: World
    client: FlaskClient
    secret: str
    fast: timedelta = timedelta(0)
    """How far its clock is ahead."""

    def ask(self, path: str, body: object, **overrides: str) -> Any:  # noqa: ANN401 - the client's answer
        """Send a JSON body as this station."""
        headers = {
            "Authorization": f"Bearer {self.secret}",
            protocol.TIME_HEADER: (self.world.clock.now() + self.fast).isoformat(),
        }
        return self.client.post(path, json=body, headers=headers, environ_overrides=overrides)

    def refused(self, path: str, body: object, status: int) -> tuple[str, str]:
        """Send what must be refused, and return code and sentence."""
        answer = self.ask(path, body)
        assert answer.status_code == status, answer.text
        assert answer.mimetype == "application/problem+json"
        return answer.json["code"], answer.json["detail"]

    def done(self, path: str, body: object) -> Any:  # noqa: ANN401 - the same
        """Send what must be answered."""
        answer = self.ask(path, body)
        assert answer.status_code == 200, answer.text
        assert answer.headers["Cache-Control"] == "no-store"
        return answer.json

    def claim(self, *besides: str) -> ClaimAnswer:
        """Take the next order."""
        return ClaimAnswer.parse(self.done(protocol.CLAIM_PATH, {"besides": list(besides)}))

    def take(self) -> OrderSheet:
        """Take the next order, which must be there once a worker has left it to the rooms."""
        leave_to_rooms(self.world)
        sheet = self.claim().sheet
        assert sheet is not None
        return sheet

    def certify(self, sheet: OrderSheet, key: SoftKey) -> bytes:
        """Have a key certified."""
        body = {"order": sheet.label, "proof": encoded(key.proof(sheet))}
        return base64.b64decode(self.done(protocol.CERTIFY_PATH, body)["certificate"])

    def hand_in(self, sheet: OrderSheet, der: bytes) -> Any:  # noqa: ANN401 - the same
        """Hand a certificate in."""
        return self.done(protocol.RESULT_PATH, result_of(sheet, der))


def result_of(sheet: OrderSheet, der: bytes) -> dict[str, str]:
    """Return what a card is handed in with."""
    return {"order": sheet.label, "certificate": encoded(der)}


def make_in_rooms(world: World) -> None:
    """Let the cards of an office be made in production rooms."""
    world.services = replace(world.services, made=ProductionPlace.ROOMS)
    world.engine.services = world.services


def new_station(world: World, app: Flask, name: str = "TEST 1. oda") -> RoomStation:
    """Add a station and give it a way to ask."""
    secret = add_station(world.engine.database, name, world.clock.now())
    return RoomStation(world, app.test_client(), secret)


_DONE = """
UPDATE procrastinate_jobs SET status = 'succeeded' WHERE queueing_lock LIKE '%/production.make'
"""


def leave_to_rooms(world: World) -> None:
    """Do what a worker does with an order where cards are made in rooms: nothing, and note it."""
    world.run_effects("production.make")
    world.write(_DONE)


def order_card(world: World, number: int = 1, *, ends_on: date = END) -> int:
    """Bring the renewal of a new person into production, and return its case."""
    nine = f"{100_000_100 + number}"
    me = world.person(nine + check_digits(nine), "Ayşe", "Örnekoğlu")
    held = world.card(me, ends_on)
    world.consent(me, held)
    case = world.file(me, "renewal", held.certificate_id)
    assert world.choose(case, me, "e_onay").state == "queued"
    world.engine.fire(case, "start_production", operator())
    leave_to_rooms(world)
    assert world.state(case) == "in_production"
    return case
