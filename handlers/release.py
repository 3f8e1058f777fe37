"""Owns who lets production begin: the person by his own approval, else an operator by his act."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from states.certificate import Certificate
from states.journal import JournalEntry
from workflow.registry import check
from workflow.verdict import ALLOW, deny

if TYPE_CHECKING:
    from workflow.context import Context
    from workflow.verdict import Verdict

OWN = frozenset({"approve_e_onay", "approve_e_imza", "confirm_signature"})
"""Approvals that are an act of the person himself: a press, or a signature of his."""

OTHERS = frozenset({"approve_paper", "approve_unobjected"})
"""Approvals by officers, and by silence."""

ONWARD = frozenset({"accept_answer", "note_status", "replan", "plan_again"})
"""What leads to `approved` and approves nothing anew; any other move is no act of his."""


@check
def given(context: Context) -> Verdict:
    """Allow an operator, and the timer where the person's own approval was the last one.

    What officers approved on paper, or nobody objected to, an operator has to start; that he is
    neither of the officers is the matter of the four eyes (EN 319 411-1, 6.4.3: no one person alone
    has a certificate made). Once he has, a try that failed is repeated without him. For whom the
    office holds a certificate back, nothing is made unless an operator starts it.
    """
    if "system" not in context.actor.roles:
        return ALLOW
    if not _let_go(context):
        return deny("release.waits")
    return deny("release.in_doubt") if _in_doubt(context) else ALLOW


def _in_doubt(context: Context) -> bool:
    """Say whether the office has held a certificate of the person back and not let it go again.

    One that was revoked on hold counts: the loss that revoked it was told by who is in doubt.
    """
    held = select(Certificate.id).where(
        Certificate.person_id == context.case["person_id"], Certificate.suspended_by == "office"
    )
    return context.connection.scalar(held.limit(1)) is not None


def _let_go(context: Context) -> bool:
    moves = context.definition.transitions.values()
    approving = {move.name for move in moves if move.target == "approved"} - ONWARD
    last = select(JournalEntry.trigger).where(
        JournalEntry.case_id == context.case_id,
        JournalEntry.trigger.in_(approving)
        | (
            (JournalEntry.trigger == context.transition.name)
            & JournalEntry.actor.not_like("system:%")
        ),
    )
    found = context.connection.scalar(last.order_by(JournalEntry.n.desc()).limit(1))
    return found in OWN | {context.transition.name}
