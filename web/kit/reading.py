"""The reading of cases for the pages: where one stands, its past, what was refused."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from states.kit.reference import reference
from states.logs.journal import JournalEntry, RefusedAttempt
from states.tables import METADATA
from workflow.engine.cases import workflow_of
from workflow.model.refusal import UnknownCase

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Engine

    from workflow.engine.library import Library
    from workflow.model.definition import Definition, State


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """One case as read: its pinned definition and its row."""

    definition: Definition
    row: Mapping[str, Any]

    @property
    def id(self) -> int:
        """The case id."""
        return int(self.row["id"])

    @property
    def workflow(self) -> str:
        """The name of its workflow."""
        return self.definition.name

    @property
    def reference(self) -> str:
        """What people quote."""
        return reference(self.workflow, self.id)

    @property
    def state(self) -> str:
        """The name of the state it stands in."""
        return str(self.row["state"])

    @property
    def standing(self) -> State:
        """The state it stands in."""
        return self.definition.states[self.state]

    @property
    def version(self) -> int:
        """The number of its newest journal entry."""
        return int(self.row["version"])

    @property
    def subject(self) -> int:
        """The person the case is about; UnknownCase for one about nobody (a stranger's sign-in)."""
        found = self.row[self.definition.subject]
        if found is None:
            raise UnknownCase(case=self.reference)
        return int(found)


@dataclass(frozen=True, slots=True)
class CaseEntry:
    """One journal entry; ``body`` is what was hashed, read from its JSON."""

    at: datetime
    hash: str
    body: Mapping[str, Any]

    @property
    def n(self) -> int:
        """Its number within the case."""
        return int(self.body["n"])

    @property
    def trigger(self) -> str:
        """The transition that was made."""
        return str(self.body["trigger"])

    @property
    def source(self) -> str:
        """The state it left."""
        return str(self.body["from"])

    @property
    def target(self) -> str:
        """The state it reached."""
        return str(self.body["to"])

    @property
    def actor(self) -> str:
        """The key of who made it."""
        return str(self.body["actor"])


def find_case(database: Engine, library: Library, case_id: int) -> CaseRecord:
    """Return a case of any workflow; UnknownCase when there is none of that id."""
    with database.connect() as connection:
        workflow, sha256 = workflow_of(connection, library.current, case_id)
        table = METADATA.tables[library.current[workflow].table]
        row = connection.execute(select(table).where(table.c.id == case_id)).mappings().one()
    return CaseRecord(library.pinned(sha256), dict(row))


def timeline(database: Engine, case_id: int, after: int = 0) -> list[CaseEntry]:
    """Return the journal entries of a case in order, those numbered above ``after``."""
    query = (
        select(JournalEntry.at, JournalEntry.hash, JournalEntry.body)
        .where(JournalEntry.case_id == case_id, JournalEntry.n > after)
        .order_by(JournalEntry.n)
    )
    with database.connect() as connection:
        return [
            CaseEntry(at, sha.hex(), json.loads(body))
            for at, sha, body in connection.execute(query)
        ]


def attempts(database: Engine, case_id: int) -> list[RefusedAttempt]:
    """Return the refused attempts on a case in order."""
    query = select(RefusedAttempt).where(RefusedAttempt.case_id == case_id)
    with Session(database, expire_on_commit=False) as session:
        return list(session.scalars(query.order_by(RefusedAttempt.at, RefusedAttempt.id)))
