"""The tests of looking through the journal: what is found, in which order, by which index."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from tests.kit.workflow import process as kit
from workflow.journal import browse
from workflow.journal.export import JournalFilter
from workflow.model.actor import Actor
from workflow.model.refusal import Refused

if TYPE_CHECKING:
    from tests.kit.postgres import Database
    from tests.kit.workflow.process import CaseEngine
    from workflow.model.clock import FixedClock


@pytest.fixture
def busy(engine: CaseEngine, clock: FixedClock) -> CaseEngine:
    """Give an office with entries of several days, people, workflows and batches."""
    for number in range(4):
        case = kit.filed(engine)
        kit.permit(engine, kit.people(engine)[0])
        engine.fire(case, "note", (kit.AYSE, kit.MEHMET)[number % 2], reason="x")
        clock.advance(hours=17)
    drafts = [kit.matter(engine) for _ in range(3)]
    engine.fire_many("matter", "expire", kit.SYSTEM, drafts, batch="b:7")
    return engine


def plainly(engine: CaseEngine, **wanted: object) -> list[tuple[int, int]]:
    """Return what a filter means, by looking at every entry."""
    rows = kit.query(engine, "SELECT * FROM journal ORDER BY at DESC, case_id DESC, n DESC")
    since, until = wanted.pop("since", None), wanted.pop("until", None)
    return [
        (row["case_id"], row["n"])
        for row in rows
        if all(row[name] == value for name, value in wanted.items())
        and (since is None or row["at"] >= since)
        and (until is None or row["at"] < until)
    ]


DAY = timedelta(days=1)
FILTERS: list[dict[str, Any]] = [
    {},
    {"since": kit.NOON + DAY},
    {"until": kit.NOON + DAY},
    {"since": kit.NOON + DAY, "until": kit.NOON + 2 * DAY},
    {"actor": "user:1"},
    {"actor": "system:test"},
    {"actor": "nobody"},
    {"trigger": "note"},
    {"trigger": "nosuch"},
    {"workflow": "permit"},
    {"workflow": "matter"},
    {"workflow": "matter", "trigger": "submit"},
    {"workflow": "permit", "trigger": "submit"},
    {"actor": "system:test", "trigger": "expire"},
    {"actor": "system:test", "workflow": "permit"},
    {"actor": "user:2", "trigger": "note", "workflow": "matter"},
    {"actor": "system:test", "since": kit.NOON + DAY},
    {"batch": "b:7"},
    {"batch": "b:7", "trigger": "expire"},
    {"batch": "b:7", "actor": "user:1"},
]


@pytest.mark.parametrize("wanted", FILTERS, ids=str)
@pytest.mark.parametrize("size", [2, 100])
def test_pages_hold_what_the_filter_means_newest_first_each_once(
    busy: CaseEngine, wanted: dict[str, Any], size: int
) -> None:
    found: list[tuple[int, int]] = []
    after: browse.Place | None = None
    while rows := browse.entries(busy.database, JournalFilter(**wanted), after, size):
        assert len(rows) <= size
        found += [(row.case_id, row.n) for row in rows]
        after = (rows[-1].at, rows[-1].case_id, rows[-1].n)
    assert found == plainly(busy, **wanted)
    assert browse.counted(busy.database, JournalFilter(**wanted), refused=False) == len(found)


def test_a_case_is_found_by_its_number(busy: CaseEngine) -> None:
    case = plainly(busy)[-1][0]
    rows = browse.entries(busy.database, JournalFilter(case_id=case), None, 100)
    assert [(row.case_id, row.n) for row in rows] == plainly(busy, case_id=case) != []


def test_beyond_the_cap_nobody_counts(busy: CaseEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browse, "CAP", 3)
    assert browse.counted(busy.database, JournalFilter(), refused=False) == 4
    assert browse.counted(busy.database, JournalFilter(batch="b:7"), refused=False) == 3


def test_refused_attempts_come_newest_first_by_the_same_filter(
    busy: CaseEngine, clock: FixedClock
) -> None:
    for actor in (kit.AYSE, kit.MEHMET, Actor("user:1", frozenset({"officer"}), "demo")):
        with pytest.raises(Refused):
            busy.fire(plainly(busy)[0][0], "send", actor, workflow="matter")
        clock.advance(minutes=1)
    wanted = JournalFilter(trigger="send", actor="user:1")
    first, second = browse.refusals(busy.database, wanted, None, 5)
    assert first.at > second.at
    (last,) = browse.refusals(busy.database, wanted, (first.at, first.id, 0), 5)
    assert last.id == second.id
    assert browse.counted(busy.database, wanted, refused=True) == 2
    assert browse.counted(busy.database, JournalFilter(actor="user:3"), refused=True) == 0


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        ({}, "ix_journal_trigger"),
        ({"since": kit.NOON}, "ix_journal_trigger"),
        ({"actor": "user:7"}, "ix_journal_actor"),
        ({"actor": "user:7", "trigger": "note"}, "ix_journal_actor"),
        ({"trigger": "note"}, "ix_journal_trigger"),
        ({"workflow": "matter"}, "ix_journal_trigger"),
        ({"workflow": "matter", "trigger": "note"}, "ix_journal_trigger"),
        ({"batch": "b:7"}, "ix_journal_batch"),
    ],
)
def test_a_page_walks_the_index_of_its_filter_and_sorts_no_table(
    database: Database, wanted: dict[str, Any], index: str
) -> None:
    with database.owner.begin() as connection:
        connection.execute(text(MANY))
    with database.owner.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("VACUUM ANALYZE journal"))
        query = browse._keys(JournalFilter(**wanted), None, 51)  # noqa: SLF001 - its plan is the matter
        compiled = query.compile(database.owner, compile_kwargs={"literal_binds": True})
        plan = "\n".join(connection.scalars(text(f"EXPLAIN (ANALYZE, TIMING OFF) {compiled}")))
    assert index in plan
    assert "Seq Scan" not in plan
    read = [float(part.partition("rows=")[2].partition(" ")[0])
            for line in plan.splitlines() for part in line.split("(actual ")[1:]]  # fmt: skip
    assert max(read) <= 51 * 6  # a page of each of two workflows' three transitions


MANY = """
INSERT INTO journal (case_id, n, workflow, trigger, actor, batch, at, body, prev, hash)
SELECT i, 1, CASE i % 2 WHEN 0 THEN 'matter' ELSE 'permit' END,
    (ARRAY['file', 'note', 'expire'])[1 + i % 3], 'user:' || i % 9,
    CASE WHEN i % 5 = 0 THEN 'b:7' END,
    TIMESTAMPTZ '2026-03-02 09:00Z' + i * interval '1 minute', '{}', '', ''
FROM generate_series(1, 20000) i
"""


def test_a_filter_is_what_its_fields_are() -> None:
    assert set(asdict(JournalFilter())) == {
        "since", "until", "case_id", "workflow", "trigger", "actor", "batch",
    }  # fmt: skip
