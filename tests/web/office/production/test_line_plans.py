"""What the line costs where 20,000 wait: no table is read from end to end."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.kit.web.crowd import analyze
from tests.web.office.production.test_line import LINE
from tests.web.office.queues.test_list_plans import heard

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.kit.handlers.world import World
    from tests.kit.postgres import Database
    from tests.kit.web.visitor import Visitor

    Many = Callable[..., list[int]]

QUEUED = 20_000
ELSEWHERE = 5_000

GROWING = ("journal", "refused_attempt", "timer_wait")
"""Tables that grow with the years, beside the applications."""

_REFUSED = """
INSERT INTO refused_attempt (at, case_id, workflow, trigger, actor, code, params)
SELECT :now, id, 'application', 'start_production', 'system:timer', 'production.no_form', '{}'
FROM application WHERE id % 2 = 0
"""
_WAITS = """
INSERT INTO timer_wait (case_id, at, workflow, state, trigger, code, tried)
SELECT id, :now, 'application', state, 'start_production', 'release.waits', '{}' FROM application
"""
_MADE = """
INSERT INTO journal (case_id, n, workflow, trigger, actor, at, body, prev, hash)
SELECT a.id, 90 + t.n, 'application', t.trigger, 'system:x',
    CAST(:now AS timestamptz) - (a.id % 40000) * interval '1 second', '{}', '', ''
FROM application a,
    unnest(ARRAY['finish_production', 'hand_to_courier', 'file']) WITH ORDINALITY t (trigger, n)
"""


@pytest.fixture
def crowd(world: World, many: Many, database: Database) -> None:
    """Have 20,000 wait, half of them refused, and a day of 50,000 moves behind them."""
    many(ELSEWHERE, "delivered")
    many(QUEUED, "queued")
    world.write("UPDATE application SET old_ends_on = DATE '2026-02-01' + (id % 90)::integer")
    world.write(_REFUSED, now=world.clock.now())
    world.write(_WAITS, now=world.clock.now())
    world.write(_MADE, now=world.clock.now())
    analyze(database)
    owner = database.owner.execution_options(isolation_level="AUTOCOMMIT")
    with owner.connect() as connection:
        connection.exec_driver_sql("VACUUM ANALYZE journal, refused_attempt, timer_wait")


@pytest.mark.usefixtures("crowd")
def test_at_twenty_thousand_no_table_is_read_from_end_to_end(
    world: World, operator: Visitor
) -> None:
    operator.get(LINE)
    with heard(world) as said:
        operator.client.get(LINE)
    found: list[str] = []
    with world.engine.database.connect() as connection:
        for statement, parameters in said:
            if not statement.lstrip().upper().startswith("SELECT"):
                continue
            explained = f"EXPLAIN {statement}"
            plan = connection.exec_driver_sql(explained, parameters).scalars()
            found += [line for line in plan if re.search(_SCANS, line)]
    assert found == []


_SCANS = rf"Seq Scan on ({'|'.join(GROWING)})\b"
