"""The parcel of an application, moved with it: the application is the driver.

An application that was sent before there were parcels has none, and moves alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, select

from handlers.cards.payloads import ScannedOut
from handlers.kit import rows
from handlers.kit.payload import checked
from states.cases.parcel import OPEN_STATES, Parcel
from workflow.model.actor import system
from workflow.model.registry import action

if TYPE_CHECKING:
    from handlers.kit.context import Context

_SYSTEM = system("courier")


def parcel_of(context: Context, *states: str) -> Parcel | None:
    """Return the parcel of the application at hand that stands in one of some states, if any.

    Of several that have ended the newest.
    """
    return _newest(context, Parcel.state.in_(states))


def open_parcel(context: Context) -> Parcel | None:
    """Return the parcel of the application at hand that has not ended: there is one at most."""
    return _newest(context, Parcel.state.in_(OPEN_STATES))


def _newest(context: Context, condition: ColumnElement[bool]) -> Parcel | None:
    found = (
        select(Parcel.id)
        .where(Parcel.application_id == context.case_id, condition)
        .order_by(Parcel.id.desc())
        .limit(1)
    )
    return rows.find(context.connection, Parcel, context.connection.scalar(found))


def begin(context: Context, tracking_number: str) -> int:
    """Open the parcel of an application under its tracking number; return its id."""
    values = {
        "person_id": context.case["person_id"],
        "application_id": context.case_id,
        "tracking_number": tracking_number,
    }
    return context.open("parcel", "book", values, by=_SYSTEM)


def hand_over(context: Context, parcel: Parcel, handover_id: int | None) -> None:
    """Let the parcel of the application at hand leave the house, on a list where there is one."""
    context.fire(parcel.id, "hand_over", ScannedOut(handover_id).payload(), by=_SYSTEM)


@action(fires=("parcel.deliver",))
def deliver(context: Context) -> None:
    """Close the parcel that was delivered; a card handed over in the house has none any more."""
    _move(context, "deliver", "handed_over")


@action(fires=("parcel.return_parcel",))
def take_back(context: Context) -> None:
    """Close the parcel that came back, for the reason that is told of it."""
    _move(context, "return_parcel", "handed_over")


@action(fires=("parcel.lose",))
def lose(context: Context) -> None:
    """Close the parcel whose card is lost, in the house or outside."""
    _move(context, "lose", *OPEN_STATES)


@action(fires=("parcel.drop",))
def drop(context: Context) -> None:
    """Close the parcel that will not be sent, where one was booked."""
    if context.case["state"] == "booked":
        _move(context, "drop", "booked")


@action(fires=("parcel.reopen",))
def reopen(context: Context) -> None:
    """Open the parcel anew of which a delivery was told that was none: it is looked for."""
    parcel = parcel_of(context, "delivered")
    if parcel is not None:
        context.fire(parcel.id, "reopen", reason=checked(context.reason))


def _move(context: Context, trigger: str, *states: str) -> None:
    parcel = parcel_of(context, *states)
    if parcel is not None:
        context.fire(parcel.id, trigger, reason=context.reason, by=_SYSTEM)
