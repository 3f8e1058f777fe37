"""The moves about reminders: having a holder reminded now, stopping the reminders, going on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.dialects.postgresql import insert

from handlers.certificates import asking
from handlers.kit.roles import COORDINATOR
from states.logs.reminder import Ladder, Reminder
from workflow.model.registry import action, check
from workflow.model.verdict import ALLOW, deny

if TYPE_CHECKING:
    from handlers.kit.context import Context
    from workflow.model.verdict import Verdict


@check
def of_own_staff(context: Context) -> Verdict:
    """Allow officers, and of coordinators those of the holder's institution or one above it."""
    if COORDINATOR not in context.actor.roles:
        return ALLOW
    return ALLOW if asking.of_own_staff(context).allows else deny("reminding.other_institution")


@action
def note(context: Context) -> None:
    """Keep that the holder is to be reminded; the next look of a worker writes the message.

    A second one of the day, of another certificate of the same person, leaves the first.
    """
    row = {
        "certificate_id": context.case_id,
        "person_id": context.case["person_id"],
        "ladder": Ladder.BY_HAND.value,
        "step": int(f"{context.today:%Y%m%d}"),
        "due_on": context.today,
        "sent_on": context.today,
    }
    context.connection.execute(insert(Reminder).values(row).on_conflict_do_nothing())


@action(writes=("reminders_stopped_on",))
def stop(context: Context) -> None:
    """Keep since which day nobody is reminded; the entry of the move says why."""
    context.update(reminders_stopped_on=context.today)


@action(writes=("reminders_stopped_on",))
def go_on(context: Context) -> None:
    """Let the reminders go on."""
    context.update(reminders_stopped_on=None)
