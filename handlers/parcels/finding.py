"""The parcels as the desk looks for them: by their code, in the house, on a list, too long away."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, true

from handlers.kit import rows
from handlers.parcels.drawing import PrintedParcel
from states.cases.application import Application
from states.cases.card import Card
from states.cases.certificate import Certificate
from states.cases.chip_card import ChipCard
from states.cases.handover import Handover
from states.cases.parcel import Parcel
from states.logs.courier_event import ReportedEvent
from states.logs.journal import JournalEntry
from states.people.person import Person
from workflow.model.definition import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Row, Select

LATE_AFTER = timedelta(days=5)
"""Without a word for so long a parcel is shown as late; what follows is `window.courier_limit`."""

MOST_SHOWN = 500
"""Parcels on a page and in a run of labels."""

AWAY = ("couriered", "awaiting_collection", "courier_silent", "recalled")
"""States of an application whose card is with the courier."""

END_TITLES: Mapping[str, Text] = {
    "delivered": Text("teslim edildi", "delivered"),
    "returned": Text("geri döndü", "came back"),
    "lost": Text("kayboldu", "lost"),
    "dropped": Text("gönderilmeyecek", "will not be sent"),
}
"""How a sentence calls the states in which a parcel has ended."""


@dataclass(frozen=True, slots=True)
class FoundParcel:
    """One parcel with its application; ``sent_at`` is when it left the house."""

    id: int
    tracking_number: str
    state: str
    attempts: int
    handover_id: int | None
    person_id: int
    application_id: int
    application: str
    name: str
    address: str
    booked_at: datetime
    sent_at: datetime | None

    @property
    def printed(self) -> PrintedParcel:
        """What stands on paper of it."""
        return self.printed_with("")

    def printed_with(self, card: str) -> PrintedParcel:
        """Return the same with the number of the card in it."""
        return PrintedParcel(self.tracking_number, self.application, self.name, self.address, card)


def _parcels(*conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Parcel.id,
            Parcel.tracking_number,
            Parcel.state,
            Parcel.attempts,
            Parcel.handover_id,
            Parcel.person_id,
            Parcel.application_id,
            Application.reference.label("application"),
            func.concat_ws(" ", Person.given_name, Person.surname).label("name"),
            func.coalesce(Application.delivery_address, "").label("address"),
            Parcel.created_at.label("booked_at"),
            Application.couriered_at.label("sent_at"),
        )
        .join(Application, Application.id == Parcel.application_id)
        .join(Person, Person.id == Parcel.person_id)
        .where(*conditions)
    )


def _found(found: Iterable[Row[*tuple[Any, ...]]]) -> list[FoundParcel]:
    return [FoundParcel(**row._mapping) for row in found]  # noqa: SLF001 - the library's name


def find_parcel(connection: Connection, tracking_number: str) -> FoundParcel | None:
    """Return the parcel of a tracking number."""
    return find_parcels(connection, [tracking_number]).get(tracking_number)


def find_parcels(connection: Connection, numbers: Iterable[str]) -> Mapping[str, FoundParcel]:
    """Return the parcels of some tracking numbers; what is not known is left out."""
    found = connection.execute(_parcels(Parcel.tracking_number.in_(set(numbers))))
    return {one.tracking_number: one for one in _found(found)}


def parcels_in_house(connection: Connection, most: int = MOST_SHOWN) -> list[FoundParcel]:
    """Return what waits for the courier, the oldest booking first."""
    query = _parcels(Parcel.state == "booked").order_by(Parcel.id).limit(most)
    return _found(connection.execute(query))


def count_in_house(connection: Connection) -> int:
    """Return how many parcels wait for the courier."""
    query = select(func.count()).select_from(Parcel).where(Parcel.state == "booked")
    return connection.execute(query).scalar_one()


def parcels_on(connection: Connection, handover_id: int) -> list[FoundParcel]:
    """Return the parcels of a list in the order in which they were scanned."""
    found = {
        one.id: one
        for one in _found(connection.execute(_parcels(Parcel.handover_id == handover_id)))
    }
    return [found[number] for number in _scanned(connection, handover_id) if number in found]


def _scanned(connection: Connection, handover_id: int) -> Sequence[int]:
    query = (
        select(JournalEntry.body)
        .where(JournalEntry.case_id == handover_id, JournalEntry.trigger == "scan")
        .order_by(JournalEntry.n)
    )
    return [json.loads(body)["details"]["parcel"] for body in connection.scalars(query)]


def newest_open_list(connection: Connection) -> Handover | None:
    """Return the hand-over list that is open, the newest of several."""
    return _list(connection, Handover.state == "open")


def read_list(connection: Connection, handover_id: int) -> Handover | None:
    """Return a hand-over list by its id."""
    return _list(connection, Handover.id == handover_id)


def _list(connection: Connection, condition: ColumnElement[bool]) -> Handover | None:
    query = select(Handover.id).where(condition).order_by(Handover.id.desc()).limit(1)
    return rows.find(connection, Handover, connection.scalar(query))


def latest_lists(connection: Connection, most: int) -> list[Handover]:
    """Return the hand-over lists that are not open any more, the newest first."""
    query = select(Handover.id).where(Handover.state != "open").order_by(Handover.id.desc())
    found = connection.scalars(query.limit(most)).all()
    return [rows.fetch(connection, Handover, number) for number in found]


def card_number(connection: Connection, application_id: int) -> str:
    """Return what is printed on the card that was made for an application.

    One of the stock bears the number of its maker; of any other the label of its token is printed.
    """
    query = (
        select(func.coalesce(ChipCard.number, Card.serial))
        .select_from(Card)
        .join(Certificate, Certificate.card_id == Card.id)
        .outerjoin(ChipCard, ChipCard.card_id == Card.id)
        .join(Application, Application.certificate_id == Certificate.id)
        .where(Application.id == application_id)
    )
    return connection.execute(query).scalar_one_or_none() or ""


@dataclass(frozen=True, slots=True)
class LateParcel:
    """A parcel of which nothing was heard since ``since``, and the last thing that was."""

    parcel: FoundParcel
    since: datetime
    last: str | None


def late_parcels(connection: Connection, now: datetime, most: int = MOST_SHOWN) -> list[LateParcel]:
    """Return the parcels with the courier without a word for too long, the longest first."""
    query = (
        _parcels(*_late_since(now))
        .add_columns(_SINCE.label("since"), _NEWEST.c.kind.label("last"))
        .outerjoin(_NEWEST, true())
        .order_by(_SINCE, Parcel.id)
        .limit(most)
    )
    return [_late(row) for row in connection.execute(query)]


def count_late(connection: Connection, now: datetime) -> int:
    """Return of how many parcels with the courier nothing was heard for too long."""
    query = (
        select(func.count())
        .select_from(Parcel)
        .join(Application, Application.id == Parcel.application_id)
        .outerjoin(_NEWEST, true())
        .where(*_late_since(now))
    )
    return connection.execute(query).scalar_one()


_NEWEST = (
    select(ReportedEvent.at, ReportedEvent.kind)
    .where(ReportedEvent.parcel_id == Parcel.id)
    .order_by(ReportedEvent.at.desc())
    .limit(1)
    .lateral("newest")
)
_SINCE = func.coalesce(_NEWEST.c.at, Application.couriered_at)


def _late_since(now: datetime) -> tuple[ColumnElement[bool], ...]:
    with_courier = (Parcel.state == "handed_over", Application.state.in_(AWAY))
    return (*with_courier, now - LATE_AFTER > _SINCE)


def _late(row: Row[*tuple[Any, ...]]) -> LateParcel:
    values = dict(row._mapping)  # noqa: SLF001 - the library's name
    since, last = values.pop("since"), values.pop("last")
    return LateParcel(FoundParcel(**values), since, last)
