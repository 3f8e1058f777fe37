"""What is asked again of an approved application: what differs from its form; wakes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from handlers.applications.form import fileable, form_values, old_as_stated
from handlers.kit import rows
from handlers.kit.moves import COUNTS_TRIES_ANEW
from handlers.papers import letters
from states.cases.application import Application
from states.logs.journal import JournalEntry
from states.people.institution import Institution
from states.people.person import IN_OFFICE, Person
from workflow.engine.transaction import Work
from workflow.model.verdict import deny

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Engine

    from handlers.kit.context import CaseEngine, Context
    from states.papers.document import Document
    from workflow.model.verdict import Verdict

WAITING = ("held", "queued")
"""States in which an approved application waits and can be sent back by its timer."""

BACK = "return_changed"

_INSTITUTION, _ADDRESS = "Kurum", "Teslimat adresi"
"""What two lines of the form begin with."""


def changed(context: Context, form: Document) -> list[str]:
    """Name what differs between the frozen form and today: its lines, and the institution.

    The address is the case's own: whoever changes it later, changes where this one card goes and
    not what was approved (handlers/applications/address.py). That the end of the old certificate
    was corrected by the certificate itself changes nothing that was asked for.
    """
    case, connection = context.case, context.connection
    values = form_values(connection, context.definition, case)
    stated = {**values, "old_certificate": old_as_stated(connection, case)}
    frozen = letters.words_of(form)
    found = [_differing(frozen, letters.redraw(form, one).decode()) for one in (values, stated)]
    fields = min(found, key=len)
    person = rows.fetch(connection, Person, case["person_id"])
    if person.institution_id != case["institution_id"] and _INSTITUTION not in fields:
        fields.append(_INSTITUTION)
    return [field for field in fields if field != _ADDRESS]


def asked_again(context: Context) -> Verdict:
    """Allow what could be filed today as well; a definition of before asks some of it only then."""
    person = rows.fetch(context.connection, Person, context.case["person_id"])
    if person.standing != IN_OFFICE:
        return deny("person.stopped")
    institution = rows.find(context.connection, Institution, context.case["institution_id"])
    if institution is not None and institution.closed_on is not None:
        return deny("form.institution_closed", institution=institution.name)
    return fileable(context)


def _differing(frozen: str, now: str) -> list[str]:
    """Name the lines that differ by what stands before the colon, never by their content."""
    pairs = zip(frozen.splitlines(), now.splitlines(), strict=True)
    return [before.partition(":")[0] for before, after in pairs if before != after]


def failures(database: Engine, case_id: int) -> int:
    """Return how many tries of a production have failed since people last had a hand in it."""
    of_case = JournalEntry.case_id == case_id
    newest = func.coalesce(func.max(JournalEntry.n), 0)
    begun = (
        select(newest).where(of_case, JournalEntry.trigger.in_(COUNTS_TRIES_ANEW)).scalar_subquery()
    )
    failed = select(func.count()).where(
        of_case, JournalEntry.trigger == "production_failed", JournalEntry.n > begun
    )
    with database.connect() as connection:
        return connection.execute(failed).scalar_one()


def wake_changed(engine: CaseEngine, connection: Connection, now: datetime, person_id: int) -> None:
    """Let the next sweep look at the approved applications of a person: the form says otherwise.

    One whose definition has no way back for it stops when production asks again.
    """
    work = Work(engine, connection, now)
    for case_id, sha256 in waiting_of(connection, person_id):
        definition = engine.library.pinned(sha256)
        if BACK in definition.transitions:
            work.wake(definition, case_id)


def waiting_of(connection: Connection, person_id: int) -> list[tuple[int, str]]:
    """Return the approved applications of a person that wait, each with its definition."""
    waiting = (
        select(Application.id, Application.definition)
        .where(Application.person_id == person_id, Application.state.in_(WAITING))
        .order_by(Application.id)
    )
    return [(row.id, row.definition) for row in connection.execute(waiting)]
