"""What the courier's events do to the parcels of the house: judged first, then taken.

An event counts once, whichever way it comes: its row is written in the transaction that moves the
application, and its key is unique.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert

from handlers.cards.payloads import HOLDER, Delivery
from handlers.cards.sending import AT_BRANCH
from handlers.papers.letters import local_time
from handlers.parcels.events import KIND_TITLES, EventKind, ReturnReason, stated
from handlers.parcels.finding import END_TITLES, find_parcels
from states.kit.invalid import Invalid
from states.logs.courier_event import ReportedEvent
from workflow.engine.attempts import record_refusal
from workflow.model.refusal import Refused
from workflow.model.request import Request

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from handlers.kit.context import CaseEngine
    from handlers.parcels.events import CourierEvent
    from handlers.parcels.finding import FoundParcel
    from handlers.parcels.tracking_file import NumberedEvent
    from workflow.model.actor import Actor

WORKFLOW = "application"
"""What an event moves; parcel and card follow it."""

OF_AN_ATTEMPT = (
    ReturnReason.ABSENT, ReturnReason.REFUSED, ReturnReason.WRONG_ADDRESS, ReturnReason.MOVED,
    ReturnReason.NO_DOCUMENT,
)  # fmt: skip
"""Reasons that an attempt may have; any other is `other` there."""

ENDS: Mapping[EventKind, str] = {
    EventKind.DELIVERED: "delivered",
    EventKind.RETURNED: "returned",
    EventKind.LOST: "lost",
}
"""In which state an event leaves a parcel for good."""


class EventOutcome(StrEnum):
    """What came of an event, or would come of it."""

    TAKEN = "taken"
    KNOWN = "known"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class JudgedEvent:
    """An event, what came of it, its parcel if there is one, and the error that refused it."""

    number: int
    event: CourierEvent
    outcome: EventOutcome
    parcel: FoundParcel | None = None
    error: Invalid | Refused | None = None


@dataclass(frozen=True, slots=True)
class _Wish:
    """The move that an event makes of an application."""

    case_id: int
    request: Request


class _KnownAlready(Exception):
    """Somebody else has brought the event meanwhile."""


def judge_events(
    engine: CaseEngine, actor: Actor, events: Sequence[NumberedEvent]
) -> list[JudgedEvent]:
    """Return what would come of events, in their order; nothing changes."""
    with engine.database.connect() as connection:
        parcels = find_parcels(connection, [one.event.tracking_number for one in events])
        kept = _kept(connection, [one.event for one in events])
    judged: list[JudgedEvent] = []
    ends: dict[int, int] = {}
    for one in events:
        parcel = parcels.get(one.event.tracking_number)
        try:
            outcome = _outcome(engine, one.event, parcel, kept)
            if outcome is EventOutcome.TAKEN and parcel is not None:
                _refuse_second_end(ends, one, parcel)
                _rehearse(engine, _wish(actor, one.event, parcel))
        except (Invalid, Refused) as error:
            judged.append(_refused(one, parcel, error))
        else:
            judged.append(JudgedEvent(one.number, one.event, outcome, parcel))
    return judged


def take_events(
    engine: CaseEngine, actor: Actor, events: Sequence[NumberedEvent]
) -> list[JudgedEvent]:
    """Take events in their order, each by itself, and return what came of them.

    What is refused keeps no other back and leaves nothing, so that it may come again.
    """
    return [_take(engine, actor, one) for one in events]


def _take(engine: CaseEngine, actor: Actor, one: NumberedEvent) -> JudgedEvent:
    event = one.event
    with engine.database.connect() as connection:
        parcel = find_parcels(connection, [event.tracking_number]).get(event.tracking_number)
        kept = _kept(connection, [event])
    try:
        outcome = _outcome(engine, event, parcel, kept)
        if outcome is EventOutcome.TAKEN and parcel is not None:
            _move(engine, actor, event, parcel)
    except _KnownAlready:
        return JudgedEvent(one.number, event, EventOutcome.KNOWN, parcel)
    except (Invalid, Refused) as error:
        return _refused(one, parcel, error)
    return JudgedEvent(one.number, event, outcome, parcel)


def _refused(
    one: NumberedEvent, parcel: FoundParcel | None, error: Invalid | Refused
) -> JudgedEvent:
    return JudgedEvent(one.number, one.event, EventOutcome.REFUSED, parcel, error)


def key_of(event: CourierEvent) -> bytes:
    """Return what an event is known by: its parcel, its kind and its moment to the second."""
    at = event.at.astimezone(UTC).replace(microsecond=0).isoformat()
    return hashlib.sha256(f"{event.tracking_number}\0{event.kind}\0{at}".encode()).digest()


@dataclass(frozen=True, slots=True)
class _Kept:
    """The events that were taken before: their keys, and the key of each event's own name."""

    keys: frozenset[bytes]
    names: Mapping[str, bytes]


def _kept(connection: Connection, events: Sequence[CourierEvent]) -> _Kept:
    query = select(ReportedEvent.key, ReportedEvent.event_id).where(
        or_(
            ReportedEvent.key.in_([key_of(event) for event in events]),
            ReportedEvent.event_id.in_([event.event_id for event in events if event.event_id]),
        )
    )
    rows = connection.execute(query).all()
    return _Kept(
        frozenset(row.key for row in rows),
        {row.event_id: row.key for row in rows if row.event_id is not None},
    )


def _outcome(
    engine: CaseEngine, event: CourierEvent, parcel: FoundParcel | None, kept: _Kept
) -> EventOutcome:
    """Say whether an event is new to us; raise Invalid for one that cannot be."""
    key = key_of(event)
    if kept.names.get(event.event_id, key) != key:
        raise Invalid("event.other_content", event=event.event_id)
    if key in kept.keys:
        return EventOutcome.KNOWN
    if parcel is None:
        raise Invalid("parcel.unknown", number=event.tracking_number)
    _refuse_impossible(event, parcel, engine.clock.now())
    return EventOutcome.KNOWN if parcel.state == ENDS.get(event.kind) else EventOutcome.TAKEN


def _refuse_impossible(event: CourierEvent, parcel: FoundParcel, now: datetime) -> None:
    """Raise Invalid for what cannot have happened to a parcel where it stands."""
    if event.at > now:
        raise Invalid("event.in_future")
    if parcel.state == "booked" or parcel.sent_at is None:
        raise Invalid("parcel.not_handed_over")
    if parcel.state not in {"handed_over", ENDS.get(event.kind)}:
        raise Invalid("parcel.ended", state=END_TITLES[parcel.state])
    if event.at < parcel.sent_at.replace(second=0, microsecond=0):
        raise Invalid("courier.before_it_left", sent=local_time(parcel.sent_at))


def _refuse_second_end(ends: dict[int, int], one: NumberedEvent, parcel: FoundParcel) -> None:
    """Refuse what cannot follow in one file: after its end nothing happens to a parcel."""
    if parcel.id in ends:
        raise Invalid("event.after_end", first=ends[parcel.id])
    if one.event.kind in ENDS:
        ends[parcel.id] = one.number


def _wish(actor: Actor, event: CourierEvent, parcel: FoundParcel) -> _Wish:
    """Return the move of its application that an event asks for."""
    case_id = parcel.application_id
    if event.kind is EventKind.DELIVERED:
        said = Delivery(HOLDER, event.shown, event.shown_number, event.handed_by, event.at)
        return _Wish(case_id, Request("deliver", actor, said.payload()))
    if event.kind is EventKind.LOST:
        return _Wish(case_id, Request("report_lost", actor, reason=KIND_TITLES[event.kind].tr))
    if event.kind is EventKind.RETURNED:
        reason = stated(event.reason or ReturnReason.OTHER)
        return _Wish(case_id, Request("courier_return", actor, reason=reason))
    return _Wish(case_id, Request("note_attempt", actor, reason=_why_waiting(event)))


def _why_waiting(event: CourierEvent) -> str:
    """Return the code of the reason for which a parcel waits to be collected."""
    if event.kind is EventKind.AT_BRANCH:
        return AT_BRANCH
    return stated(event.reason if event.reason in OF_AN_ATTEMPT else ReturnReason.OTHER)


def _rehearse(engine: CaseEngine, wish: _Wish) -> None:
    engine.rehearse(wish.case_id, wish.request, workflow=WORKFLOW)


def _move(engine: CaseEngine, actor: Actor, event: CourierEvent, parcel: FoundParcel) -> None:
    """Keep an event and make its move in one transaction; raise the refusal, and record it."""
    wish = _wish(actor, event, parcel)
    row = {
        "key": key_of(event),
        "event_id": event.event_id or None,
        "parcel_id": parcel.id,
        "kind": event.kind.value,
        "at": event.at,
        "reason": event.reason.value if event.reason else None,
        "actor": actor.name,
        "received_at": engine.clock.now(),
    }
    keeping = insert(ReportedEvent).values(row).on_conflict_do_nothing()
    definition = engine.library.workflow(WORKFLOW)
    try:
        with engine.together() as work:
            if not work.connection.execute(keeping.returning(ReportedEvent.key)).all():
                raise _KnownAlready
            work.move(definition, wish.case_id, wish.request)
    except Refused as refusal:
        record_refusal(engine, definition, wish.case_id, wish.request, refusal)
        raise
