"""Giving out verification codes: bound to browser session, person, purpose and text."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from flask import abort, session
from sqlalchemy.orm import Session

from handlers.kit.services import vault_of
from handlers.signatures.code import issue_values, new_code, session_hash, target_of
from handlers.signatures.purposes import PURPOSES, move_of
from states.cases.code import Code
from states.kit.reference import parse
from states.kit.reference import reference as reference_of
from web.gate.composition import composed
from web.gate.session import current
from web.portal.own_records import person_id
from workflow.model.refusal import UnknownCase
from workflow.model.request import Request

if TYPE_CHECKING:
    from web.kit.reading import CaseRecord

KEPT = "code"
"""Where the session keeps the digits: the database has only their hash."""


def refuse_unsignable(case: CaseRecord, purpose: str) -> None:
    """Raise the engine's refusal when a signature would not be taken now; 409 without a text."""
    if case.row[PURPOSES[purpose].document] is None:
        abort(409)
    request = Request(move_of(purpose, case.definition, case.state), current().actor)
    composed().engine.rehearse(case.id, request, workflow=case.workflow)


def issue(case: CaseRecord, purpose: str) -> str:
    """Open a code for a case and return its reference; it kills the person's earlier code."""
    refuse_unsignable(case, purpose)
    composition = composed()
    digits = new_code()
    vault, now = vault_of(composition.settings), composition.clock.now()
    target = target_of(purpose, case.row)
    values = issue_values(vault, digits, current().sid, target, now)
    code_id = composition.engine.open("code", "issue", current().actor, values)
    session[KEPT] = [code_id, digits]
    return reference_of("code", code_id)


def read(reference: str) -> Code:
    """Return a code of this very browser session; to all others it is unknown."""
    try:
        workflow, code_id = parse(reference)
    except ValueError:
        raise UnknownCase(case=reference[:40]) from None
    with Session(composed().database, expire_on_commit=False) as database:
        code = database.get(Code, code_id)
    if workflow != "code" or code is None or code.person_id != person_id():
        raise UnknownCase(case=reference)
    asked_from = session_hash(vault_of(composed().settings), current().sid)
    if not hmac.compare_digest(code.session_hash, asked_from):
        raise UnknownCase(case=reference)
    return code


def digits_of(code: Code) -> str:
    """Return the digits of a code, empty when the session keeps those of a newer one."""
    code_id, digits = session.get(KEPT, (0, ""))
    return digits if code_id == code.id else ""


def state_now(code: Code) -> str:
    """Return the state of a code; one out of time is expired even before its timer has rung."""
    live = code.state in {"issued", "claimed"}
    return "expired" if live and composed().clock.now() >= code.expires_at else code.state
