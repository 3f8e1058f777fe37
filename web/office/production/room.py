"""The production room: its stations, the blanks that are left, and cards without an envelope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import text

from handlers.cards.boxes import read_level
from web.office.production.line import MADE
from web.office.production.queue import COUNTED

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

SILENT = timedelta(minutes=10)
"""How long ago a station that works was last heard of at most."""

_STATIONS = text("""
SELECT s.name, s.last_seen_at AS seen, (SELECT count(*) FROM station_order o
    WHERE o.station_id = s.id AND o.handed_in_at IS NULL) AS orders
FROM station s WHERE s.ended_at IS NULL ORDER BY s.name
""")

_SPOILT = text("""
SELECT count(*) FROM (
    SELECT FROM chip_card WHERE state IN ('spoilt', 'to_be_destroyed') LIMIT :counted) spoilt
""")

_OPEN = text("""
SELECT count(*) FROM (
    SELECT FROM application a JOIN certificate c ON c.id = a.certificate_id
    JOIN chip_card k ON k.card_id = c.card_id AND k.state = 'made'
    WHERE a.state = ANY(:made) LIMIT :counted) card
""")


@dataclass(frozen=True, slots=True)
class StationSeen:
    """A station: when it was last heard of, and how many orders it has in hand."""

    name: str
    seen: datetime | None
    orders: int
    silent: bool


@dataclass(frozen=True, slots=True)
class ProductionRoom:
    """What stands in the room: ``blanks`` is None where no stock is kept."""

    stations: list[StationSeen]
    blanks: int | None
    spoilt: int
    without_envelope: int


def read_room(connection: Connection, now: datetime) -> ProductionRoom:
    """Return the room as it stands: five statements."""
    stations = [
        StationSeen(row.name, row.seen, row.orders, row.seen is None or now - row.seen > SILENT)
        for row in connection.execute(_STATIONS)
    ]
    level = read_level(connection)
    given = {"made": list(MADE), "counted": COUNTED}
    return ProductionRoom(
        stations=stations,
        blanks=level.blanks if level.kept else None,
        spoilt=connection.execute(_SPOILT, {"counted": COUNTED}).scalar_one(),
        without_envelope=connection.execute(_OPEN, given).scalar_one(),
    )
