"""What the auditor reads of each application: approval, its ground, rechecks, hands.

All of it stands in the journal and nowhere else; the page only puts together what one case says.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, select

from handlers.consents.underlying_consent import consent_of
from handlers.kit.moves import ACCEPT_ANSWER, APPROVED, AWAIT_STATUS, START_PRODUCTION
from states.cases.application import Application
from states.cases.consent import Consent
from states.kit.reference import reference
from states.logs.access import AccessEntry
from states.logs.journal import JournalEntry
from workflow.model.entry import parsed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from sqlalchemy import Connection, Engine, Row

PAGE = 25
"""Cases on a page."""

GROUND = ("choose_method", "choose_method_for", "register_paper", AWAIT_STATUS)
"""The acts of people that an approval rests on, where the system makes it or a second officer."""

APPROVAL = (*sorted(APPROVED), ACCEPT_ANSWER)
"""The moves by which an application comes to be approved."""

RECHECK = ("note_status", "replan", "plan_again", START_PRODUCTION)
"""The moves at which is asked again what was asked at the approval."""

CARD = (
    "finish_production", "scrap", "hand_to_courier", "send_again", "note_attempt", "recall",
    "recall_uncollected", "courier_return",
    "deliver", "contest_delivery", "uphold_delivery", "undo_delivery", "report_lost",
    "destroy_card",
)  # fmt: skip
"""The moves of the card: who made it, who handed it over, what became of it."""


@dataclass(frozen=True, slots=True)
class Act:
    """One move of a case as its journal entry tells it."""

    n: int
    at: datetime
    trigger: str
    actor: str
    role: str
    definition: str
    reason: str
    verdicts: Mapping[str, str]
    details: Mapping[str, Any]


@dataclass(slots=True)
class Trail:
    """What the page tells of one application; ``evidence`` are the files taken out of it."""

    case: Row[Any]
    reference: str
    consent: Row[Any] | None = None
    approval: list[Act] = field(default_factory=list)
    recheck: list[Act] = field(default_factory=list)
    card: list[Act] = field(default_factory=list)
    evidence: list[Row[Any]] = field(default_factory=list)

    @property
    def consent_reference(self) -> str:
        """The number of the e-onay that the approval rests on; '' where there is none."""
        return reference("consent", self.consent.id) if self.consent else ""

    @property
    def acts(self) -> list[Act]:
        """Everything that was done, for the names of who did it."""
        return [*self.approval, *self.recheck, *self.card]


def trails(
    database: Engine, case_id: int | None = None, before: int | None = None
) -> tuple[list[Trail], int | None]:
    """Return a page of applications that were approved, newest first, and where the next begins.

    ``case_id`` asks for one of them.
    """
    query = select(Application.__table__).where(
        exists().where(JournalEntry.case_id == Application.id, JournalEntry.trigger.in_(APPROVAL))
    )
    if case_id is not None:
        query = query.where(Application.id == case_id)
    if before is not None:
        query = query.where(Application.id < before)
    with database.connect() as connection:
        cases = connection.execute(query.order_by(Application.id.desc()).limit(PAGE + 1)).all()
        found = [Trail(row, reference("application", row.id)) for row in cases[:PAGE]]
        _fill(connection, found)
    return found, found[-1].case.id if cases[PAGE:] else None


def _fill(connection: Connection, found: list[Trail]) -> None:
    acts = _acts(connection, [trail.case.id for trail in found])
    taken = _evidence(connection, found)
    for trail in found:
        mine = acts[trail.case.id]
        trail.approval = [act for act in mine if act.trigger in {*GROUND, *APPROVAL}]
        trail.recheck = [act for act in mine if act.trigger in RECHECK]
        trail.card = [act for act in mine if act.trigger in CARD]
        trail.evidence = taken[f"evidence:{trail.reference}"]
        consent_id = consent_of(connection, dict(trail.case._mapping))  # noqa: SLF001 - the public way to a row as a mapping
        if consent_id is not None:
            consent = select(Consent.__table__).where(Consent.id == consent_id)
            trail.consent = connection.execute(consent).one_or_none()


def _acts(connection: Connection, cases: Iterable[int]) -> Mapping[int, list[Act]]:
    query = (
        select(JournalEntry.__table__)
        .where(
            JournalEntry.case_id.in_(list(cases)),
            JournalEntry.trigger.in_((*GROUND, *APPROVAL, *RECHECK, *CARD)),
        )
        .order_by(JournalEntry.case_id, JournalEntry.n)
    )
    found: dict[int, list[Act]] = defaultdict(list)
    for row in connection.execute(query):
        found[row.case_id].append(_act(row))
    return found


def _act(row: Row[Any]) -> Act:
    """Return an entry as it reads; of one that was tampered with, what the columns say."""
    said: Mapping[str, Any] = parsed(row.body)
    return Act(
        n=row.n,
        at=row.at,
        trigger=row.trigger,
        actor=row.actor,
        role=str(said.get("role", "")),
        definition=str(said.get("definition", "")),
        reason=str(said.get("reason") or ""),
        verdicts={**said.get("rules", {}), **said.get("checks", {})},
        details=said.get("details", {}),
    )


def _evidence(connection: Connection, found: list[Trail]) -> Mapping[str, list[Row[Any]]]:
    """Return who took which evidence file out, by its key in the log of reads."""
    query = (
        select(AccessEntry.__table__)
        .where(
            AccessEntry.person_id.in_({trail.case.person_id for trail in found}),
            AccessEntry.what.in_([f"evidence:{trail.reference}" for trail in found]),
        )
        .order_by(AccessEntry.at, AccessEntry.id)
    )
    taken: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in connection.execute(query):
        taken[row.what].append(row)
    return taken
