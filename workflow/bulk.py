"""Owns moving sets of cases that a person or a batch has picked: the same plan, in chunks."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from workflow.actor import system
from workflow.attempts import code_of, record_set
from workflow.driver import fetch
from workflow.permission import acting_role, clean_reason, needs_four_eyes
from workflow.refusal import Refused
from workflow.request import Tally
from workflow.statement import Selection, Shape, move_sql
from workflow.transaction import entry_of, parameters_of, table_of, transition

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workflow.definition import Definition
    from workflow.engine import Office
    from workflow.request import Request

TIMER = system("timer")
"""Who moves a case when its state's timer rings."""

CHUNK = 10_000
"""How many cases one transaction moves: enough to be fast, few enough to hold no lock long."""


def move_ids(
    office: Office, workflow: str, request: Request, ids: Sequence[int], *, dry_run: bool
) -> Tally:
    """Move cases by id; count moved and refused, the unknown ones under ``unknown_case``."""
    tally = Tally()
    groups = _by_definition(office, workflow, ids)
    missing = len(set(ids)) - sum(len(group) for group in groups.values())
    if missing:
        tally.count("unknown_case", missing)
    for definition, group in groups.items():
        for start in range(0, len(group), CHUNK):
            chunk = group[start : start + CHUNK]
            refused = try_ids(office, definition, request, chunk, dry_run=dry_run)
            tally.moved += len(chunk) - len(refused)
            for code in refused.values():
                tally.count(code)
            if not dry_run:
                record_set(office, definition, request, refused)
    return tally


def try_ids(
    office: Office, definition: Definition, request: Request, ids: list[int], *, dry_run: bool
) -> dict[int, str]:
    """Move what may move and return the refused cases with their codes, not yet recorded."""
    if transition(definition, request.trigger).pure:
        selection: dict[str, object] = {"ids": ids}
        rows = run_set(office, definition, request, Selection.IDS, selection, dry_run=dry_run)
        return refused_in(rows)
    refused = {}
    for case_id in ids:
        try:
            if dry_run:
                office.rehearse(case_id, request, workflow=definition.name)
            else:
                office.move(definition, case_id, request)
        except Refused as refusal:
            refused[case_id] = code_of(refusal)
    return refused


def run_set(
    office: Office,
    definition: Definition,
    request: Request,
    selection: Selection,
    parameters: dict[str, object],
    *,
    dry_run: bool,
) -> list[dict[str, Any]]:
    """Run the set statement of a pure transition once; return its rows, one for each refusal."""
    move = transition(definition, request.trigger)
    role = acting_role(definition, move, request.actor)
    reason = clean_reason(move, request.reason)
    now = office.clock.now()
    shape = Shape(
        selection,
        four_eyes=needs_four_eyes(move, role),
        own=role.subject_only,
        dry=dry_run,
    )
    entry = entry_of(definition, move, request, role, now, reason)
    everything = parameters_of(definition, request, role, now, entry) | parameters
    with office.autocommit.connect() as connection:
        return fetch(connection, move_sql(definition, move.name, shape), everything)


def refused_in(rows: list[dict[str, Any]]) -> dict[int, str]:
    """Return the refused cases of a set statement with their codes."""
    return {case: row["refusal"] for row in rows if row["refusal"] for case in row["ids"]}


def _by_definition(
    office: Office, workflow: str, ids: Sequence[int]
) -> dict[Definition, list[int]]:
    table = table_of(office.library.workflow(workflow))
    query = select(table.c.definition, table.c.id).where(table.c.id.in_(ids))
    groups: dict[Definition, list[int]] = defaultdict(list)
    with office.database.connect() as connection:
        for sha256, case_id in connection.execute(query.order_by(table.c.id)):
            groups[office.library.pinned(sha256)].append(case_id)
    return groups
