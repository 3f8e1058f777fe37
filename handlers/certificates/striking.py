"""What follows when an officer strikes the record of a certificate that was typed wrongly.

A list brings number and end of a certificate that nobody has seen; either may be somebody else's.
Struck, it stands in nobody's way: its serial number is free again, it counts as no certificate of
its person, and what was applied for on the strength of it is closed.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from sqlalchemy import select

from handlers.certificates.sight import unseen
from handlers.kit import rows
from handlers.kit.moves import START_PRODUCTION
from states.cases.application import FINAL_STATES, Application
from states.logs.journal import JournalEntry
from workflow.model.refusal import UnknownTrigger, WrongState
from workflow.model.registry import action

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from handlers.kit.context import Context
    from states.cases.certificate import Certificate

BEYOND = (
    "in_production", "awaiting_token", "produced", "not_booked", "booked", "couriered",
    "awaiting_collection", "courier_silent", "recalled", "delivery_contested", "courier_returned",
)  # fmt: skip
"""States of an application whose card is being made or on its way.

It did not rest on the record, which was never seen: its person proved themselves as a first
applicant does, and neither the first nor the last day of the new certificate was taken from the old
one.
"""


def resting(connection: Connection, certificate_id: int) -> list[tuple[int, str]]:
    """Return the applications that are closed when this certificate is struck: id, reference."""
    found = (
        select(Application.id, Application.reference)
        .where(
            Application.old_certificate_id == certificate_id,
            Application.state.not_in((*FINAL_STATES, *BEYOND)),
        )
        .order_by(Application.id)
    )
    return [(row.id, row.reference) for row in connection.execute(found)]


def spared(context: Context, old: Certificate) -> bool:
    """Say whether an application was being produced when the record it named was struck.

    It rests on nothing of that record, so a void one counts as none where its card has to be made
    once more: after a try that failed, or because the card was lost on its way.
    """
    begun = select(JournalEntry.n).where(
        JournalEntry.case_id == context.case_id, JournalEntry.trigger == START_PRODUCTION
    )
    return (
        old.state == "void"
        and context.connection.scalar(begun.limit(1)) is not None
        and not unseen(context)
    )


@action(fires=("application.cancel_by_office",))
def close(context: Context) -> None:
    """Close the applications about this certificate; look again at the others of its person.

    Those are told by the office, as the act of the officer at hand, and why. One that stands
    under a definition of before, where that move does not start, stays and is never produced.
    """
    said = f"Dayandığı sertifika kaydı düşüldü: {rows.text(context.case, 'reference')}"
    closed = 0
    for case_id, _ in resting(context.connection, context.case_id):
        with suppress(UnknownTrigger, WrongState):
            context.fire(case_id, "cancel_by_office", reason=f"other: {said}")
            closed += 1
    context.note(closed=closed)
    waiting = select(Application.id).where(
        Application.person_id == context.case["person_id"], Application.state == "queued"
    )
    for case_id in context.connection.execute(waiting).scalars().all():
        context.wake(case_id)
