"""What the holder asks of the courier after a parcel could not be handed over (*Evde yoktum*).

The wish is the parcel's and reaches the courier by an effect. Another address is that of the
application from then on, so that a card which comes back is sent there too; the frozen form keeps
the one that was approved.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from handlers.applications import address, notice
from handlers.applications.form import deliverable
from handlers.applications.payloads import NewAddress
from handlers.kit import notes, rows
from handlers.kit.courier_service import CourierRefused, Redelivery
from handlers.kit.roles import APPLICANT
from states.cases.application import Application
from states.cases.parcel import Parcel
from states.kit.text import normal
from states.logs.desk import ADDRESS
from workflow.model.context import EffectOutcome
from workflow.model.entry import storable
from workflow.model.registry import action, check, effect
from workflow.model.verdict import ALLOW

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from handlers.kit.context import Context, EffectContext
    from workflow.model.verdict import Verdict

OTHER, KEEP = "address", "keep"
"""What may be asked for."""


@check
def sendable(context: Context) -> Verdict:
    """Allow an address that a card can be sent to."""
    return ALLOW if context.rehearsal else deliverable(_wanted(context))


def _wanted(context: Context) -> str:
    return normal(storable(NewAddress.of(context.payload).address or ""))


@action(writes=("wish_attempt",))
def move(context: Context) -> None:
    """Keep the other address with the application, and that it was asked for after this try."""
    case_id, wanted = rows.number(context.case, "application_id"), _wanted(context)
    notes.alone(context.connection, case_id)
    before = rows.fetch(context.connection, Application, case_id).delivery_address
    address.write_address(context.connection, case_id, wanted)
    vault = context.services.vault
    told = f"(adres izi: {address.mark(vault, before)} → {address.mark(vault, wanted)})"
    hand = notes.Hand(context.actor.name, APPLICANT, context.now)
    notes.keep(context.connection, ("application", case_id), hand, ADDRESS, told)
    _ask(context, OTHER)


@action(writes=("wish_attempt",))
def keep(context: Context) -> None:
    """Keep that the holder will collect the parcel."""
    _ask(context, KEEP)


def _ask(context: Context, wish: str) -> None:
    context.update(wish=wish, wish_attempt=context.case["attempts"])
    context.note(wish=wish, attempt=context.case["attempts"])


@effect("refuse_wish")
def tell_courier(context: EffectContext) -> EffectOutcome | None:
    """Ask the courier; what it cannot do comes back with its words."""
    case = context.case
    if case["state"] != "handed_over" or case["wish"] is None:
        return None
    with context.database.connect() as connection:
        application = rows.fetch(connection, Application, case["application_id"])
    other = application.delivery_address if case["wish"] == OTHER else None
    wish = Redelivery(context.key, rows.text(case, "tracking_number"), other)
    try:
        context.services.courier.redeliver(wish, context.now)
    except CourierRefused as refused:
        return EffectOutcome("refuse_wish", reason=str(refused.params["reason"]))
    return None


@action
def undo(context: Context) -> None:
    """Forget a wish that the courier does not follow; the next try goes where it was to go."""
    context.update(wish=None)


@effect()
def tell_refusal(context: EffectContext) -> None:
    """Tell the holder that the courier does not follow the wish, and why."""
    notice.tell(context, "contact/wish_refused")


@dataclass(frozen=True, slots=True)
class ParcelUnderWay:
    """A parcel that is with the courier, as its holder is told of it."""

    id: int
    tracking_number: str
    attempts: int
    wish: str | None
    wish_attempt: int | None

    @property
    def asked(self) -> str | None:
        """What was asked for after the last attempt; None where nothing was."""
        return self.wish if self.wish_attempt == self.attempts else None


def under_way(connection: Connection, application_id: int) -> ParcelUnderWay | None:
    """Return the parcel of an application that is with the courier; None where none is."""
    query = select(
        Parcel.id, Parcel.tracking_number, Parcel.attempts, Parcel.wish, Parcel.wish_attempt
    ).where(Parcel.application_id == application_id, Parcel.state == "handed_over")
    found = connection.execute(query).one_or_none()
    return None if found is None else ParcelUnderWay(*found)
