"""The face of a courier company, and the one of the house that needs no outside."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from states.cases.shipment import Shipment
from states.kit.errors import CodedError

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Engine


class CourierAway(CodedError):
    """The courier gave no answer that can be used, and is asked again; params: reason."""

    code = "courier_away"


class CourierRefused(CodedError):
    """The courier does not take this parcel, however often it is asked; params: reason."""

    code = "courier_refused"


@dataclass(frozen=True, slots=True)
class Booking:
    """What a courier is given: the key that makes a repetition the same parcel, and where to."""

    key: str
    case_id: int
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Redelivery:
    """What the holder of a parcel asks for after a try: another address, or None to keep it there.

    The key makes a repetition the same wish.
    """

    key: str
    tracking_number: str
    address: str | None


class Courier(Protocol):
    """An outside courier; the same key is the same parcel, however often it is asked for."""

    def book(self, parcel: Booking, now: datetime) -> str:
        """Order the parcel and return its tracking number; CourierAway or CourierRefused."""
        ...  # pragma: no cover - a protocol has no body

    def recall(self, tracking_number: str, now: datetime) -> None:
        """Order a parcel to be brought back undelivered; a repetition changes nothing."""
        ...  # pragma: no cover - a protocol has no body

    def redeliver(self, wish: Redelivery, now: datetime) -> None:
        """Order the next try at another address, or none; CourierAway or CourierRefused."""
        ...  # pragma: no cover - a protocol has no body


@dataclass(frozen=True, slots=True)
class LocalCourier:
    """A courier of the house: keeps its bookings in a table, numbers them by their key."""

    database: Engine

    def book(self, parcel: Booking, now: datetime) -> str:
        """Keep the booking, once for each key, and return its tracking number."""
        kept = keep_booking(self.database, parcel, tracking_number_of(parcel.key), now)
        if kept is None:  # 14 digits of a hash: not to be expected
            message = f"two parcels of the house have the number of {parcel.key}"
            raise LookupError(message)
        return kept

    def recall(self, tracking_number: str, now: datetime) -> None:
        """Keep when the parcel was first called back; one of another house's number is not ours."""
        calling = (
            update(Shipment)
            .where(Shipment.tracking_number == tracking_number, Shipment.recalled_at.is_(None))
            .values(recalled_at=now)
        )
        with self.database.begin() as connection:
            connection.execute(calling)

    def redeliver(self, wish: Redelivery, now: datetime) -> None:
        """Take the wish: a courier of the house reads it with the parcel."""


def booked_number(connection: Connection, key: str) -> str | None:
    """Return the tracking number that was kept for a key, None when none was."""
    found = select(Shipment.tracking_number).where(Shipment.key == key)
    return connection.execute(found).scalar_one_or_none()


def keep_booking(
    database: Engine, parcel: Booking, tracking_number: str, now: datetime
) -> str | None:
    """Keep a booking, once for each key, and return the number of its key.

    None, and nothing kept, when the number is another parcel's.
    """
    booking = {
        "key": parcel.key,
        "case_id": parcel.case_id,
        "tracking_number": tracking_number,
        "booked_at": now,
    }
    with database.begin() as connection:
        connection.execute(insert(Shipment).values(booking).on_conflict_do_nothing())
        return booked_number(connection, parcel.key)


def tracking_number_of(key: str) -> str:
    """Return the number of the booking of a key: one key has one number for ever."""
    digest = hashlib.sha256(f"nes-ofis courier {key}".encode()).digest()
    return f"YK{int.from_bytes(digest[:8], 'big') % 10**14:014}"
