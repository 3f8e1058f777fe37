"""The applications that rest on a certificate follow what becomes known of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, update

from states.cases.application import FINAL_STATES, Application
from states.cases.certificate import Certificate
from workflow.model.actor import system
from workflow.model.refusal import UnknownTrigger

if TYPE_CHECKING:
    from handlers.kit.context import Context
    from workflow.model.context import Payload

LEARNING = system("sight")
"""Who moves a case because of what was learnt of a certificate; the journal keeps this name."""


def follow(context: Context, certificate_id: int) -> None:
    """Let the applications that rest on a certificate follow what is known of it by now.

    One that is held gets its day anew; one that stood ready, or waited for the certificate to be
    seen, is looked at again from its approval on.
    """
    end = select(Certificate.ends_on).where(Certificate.id == certificate_id).scalar_subquery()
    resting = (
        update(Application)
        .where(
            Application.old_certificate_id == certificate_id,
            Application.state.not_in(FINAL_STATES),
        )
        .values(old_ends_on=end)
        .returning(Application.id, Application.state)
    )
    again = {"held": "redate", "queued": "replan", "certificate_unseen": "replan"}
    for case_id, state in context.connection.execute(resting).all():
        if state in again:
            fire_if_known(context, case_id, again[state], {})


def gone(context: Context) -> None:
    """Let the renewals that wait for the end of this certificate learn that it is gone already.

    Theirs is planned anew, and the timer rings now: what is left is production or the paper way.
    """
    follow(context, context.case_id)
    waiting = select(Application.id).where(
        Application.old_certificate_id == context.case_id, Application.state == "held"
    )
    for case_id in context.connection.execute(waiting).scalars().all():
        context.wake(case_id)


def fire_if_known(
    context: Context,
    case_id: int,
    trigger: str,
    payload: Payload,
    reason: str | None = None,
) -> bool:
    """Move another case; return False where its definition has no such move."""
    try:
        context.fire(case_id, trigger, payload, reason, by=LEARNING)
    except UnknownTrigger:
        return False
    return True
