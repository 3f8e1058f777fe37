"""What an officer asks when returning an application, and who may answer it.

The question is the reason of the return, the answer the reason of the next choice of a method: both
stand in the journal. Whatever approves the application then, an officer accepts the answer first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from handlers.kit.roles import APPLICANT, COORDINATOR, acts_as
from states.logs.journal import JournalEntry
from workflow.model.entry import parsed
from workflow.model.registry import action
from workflow.model.verdict import ALLOW, deny

if TYPE_CHECKING:
    from handlers.kit.context import Context
    from workflow.model.verdict import Verdict


@action(writes=("question_open",))
def ask(context: Context) -> None:
    """Keep that the application came back with a question."""
    context.update(question_open=True)


@action(writes=("question_open",))
def close(context: Context) -> None:
    """Keep that an officer has accepted the answer."""
    context.update(question_open=False)


def may_choose(context: Context) -> Verdict:
    """Refuse a choice that is not the actor's to make, and one that leaves a question unanswered.

    A coordinator goes on with what was opened for a person, not with what the person opened or
    what came back to them.
    """
    own = context.actor.person_id == context.case["person_id"]
    if not own and acts_as(context.actor, COORDINATOR):
        if context.case["state"] == "returned_to_applicant":
            return deny("question.not_his")
        if opened_by(context) == APPLICANT:
            return deny("form.not_his_draft")
    asked = context.case["question_open"] and context.case["state"] == "returned_to_applicant"
    if asked and context.transition.reason != "none" and not context.reason:
        return deny("question.unanswered")
    return ALLOW


def opened_by(context: Context) -> str:
    """Return the role in which the application was opened."""
    first = select(JournalEntry.body).where(
        JournalEntry.case_id == context.case_id, JournalEntry.n == 1
    )
    return str(parsed(context.connection.execute(first).scalar_one()).get("role"))
