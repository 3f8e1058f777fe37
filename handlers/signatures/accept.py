"""Acceptance of a signature that came in: augmented, put before the engine, its refusal counted.

The first call of a signature's life. What is accepted has moved its case; all else is raised.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import select

from handlers.kit.moves import AWAIT_STATUS
from handlers.signatures import sign_in
from handlers.signatures.augment import (
    augment_submission,
    profile_to_name,
    waits_for_service,
)
from handlers.signatures.code import LIVE, WRONG_TRIES, browser_waits, count_wrong_try
from handlers.signatures.purposes import move_of
from handlers.signatures.submission import SubmissionResult
from workflow.model.actor import system
from workflow.model.refusal import RuleFailed, UnknownCase, WrongState
from workflow.model.verdict import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from handlers.kit.context import CaseEngine
    from handlers.signatures.offer import SigningOffer
    from handlers.signatures.submission import Submission
    from states.cases.code import Code

HANDSHAKE = system("handshake")
"""Who locks a code: nobody asks for it."""


class CodeClosed(Exception):
    """A code can carry no signature any more; ``state`` says why."""

    def __init__(self, state: str) -> None:
        """Keep why."""
        super().__init__(state)
        self.state = state


def accept_signature(
    engine: CaseEngine, offer: SigningOffer, submission: Submission
) -> SubmissionResult:
    """Make the move that a signature is for, and return what came of it.

    Raises CodeClosed or the engine's Refused. Every signature is put before the engine, a late one
    too, so that a refused one is recorded. One that is good as far as can be seen while a service
    is out of reach is taken to be checked.
    """
    refuse_without_browser(engine, offer.code)
    services, code, case = engine.services, offer.code, offer.case
    handed = replace(submission, code_id=code.id, profile=profile_to_name(services))
    # Others are asked before the engine takes the row, and only while the code may carry it.
    if code.state == "claimed" and engine.clock.now() < code.expires_at:
        handed = augment_submission(engine.database, services, case, handed, engine.clock)
    waits = waits_for_service(services, case, handed)
    move = next_move(engine, offer, waits=waits)
    try:
        engine.fire(
            case.case_id, move, offer.actor, handed.payload(), workflow=code.target_workflow
        )
    except RuleFailed as error:
        _count_denied(engine, code, error)
        raise
    except WrongState as error:
        if code.state != "claimed":
            raise CodeClosed(code.state) from error
        raise
    return SubmissionResult(code.target_workflow, case.case_id, move == AWAIT_STATUS)


def refuse_without_browser(engine: CaseEngine, code: Code) -> None:
    """Lock a code whose browser session is over, whichever way it ended, and raise CodeClosed.

    Nobody waits for it any more, and somebody else may have read it.
    """
    vault, now = engine.services.vault, engine.clock.now()
    if code.state not in LIVE or browser_waits(engine.database, vault, code, now):
        return
    _lock(engine, code)
    raise CodeClosed("session_over")


def next_move(engine: CaseEngine, offer: SigningOffer, *, waits: bool = False) -> str:
    """Return the move that the signature of a code makes, as its case stands.

    Raises UnknownCase when there is no such case.
    """
    table = offer.case.table
    standing = select(table.definition, table.state).where(table.id == offer.case.case_id)
    with engine.database.connect() as connection:
        found = connection.execute(standing).one_or_none()
    if found is None:
        raise UnknownCase(case=offer.case.case_id)
    definition = engine.library.pinned(found.definition)
    return move_of(offer.code.purpose, definition, found.state, waits=waits)


def accept_challenge(
    engine: CaseEngine, case: Mapping[str, object], submission: Submission
) -> None:
    """Take the signature of a sign-in's challenge; raises CodeClosed or the engine's Refused.

    A late one is put before the engine too, so that its refusal is recorded.
    """
    case_id, now = int(str(case["id"])), engine.clock.now()
    handed = replace(submission, profile=sign_in.PROFILE)
    if sign_in.may_carry(case, now):
        text = sign_in.text_of(case)
        handed = sign_in.prepare_submission(engine.services, text, handed, now)
    try:
        engine.fire(case_id, "sign", HANDSHAKE, handed.payload(), workflow="sign_in")
    except RuleFailed as error:
        _count_denied_challenge(engine, case_id, error)
        raise


def _count_denied(engine: CaseEngine, code: Code, error: RuleFailed) -> None:
    """Count a signature that was validated and denied; lock the code at the last one.

    One that was validated beside the last is answered like one that came after it.
    """
    if error.verdict.answer is not Answer.DENY or error.verdict.code.startswith("code."):
        return
    with engine.database.begin() as connection:
        tries = count_wrong_try(connection, code.id)
    if tries == WRONG_TRIES:
        _lock(engine, code)
    if tries > WRONG_TRIES:
        raise CodeClosed("locked") from error


def _count_denied_challenge(engine: CaseEngine, case_id: int, error: RuleFailed) -> None:
    """Do for a sign-in what `_count_denied` does for a code."""
    if error.verdict.answer is not Answer.DENY or error.verdict.code == "in_time":
        return
    with engine.database.begin() as connection:
        tries = sign_in.count_wrong_try(connection, case_id)
    if tries == WRONG_TRIES:
        with suppress(WrongState):  # it was used, or its time was up, meanwhile
            engine.fire(case_id, "lock", HANDSHAKE, workflow="sign_in")
    if tries > WRONG_TRIES:
        raise CodeClosed("locked") from error


def _lock(engine: CaseEngine, code: Code) -> None:
    with suppress(WrongState):  # another request was faster
        engine.fire(code.id, "lock", HANDSHAKE, workflow="code")
