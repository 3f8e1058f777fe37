"""Who lets production begin: the person by approving it, else an operator."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import cast, exists, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import aliased

from handlers.kit import rows
from handlers.kit.moves import (
    APPROVED_BY_PERSON,
    APPROVES_NOTHING_ANEW,
    HELD_BY_OFFICE,
    START_PRODUCTION,
)
from handlers.kit.roles import acts_alone
from states.cases.certificate import Certificate
from states.logs.journal import JournalEntry
from workflow.model.registry import check
from workflow.model.verdict import ALLOW, deny

if TYPE_CHECKING:
    from handlers.kit.context import Context
    from workflow.model.verdict import Verdict

NO_DOUBT = "data_changed"
"""Why a certificate is held that bears a name of before: nobody doubts its holder."""


@check
def given(context: Context) -> Verdict:
    """Allow an operator, and the timer where the person's own approval was the last one.

    What officers approved on paper, or nobody objected to, an operator has to start; that they are
    neither of the officers is the matter of the four eyes (EN 319 411-1, 6.4.3: no one person alone
    has a certificate made). Once they have, a try that failed is repeated by itself. For whom the
    office holds a certificate back, nothing is made unless an operator starts it.
    """
    if not acts_alone(context.actor):
        return ALLOW
    if not _let_go(context):
        return deny("release.waits")
    return deny("release.in_doubt") if _in_doubt(context) else ALLOW


def _in_doubt(context: Context) -> bool:
    """Say whether the office has held a certificate of the person back and not let it go again.

    One that was revoked on hold counts: the loss that revoked it was told by who is in doubt. One
    that was held for nothing but a new name does not: the change of data that revokes it settles
    that, and nobody could lift the hold of what is revoked.
    """
    return bool(_held_back().ask(context.connection, person=context.case["person_id"]))


@cache
def _held_back() -> rows.Question:
    lifted = (
        select(func.coalesce(func.max(JournalEntry.n), 0))
        .where(JournalEntry.case_id == Certificate.id, JournalEntry.trigger == "release_hold")
        .correlate(Certificate)
        .scalar_subquery()
    )
    held = aliased(JournalEntry)
    why = func.coalesce(cast(held.body, JSONB)["reason"].astext, "")
    doubted = exists().where(
        held.case_id == Certificate.id, held.trigger.in_(HELD_BY_OFFICE), held.n > lifted,
        ~why.startswith(NO_DOUBT),
    )  # fmt: skip
    found = select(Certificate.id).where(
        Certificate.person_id == rows.given("person"), Certificate.suspended_by == "office", doubted
    )
    return rows.Question.of(found.limit(1))


def _let_go(context: Context) -> bool:
    """Say whether the last word was the person's own approval, or an operator's start."""
    moves = context.definition.transitions.values()
    approving = {move.name for move in moves if move.target == "approved"} - APPROVES_NOTHING_ANEW
    found = _last_word(frozenset(approving)).ask(context.connection, case=context.case_id)
    return bool(found) and found[0]["trigger"] in APPROVED_BY_PERSON | {START_PRODUCTION}


@cache
def _last_word(approving: frozenset[str]) -> rows.Question:
    last = select(JournalEntry.trigger).where(
        JournalEntry.case_id == rows.given("case"),
        JournalEntry.trigger.in_(sorted(approving))
        | ((JournalEntry.trigger == START_PRODUCTION) & JournalEntry.actor.not_like("system:%")),
    )
    return rows.Question.of(last.order_by(JournalEntry.n.desc()).limit(1))
