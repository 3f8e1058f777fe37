"""The orders that stations are given: the most urgent first, and each to one station at a time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import and_, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert

from states.cases.application import Application
from states.cases.card import Card
from states.cases.certificate import Certificate
from states.cases.station import StationOrder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Select

LEASE = timedelta(minutes=30)
"""How long an order waits for its station before another one may take it."""

KEPT = timedelta(days=1)
"""The same once there is a card with its key: a network may be away for a night."""

MAKING = ("in_production", "awaiting_token")
"""States of an application whose card is to be made."""

TRIED = 20
"""How many orders are tried at once where others take them at the same moment."""


def count_waiting(connection: Connection) -> int:
    """Return for how many applications a card is to be made."""
    query = select(func.count()).where(Application.state.in_(MAKING))
    return connection.execute(query).scalar_one()


def own_order(
    connection: Connection, station_id: int, besides: Sequence[str], now: datetime
) -> int | None:
    """Return the order that a station has in hand, with its lease begun anew."""
    mine = and_(
        StationOrder.station_id == station_id,
        or_(StationOrder.lease_until > now, StationOrder.key_sha256.is_not(None)),
    )
    found = connection.scalar(open_orders(mine, besides).limit(1))
    if found is not None:
        lease = func.greatest(StationOrder.lease_until, now + LEASE)
        write_order(connection, found, lease_until=lease)
    return found


def free_order(
    connection: Connection, station_id: int, besides: Sequence[str], now: datetime
) -> int | None:
    """Take the most urgent order that no station has."""
    left = and_(StationOrder.key_sha256.is_(None), StationOrder.lease_until <= now)
    nobodys = or_(StationOrder.certificate_id.is_(None), left)
    values = {"station_id": station_id, "taken_at": now, "lease_until": now + LEASE}
    for candidate in connection.scalars(open_orders(nobodys, besides).limit(TRIED)).all():
        if connection.scalar(_WORKER_HAS_IT, {"certificate": candidate}):
            continue
        statement = insert(StationOrder).values(certificate_id=candidate, **values)
        taking = statement.on_conflict_do_update(
            index_elements=[StationOrder.certificate_id],
            set_={**values, "attempts": StationOrder.attempts + 1},
            where=left,
        )
        if connection.scalar(taking.returning(StationOrder.certificate_id)) is not None:
            return candidate
    return None


# The worker's own effect: until it has left the card to a station, it may be making it.
_WORKER_HAS_IT = text("""
WITH effect AS (SELECT id || '/' || version || '/production.make' AS key
    FROM application WHERE certificate_id = :certificate)
SELECT EXISTS (SELECT FROM procrastinate_jobs, effect
        WHERE status = 'todo' AND queueing_lock = key)
    OR EXISTS (SELECT FROM procrastinate_jobs, effect
        WHERE status = 'doing' AND queueing_lock = key)
""")


def open_orders(condition: ColumnElement[bool], besides: Sequence[str] = ()) -> Select[int]:
    """Return the orders nothing was handed in for, the most urgent first (days left, then age)."""
    return (
        select(Certificate.id)
        .join(Application, Application.certificate_id == Certificate.id)
        .join(Card, Card.id == Certificate.card_id)
        .outerjoin(StationOrder, StationOrder.certificate_id == Certificate.id)
        .where(
            Application.state.in_(MAKING),
            Certificate.state == "reserved",
            Card.serial.not_in(besides),
            condition,
        )
        .order_by(Application.deadline, Application.entered_at, Application.id)
    )


def write_order(connection: Connection, certificate_id: int, **values: object) -> None:
    """Write columns of an order."""
    statement = update(StationOrder).where(StationOrder.certificate_id == certificate_id)
    connection.execute(statement.values(**values))
