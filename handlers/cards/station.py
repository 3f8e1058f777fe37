"""What a station is given and what it hands in: orders for cards that are made in a room.

An order is the reserved certificate of an application in production. A station takes it with a
lease, lets the key on the card be certified, and hands in the certificate that it read back from
the card. From the first certificate on the order belongs to one key, so that one serial number
never stands in two certificates; whoever else would go on with it has to give it up.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, func, select

from handlers.applications.recheck import failures
from handlers.cards.orders import order_of
from handlers.cards.payloads import FinishedProduction
from handlers.cards.production import STOPPING, TRIES, made_by_us, refuse_vain
from handlers.cards.station_queue import (
    KEPT,
    TRIED,
    free_order,
    open_orders,
    own_order,
    write_order,
)
from handlers.kit import rows
from handlers.kit.moves import START_PRODUCTION
from handlers.kit.production_place import ProductionPlace, station_actor
from handlers.kit.sentences import fill
from signing.authority.issuing import proven_key
from signing.errors import CertificateMismatch
from signing.station.protocol import CardPlace
from signing.x509.algorithms import strong_key
from signing.x509.certificate import read
from states.cases.application import Application
from states.cases.card import Card
from states.cases.card_box import CardBox
from states.cases.certificate import Certificate
from states.cases.chip_card import ChipCard
from states.cases.station import StationOrder
from states.kit.invalid import Invalid
from workflow.engine.attempts import code_of
from workflow.model.refusal import Refused, RuleFailed, StaleVersion, UnknownTrigger, WrongState
from workflow.model.verdict import Answer
from workflow.present.sentences import sentence

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy import Connection

    from handlers.kit.context import CaseEngine
    from signing.authority.production import ProductionOrder
    from signing.x509.certificate import X509Certificate
    from workflow.model.actor import Actor

_STOPPING = frozenset(refusal.code for refusal in STOPPING)
"""Reasons of a failed card that another card would not change."""

REASONS = _STOPPING | {
    "card_faulty", "card_in_use", "card_lost", "card_of_other_maker", "given_up",
}  # fmt: skip
"""Why a station may say that a card failed (`handlers.kit.sentences.station`)."""


@dataclass(frozen=True, slots=True)
class StationJob:
    """One order as its station is given it.

    ``label`` names it: the label of the token, random and the office's own. ``begun`` says that a
    key was certified for it, so that there is a card to go on with. ``due`` orders it.
    """

    label: str
    order: ProductionOrder
    reference: str
    place: CardPlace
    due: date
    begun: bool


@dataclass(frozen=True, slots=True)
class FailedCard:
    """What came of a failed card: the case stopped, and whether another card was ordered."""

    stopped: bool
    ordered_again: bool
    why_not: str = ""


def claim(engine: CaseEngine, station_id: int, besides: Sequence[str] = ()) -> StationJob | None:
    """Take the most urgent order, or the one that this station has in hand; None when none is left.

    ``besides`` names orders that the station set aside. Of two stations that ask at once each gets
    an order of its own. Where cards are not made in rooms any more a station finishes what it has;
    Invalid once that is done.
    """
    in_rooms = engine.services.made is ProductionPlace.ROOMS
    if in_rooms:
        _give_up_forgotten(engine, station_id)
    now = engine.clock.now()
    with engine.database.begin() as connection:
        taken = own_order(connection, station_id, besides, now)
        if taken is None and not in_rooms:
            raise Invalid("station.not_used")
        if taken is None:
            taken = free_order(connection, station_id, besides, now)
        return None if taken is None else _job(engine, connection, taken)


def _job(engine: CaseEngine, connection: Connection, certificate_id: int) -> StationJob:
    certificate = rows.fetch(connection, Certificate, certificate_id)
    case = rows.fetch(connection, Application, certificate.application_id)
    card = rows.fetch(connection, Card, certificate.card_id)
    taken = rows.fetch(connection, StationOrder, certificate_id)
    return StationJob(
        label=card.serial,
        order=order_of(connection, engine.services, certificate),
        reference=case.reference,
        place=_place(connection, card),
        due=case.deadline,
        begun=taken.key_sha256 is not None,
    )


def _place(connection: Connection, card: Card) -> CardPlace:
    """Return which blank of the stock is bound to an order; its maker alone without a stock."""
    query = (
        select(CardBox.name, ChipCard.number, CardBox.maker)
        .join(CardBox, CardBox.id == ChipCard.box_id)
        .where(ChipCard.card_id == card.id)
    )
    found = connection.execute(query).one_or_none()
    return CardPlace(maker=card.maker) if found is None else CardPlace(*found)


def _give_up_forgotten(engine: CaseEngine, station_id: int) -> None:
    """Fail what another station has certified and not handed in for a day: a new card is made."""
    long_ago = and_(
        StationOrder.station_id != station_id,
        StationOrder.key_sha256.is_not(None),
        StationOrder.lease_until <= engine.clock.now(),
    )
    with engine.database.connect() as connection:
        forgotten = connection.scalars(open_orders(long_ago).limit(TRIED)).all()
    for certificate_id in forgotten:
        _lose(engine, certificate_id, station_id)


def release(engine: CaseEngine, station_id: int) -> int:
    """Take every open order from a station that is ended; return how many.

    What has no key yet another station takes as it is; of the others new cards are made.
    """
    now = engine.clock.now()
    mine = StationOrder.station_id == station_id
    with engine.database.begin() as connection:
        found = connection.scalars(open_orders(mine)).all()
        begun = connection.scalars(open_orders(and_(mine, StationOrder.key_sha256.is_not(None))))
        lost = set(begun)
        for certificate_id in found:
            write_order(connection, certificate_id, lease_until=now)
    for certificate_id in lost:
        _lose(engine, certificate_id, station_id)
    return len(found)


def _lose(engine: CaseEngine, certificate_id: int, station_id: int) -> None:
    with engine.database.connect() as connection:
        case = rows.fetch(connection, Certificate, certificate_id).application_id
    if case is None:  # pragma: no cover - the orders are found by their applications
        return
    with suppress(WrongState, StaleVersion):  # its case was moved meanwhile
        _end(engine, case, "card_lost", station_id)


@dataclass(frozen=True, slots=True)
class _Held:
    """An order that its station has in hand, as the rows stand."""

    certificate: Certificate
    case_id: int
    taken: StationOrder


def _held(connection: Connection, station_id: int, label: str, *, handed_in: bool = False) -> _Held:
    """Return the order of a label; Invalid where it is not this station's, or is over.

    ``handed_in`` lets one pass for which a certificate came.
    """
    query = (
        select(StationOrder.certificate_id)
        .join(Certificate, Certificate.id == StationOrder.certificate_id)
        .join(Card, Card.id == Certificate.card_id)
        .where(Card.serial == label)
        .with_for_update(of=StationOrder.__table__)
    )
    certificate_id = connection.scalar(query)
    if certificate_id is None:
        raise Invalid("station.order_unknown")
    taken = rows.fetch(connection, StationOrder, certificate_id)
    certificate = rows.fetch(connection, Certificate, certificate_id)
    if taken.station_id != station_id:
        raise Invalid("station.order_of_other")
    if certificate.state == "void" or certificate.application_id is None:
        raise Invalid("station.order_void")
    if certificate.state != "reserved" and not handed_in:
        raise Invalid("station.order_done")
    return _Held(certificate, certificate.application_id, taken)


def certify(engine: CaseEngine, station_id: int, label: str, proof: bytes) -> bytes:
    """Return the certificate (DER) for the key on the card that signed ``proof`` (PKCS#10, DER).

    Asked again for the same key it answers again; another key for the same order is refused. Raises
    Invalid, RequestInvalid for bytes that are no proof, and what an issuer raises.
    """
    services = engine.services
    public = proven_key(proof)
    if not strong_key(public):
        raise Invalid("station.key_weak")
    key_sha256 = hashlib.sha256(public.dump()).hexdigest()
    with engine.database.begin() as connection:
        held = _held(connection, station_id, label)
        if held.taken.key_sha256 not in {None, key_sha256}:
            raise Invalid("station.key_differs")
        until = engine.clock.now() + KEPT
        write_order(connection, held.certificate.id, key_sha256=key_sha256, lease_until=until)
        order = order_of(connection, services, held.certificate)
    issuer = services.issuer()
    made = read(issuer.certify(order.request, proof))
    differing = issuer.differences(made, order.request, public.dump())
    if differing:
        raise CertificateMismatch(fields=", ".join(differing))
    refuse_vain(engine.database, services, held.certificate.id, made)
    return made.der


def hand_in(engine: CaseEngine, station_id: int, label: str, der: bytes) -> None:
    """Take the certificate that was read back from the card, and finish the production of its case.

    The same again is the same again. Raises CertificateUnusable for bytes that are none, Invalid
    for what does not belong to this order; where the rules refuse it for good, production stops as
    it does when the worker has made the card.
    """
    made = read(der)
    with engine.database.begin() as connection:
        held = _held(connection, station_id, label, handed_in=True)
        if held.certificate.der is not None:
            _compare(held.certificate, made)
            _note_handed_in(engine, connection, held)
            return
        if held.taken.key_sha256 != hashlib.sha256(_key_of(made)).hexdigest():
            raise Invalid("station.result_of_other_key")
    if not made_by_us(engine.services, der):
        raise Invalid("station.result_damaged")
    try:
        _finish(engine, held, made, station_id)
    except (WrongState, StaleVersion):
        # Another request with the same result was faster, or the office stopped the case.
        with engine.database.connect() as connection:
            _compare(rows.fetch(connection, Certificate, held.certificate.id), made)
    engine.services.issuer().settle(made.parsed.public_key)
    with engine.database.begin() as connection:
        _note_handed_in(engine, connection, held)


def _key_of(made: X509Certificate) -> bytes:
    return bytes(made.parsed.public_key.dump())


def _note_handed_in(engine: CaseEngine, connection: Connection, held: _Held) -> None:
    at = func.coalesce(StationOrder.handed_in_at, engine.clock.now())
    write_order(connection, held.certificate.id, handed_in_at=at)


def _compare(certificate: Certificate, made: X509Certificate) -> None:
    """Refuse a result for an order that is over, unless it is the very one that was taken."""
    if certificate.der is None:
        raise Invalid("station.order_void")
    if certificate.sha256 != made.sha256:
        raise Invalid("station.result_differs")


def _finish(engine: CaseEngine, held: _Held, made: X509Certificate, station_id: int) -> None:
    payload = FinishedProduction(made.der).payload()
    actor = station_actor(station_id)
    try:
        engine.fire(held.case_id, "finish_production", actor, payload, workflow="application")
    except RuleFailed as refusal:
        if refusal.verdict.answer is Answer.ERROR:
            raise
        definition = engine.library.workflow("application")
        why = sentence(definition, code_of(refusal), refusal.params)
        _stop(engine, held.case_id, why, actor)
        raise Invalid("station.result_refused", why=why) from refusal


def skip(engine: CaseEngine, station_id: int, label: str) -> None:
    """Give an order back of which nothing was written yet; another station may take it at once."""
    with engine.database.begin() as connection:
        held = _held(connection, station_id, label)
        if held.taken.key_sha256 is not None:
            raise Invalid("station.card_begun")
        write_order(connection, held.certificate.id, lease_until=engine.clock.now())


def fail(
    engine: CaseEngine, station_id: int, label: str, reason: str, *, again: bool
) -> FailedCard:
    """Void the order of a card that failed; ``again`` orders another card for the same case.

    Invalid for an unknown reason. What another card would not change stops production, and so does
    the third failed card in a row.
    """
    if reason not in REASONS:
        raise Invalid("station.reason_unknown")
    with engine.database.begin() as connection:
        held = _held(connection, station_id, label)
    try:
        stopped = _end(engine, held.case_id, reason, station_id)
    except (WrongState, StaleVersion) as error:
        raise Invalid("station.order_void") from error
    if stopped or not again:
        return FailedCard(stopped, ordered_again=False)
    try:
        engine.fire(held.case_id, START_PRODUCTION, station_actor(station_id))
    except Refused as refusal:
        definition = engine.library.workflow("application")
        why = sentence(definition, code_of(refusal), refusal.params)
        return FailedCard(stopped, ordered_again=False, why_not=why)
    return FailedCard(stopped, ordered_again=True)


def _end(engine: CaseEngine, case_id: int, reason: str, station_id: int) -> bool:
    """Fire the end of a try; return whether production stopped."""
    words = f"{reason}: {fill(f'station.failed.{reason}', {})}"
    hopeless = reason in _STOPPING or failures(engine.database, case_id) + 1 >= TRIES
    actor = station_actor(station_id)
    if hopeless:
        return _stop(engine, case_id, words, actor)
    engine.fire(case_id, "production_failed", actor, reason=words)
    return False


def _stop(engine: CaseEngine, case_id: int, why: str, actor: Actor) -> bool:
    """Stop production; return whether the definition of the case knows that."""
    try:
        engine.fire(case_id, "stop_production", actor, reason=why)
    except UnknownTrigger:
        engine.fire(case_id, "production_failed", actor, reason=why)
        return False
    return True
