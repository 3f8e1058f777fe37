"""What an officer does for somebody who stands at the desk and signs in nowhere.

An application that somebody else opened for a person is carried on there, by the ways in which its
person signs by hand; whoever has a sign-in goes on with it themselves as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.applications.payloads import MethodChoice
from handlers.applications.question import opened_by
from handlers.certificates.renamed import BY_HAND
from handlers.kit.roles import APPLICANT
from workflow.model.registry import check
from workflow.model.verdict import ALLOW, deny

if TYPE_CHECKING:
    from handlers.kit.context import Context
    from workflow.model.verdict import Verdict


@check
def opened_there(context: Context) -> Verdict:
    """Allow an officer to go on with what was opened for a person, not with what the person opened.

    Where a coordinator did, the person may sign in nowhere, and what came back goes on at the desk.
    """
    return deny("counter.not_opened_there") if opened_by(context) == APPLICANT else ALLOW


@check
def by_hand(context: Context) -> Verdict:
    """Allow a method by which the person signs by hand: no other is for an officer to choose."""
    method = MethodChoice.of(context.payload).method
    return ALLOW if context.rehearsal or method in BY_HAND else deny("counter.not_by_hand")
