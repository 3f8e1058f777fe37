"""The reading of case rows: by id, with the facts that rules need, locked or not."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from workflow.engine.driver import fetch, fetch_alone
from workflow.engine.four_eyes import earlier_sql
from workflow.engine.statement import driver_sql
from workflow.model.refusal import UnknownCase
from workflow.rules.evaluation import complete, facts_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from sqlalchemy import Connection, Engine

    from workflow.model.actor import Actor
    from workflow.model.context import Row
    from workflow.model.definition import Definition

_FACT = "fact_"


class CaseRow(NamedTuple):
    """A case as it was read: the engine's columns by their types, and the whole row.

    What the columns mean is said by `states.cases.case.CaseColumns`. ``columns`` are all columns of
    the case, as handlers see them, and the facts asked for as ``fact_<name>``.
    """

    id: int
    definition: str
    state: str
    version: int
    head: bytes
    due_at: datetime | None
    entered_at: datetime
    columns: Row

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> CaseRow:
        """Return the case of a row as the driver gives it."""
        return cls(
            row["id"], row["definition"], row["state"], row["version"], row["head"], row["due_at"],
            row["entered_at"], row,
        )  # fmt: skip

    @property
    def facts(self) -> dict[str, object]:
        """The facts that were read with it, by their names."""
        start = len(_FACT)
        return {
            name[start:]: value for name, value in self.columns.items() if name.startswith(_FACT)
        }


def case_row(
    connection: Connection,
    definition: Definition,
    case_id: int,
    *,
    facts: frozenset[str] = frozenset(),
    lock: bool = False,
) -> CaseRow:
    """Return a case with the facts asked for.

    Raises UnknownCase. With ``lock`` the row is locked until the transaction ends.
    """
    if lock and any(definition.facts[name].elsewhere for name in facts):
        # One statement would read other rows as they were before it waited for the lock.
        fetch(connection, _read_sql(definition, frozenset(), lock=True), {"id": case_id})
    source = _read_sql(definition, facts, lock=lock)
    return _only(fetch(connection, source, {"id": case_id}), case_id)


def case_row_alone(database: Engine, definition: Definition, case_id: int) -> CaseRow:
    """Return a case as it is now, in a transaction by itself; raise UnknownCase."""
    source = _read_sql(definition, frozenset(), lock=False)
    return _only(fetch_alone(database, source, {"id": case_id}), case_id)


def _only(found: list[dict[str, Any]], case_id: int) -> CaseRow:
    if not found:
        raise UnknownCase(case=case_id)
    return CaseRow.of(found[0])


def facts_in(definition: Definition, row: CaseRow, now: datetime) -> dict[str, object]:
    """Return what rules read, from a row that was read with its facts."""
    return complete(definition, row.facts, now=now, entered_at=row.entered_at)


def facts_for(definition: Definition, rules: Iterable[str]) -> frozenset[str]:
    """Return the facts that rules read."""
    return frozenset().union(*(facts_of(definition, rule) for rule in rules))


def earlier_moves(
    connection: Connection, definition: Definition, trigger: str, case_id: int, actor: Actor
) -> frozenset[str]:
    """Return which moves of ``not_by`` the human behind an actor has made in the present round."""
    source = _earlier_sql(definition, trigger)
    names = {"case": case_id, "actor": actor.name, "person": actor.person_id}
    return frozenset(row["trigger"] for row in fetch(connection, source, names))


def workflow_of(
    connection: Connection, definitions: Mapping[str, Definition], case_id: int
) -> tuple[str, str]:
    """Return the workflow of a case and the hash it is pinned to; raise UnknownCase."""
    source = " UNION ALL ".join(
        f"SELECT '{name}' AS workflow, definition FROM {definition.table} WHERE id = %(id)s"
        for name, definition in definitions.items()
    )
    found = fetch(connection, source, {"id": case_id})
    if not found:
        raise UnknownCase(case=case_id)
    return found[0]["workflow"], found[0]["definition"]


@lru_cache(maxsize=1024)
def _earlier_sql(definition: Definition, trigger: str) -> str:
    earlier = earlier_sql(definition, trigger)
    return driver_sql(
        f"SELECT e.trigger FROM (SELECT CAST(:case AS bigint) AS id) c, LATERAL ({earlier}) e"
    )


@lru_cache(maxsize=1024)
def _read_sql(definition: Definition, facts: frozenset[str], *, lock: bool) -> str:
    columns = "".join(f", {definition.facts[name].sql} AS {_FACT}{name}" for name in sorted(facts))
    ending = " FOR UPDATE OF c" if lock else ""
    return driver_sql(f"SELECT c.*{columns} FROM {definition.table} c WHERE c.id = :id{ending}")
