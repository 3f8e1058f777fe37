"""Closing an institution by a document and opening it again; a closed one gets no cards.

Persons and cases stay where they are: each person is moved to their new institution by an officer
or by its list, and what was approved for the old one goes back to be approved anew by that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select, update

from handlers.kit import notes
from handlers.kit.roles import REGISTRARS
from handlers.people import changes
from handlers.people.register import find_institution
from states.cases.application import FINAL_STATES, Application
from states.kit.invalid import Invalid
from states.people.institution import Institution
from states.people.person import Person
from workflow.model.clock import day_in_istanbul
from workflow.model.definition import Text

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Connection

    from handlers.kit.context import CaseEngine
    from handlers.people.changes import DocumentShown
    from states.kit.vault import Vault
    from workflow.model.actor import Actor

CLOSED, OPEN = "closed", "open"
PROOFS = {
    "employment_letter": Text("Kurum yazısı", "Letter of the institution"),
    "court_order": Text("Mahkeme kararı", "Court order"),
}


@dataclass(frozen=True, slots=True)
class InstitutionClosing:
    """What an officer states: closed or open, since when, the mark shown, the document, why."""

    became: str
    since: date
    seen: str
    proof: DocumentShown
    reason: str


@dataclass(frozen=True, slots=True)
class InstitutionDependents:
    """What still hangs on an institution: persons, open applications, institutions below it."""

    persons: int
    applications: int
    below: int


def view_of(vault: Vault, known: Institution) -> str:
    """Return the mark of what a page shows of an institution."""
    return changes.view_of(vault, {"closed_on": str(known.closed_on or "")})


def left_at(connection: Connection, known: Institution) -> InstitutionDependents:
    """Count what still hangs on an institution."""
    persons = select(func.count()).where(Person.institution_id == known.id)
    applications = select(func.count()).where(
        Application.institution_id == known.id, Application.state.not_in(FINAL_STATES)
    )
    below = select(func.count()).where(
        Institution.parent_id == known.id, Institution.closed_on.is_(None)
    )
    return InstitutionDependents(
        *(connection.execute(one).scalar_one() for one in (persons, applications, below))
    )


def declare(
    engine: CaseEngine, code: str, actor: Actor, wish: InstitutionClosing
) -> InstitutionDependents:
    """State that an institution was closed, or is open again; return what still hangs on it.

    Invalid for what cannot be stated: a day to come, a page that shows what is no
    longer so, no document, institutions below that are still open. Nothing is written then.
    """
    hand = notes.at_desk(engine, actor, "close_institution", REGISTRARS)
    _judge(wish, day_in_istanbul(hand.at))
    with engine.database.begin() as connection:
        # FOR NO KEY UPDATE: whoever files a case meanwhile may go on to refer to this row.
        held = (
            select(Institution.id).where(Institution.code == code).with_for_update(key_share=True)
        )
        connection.execute(held)
        known = find_institution(connection, code)
        if known is None:
            raise Invalid("institution.unknown")
        if view_of(engine.services.vault, known) != wish.seen:
            raise Invalid("institution.stale")
        left = left_at(connection, known)
        _refuse_vain(known, wish, left)
        closed_on = wish.since if wish.became == CLOSED else None
        changed = update(Institution).where(Institution.id == known.id)
        connection.execute(changed.values(closed_on=closed_on))
        line = changes.logged({}, wish.proof, wish.reason) | {
            "institution_id": known.id, "became": wish.became, "since": wish.since,
        }  # fmt: skip
        changes.keep(connection, hand.actor, hand.at, changes.DESK, line)
    return left


def _judge(wish: InstitutionClosing, today: date) -> None:
    if wish.became not in {CLOSED, OPEN}:
        raise Invalid("became.missing")
    if wish.since > today:
        raise Invalid("since.future")
    if wish.proof.kind not in PROOFS:
        raise Invalid("proof.of_closing")
    changes.judge_proof(wish.proof, wish.reason)


def _refuse_vain(known: Institution, wish: InstitutionClosing, left: InstitutionDependents) -> None:
    if (wish.became == CLOSED) is (known.closed_on is not None):
        raise Invalid("became.same")
    if wish.became == CLOSED and left.below:
        raise Invalid("became.below", below=left.below)
