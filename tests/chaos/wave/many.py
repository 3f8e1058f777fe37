"""Sweeps that are killed while very many cases are due, by statement and case by case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.chaos.wave.batch import Batch
from tests.chaos.wave.findings import Looker
from tests.chaos.wave.stages import SWEEPS, Stage, released
from tests.chaos.wave.stock import fill_stock
from tests.kit.workflow.crash import POINTS
from web.bench.kit.crowd import settings_for
from workflow.model.clock import SystemClock
from workflow.running.sweep import sweep

if TYPE_CHECKING:
    from web.bench.wave.ground import WaveGround, WaveOffice

RELEASE_MANY = Stage(
    "release of many", released, sweep,
    once=("run_begun", "run_done", "sql_commit"), often=("chunk_swept", "chunk_swept"),
)  # fmt: skip
START_MANY = Stage(
    "start of many", SystemClock, sweep,
    once=("run_begun",), often=(*SWEEPS[1:3], *POINTS[:4], "sql_commit"),
)  # fmt: skip

REST = 100
"""So many of the cases are still due in the end: more would take an hour, one by one."""

STARTED = 400
"""Blank cards: more productions are not begun, in the time in which they are killed."""

_POSTPONED = """
UPDATE application SET due_at = due_at + interval '10 days' WHERE state = 'queued' AND id NOT IN
    (SELECT id FROM application WHERE state = 'queued' ORDER BY due_at, id LIMIT %s)
"""

_QUERIES = {
    "lost: a case that was not released":
        "SELECT id FROM application WHERE state NOT IN ('queued', 'in_production')",
    "lost: a due case that no sweep moved":
        "SELECT id FROM application WHERE state = 'queued' AND due_at <= now()",
    "twice: moves of one case":
        "SELECT case_id FROM journal WHERE trigger IN ('release', 'start_production')"
        " GROUP BY case_id, trigger HAVING count(*) > 1",
    "lost: a production without its order":
        "SELECT a.id FROM application a WHERE a.state = 'in_production' AND (SELECT count(*)"
        " FROM procrastinate_jobs j WHERE j.args ->> 'name' = 'production.make'"
        " AND (j.args ->> 'case')::bigint = a.id) <> 1",
    "orphan: a reserved serial that no application has":
        "SELECT c.id FROM certificate c WHERE c.state = 'reserved' AND NOT EXISTS"
        " (SELECT FROM application a WHERE a.certificate_id = c.id)",
    "orphan: an order of no production":
        "SELECT j.id FROM procrastinate_jobs j WHERE j.args ->> 'name' = 'production.make'"
        " AND NOT EXISTS (SELECT FROM application a WHERE a.id = (j.args ->> 'case')::bigint"
        " AND a.state = 'in_production')",
    "orphan: a card that no certificate knows":
        "SELECT k.id FROM card k WHERE NOT EXISTS"
        " (SELECT FROM certificate c WHERE c.card_id = k.id)",
    "orphan: a chip card reserved for no production":
        "SELECT k.id FROM chip_card k WHERE k.state = 'reserved' AND NOT EXISTS"
        " (SELECT FROM certificate c JOIN application a ON a.certificate_id = c.id"
        " WHERE c.card_id = k.card_id AND a.state = 'in_production')",
    "lost: a production without a chip card":
        "SELECT a.id FROM application a JOIN certificate c ON c.id = a.certificate_id"
        " WHERE a.state = 'in_production' AND NOT EXISTS (SELECT FROM chip_card k"
        " WHERE k.card_id = c.card_id AND k.state = 'reserved')",
    "orphan: a lock of a dead sweep":
        "SELECT objid FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
        " WHERE l.locktype = 'advisory' AND d.datname = current_database()",
    "lost: a sweep that nobody closed":
        "SELECT id FROM sweep_run WHERE finished_at IS NULL",
}  # fmt: skip


@dataclass
class Many(Batch):
    """A batch over one office in which very many cases are due at each kill."""

    cases: int = 20_000

    def run(self, ground: WaveGround) -> None:
        """Kill half of the processes in the release of all cases, half in their start."""
        with ground.office(self.cases) as office:
            fill_stock(office.composition.engine, STARTED)
            office.composition.database.dispose()
            looker = Looker(office)
            self._sweep(office, RELEASE_MANY, self.kills // 2)
            self.finish(settings_for(office.url, office.folder), RELEASE_MANY)
            self._sweep(office, START_MANY, self.kills)
            site = looker.site
            site.ask(_POSTPONED, REST)
            self.finish(settings_for(office.url, office.folder), START_MANY)
            self.wrong.update(looker.asked(_QUERIES))
            self.wrong.update(looker.verified())
            if self.wrong:
                self.said = looker.log

    def _sweep(self, office: WaveOffice, stage: Stage, kills: int) -> None:
        settings = settings_for(office.url, office.folder)
        while self.killed.total() < kills and self.is_time():
            self.round(settings, *[stage] * min(2, kills - self.killed.total()))
