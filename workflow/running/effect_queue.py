"""The queue of effects as one worker sees it: what it has in hand, and what nobody has.

Procrastinate writes how a job ended once, after the work. When that cannot be written (the line
broke, the server went away) the job would stay "doing" under a worker that lives: nobody would run
it again, and what follows in its case would wait behind it. So a worker keeps the ids of what it
runs; whatever else the queue holds under its number belongs to nobody and is put back.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import procrastinate
import psycopg
import structlog
from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job
from procrastinate.manager import JobManager
from psycopg_pool import AsyncConnectionPool

from states.kit.errors import DatabaseUnavailable
from states.kit.log_events import LogEvent
from states.postgres.connecting import admit, hear, place_of, takes_no_writes, waiting
from states.postgres.database import APP_ROLE, conninfo
from workflow.engine.statement import EFFECT_TASK, party
from workflow.running.lanes import Lanes, Seats
from workflow.running.service_outages import why

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from procrastinate.jobs import Status
    from sqlalchemy import URL

log = structlog.get_logger()

AT_ONCE = 5
"""So often a job that nobody has is run again at once; then with pauses: it may be the cause."""


POOL_SECONDS = 5.0
"""How long the pool tries before it says that nobody is there; its pauses double, up to minutes,
and the worker asks again each second."""


async def refuse_unfit(connection: psycopg.AsyncConnection[Any]) -> None:
    """Refuse a connection that is dead or leads to a server that takes no writes, or not any more.

    Raises for the pool, which makes another.
    """
    hear(connection)
    if takes_no_writes(connection):
        raise psycopg.OperationalError("the server takes no writes")


async def greet(url: URL, connection: psycopg.AsyncConnection[Any]) -> None:
    """Refuse a new connection that leads to an old primary or to a server without writes."""
    await refuse_unfit(connection)
    try:
        await admit(connection, url)
    except DatabaseUnavailable as error:
        raise psycopg.OperationalError(str(error)) from error


class KeepTrying(BaseRetryStrategy):
    """Try again after 1, 2, 4 … seconds, at most ``longest`` apart, for ever: nothing is lost."""

    def __init__(self, longest: int, tell: Callable[[Job, str], None] = lambda *_: None) -> None:
        """Keep the longest wait in seconds; ``tell`` is given each job that failed, and why."""
        self.longest = longest
        self.tell = tell

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision:
        """Log why (without personal data) and say when to try again."""
        seconds = pause(job.attempts, self.longest)
        log.warning(
            LogEvent.EFFECT_POSTPONED,
            key=job.queueing_lock,
            code=type(exception).__name__,
            seconds=seconds,
        )
        self.tell(job, why(exception))
        return RetryDecision(retry_in={"seconds": seconds})


def pause(attempts: int, longest: int) -> int:
    """Return the seconds to wait after so many attempts that failed."""
    return min(1 << min(attempts, 20), longest)


class EffectJob(Job):
    """A job that says of itself in Procrastinate's own lines, which nobody keeps, what names it.

    It would copy all of itself four times a job for them.
    """

    def log_context(self) -> dict[str, Any]:
        """Return the id and the key."""
        return {"id": self.id, "queueing_lock": self.queueing_lock}


class EffectQueue(JobManager):
    """Procrastinate's access to its tables, which remembers what this process has in hand."""

    def __init__(
        self, connector: procrastinate.PsycopgConnector, longest: int, lanes: Lanes
    ) -> None:
        """Hold nothing yet; ``longest`` is the longest pause between two tries, in seconds."""
        super().__init__(connector)
        self.longest = longest
        self.seats = Seats(lanes)
        self._numbers: set[int] = set()
        self._failed: dict[int, str] = {}
        # A job that is being fetched is in the table before it is in hand.
        self._fetching = asyncio.Lock()
        self._ahead: deque[Job] = deque()
        self._asked = False

    def tell(self, job: Job, code: str) -> None:
        """Take in why a job failed, until its postponement is written."""
        self._failed[job.id or 0] = code

    async def register_worker(self) -> int:
        """Begin as a worker and remember its number: a process may have several, one by one."""
        number = await super().register_worker()
        self._numbers.add(number)
        while self._ahead:  # of the one before: whoever looks for lost jobs puts it back
            self.seats.leave(self._ahead.pop().id or 0)
        return number

    async def fetch_job(self, queues: Iterable[str] | None, worker_id: int) -> Job | None:
        """Take the next job into hand: of the lanes that have a seat, by their order.

        Each question fills all free seats of all lanes; until one is left there is nothing more to
        be had. While somebody has a seat nobody knows whether that is all: a full lane may hold
        more, and who leaves may have queued what comes next. So that is waited for, and None told
        after it.
        """
        del queues  # what is Procrastinate's one queue has lanes of ours
        while not self._ahead:
            if self._asked and not self.seats.left:
                self._asked = False
                await self.seats.one_left()
                continue
            held = self.seats.watch()  # one may be left while we ask
            async with self._fetching:
                self._asked = await self._take(worker_id)
            if self._asked or (not self.seats.full and await self._meet()):
                continue
            if not held:
                return None
            await self.seats.one_left()
        return self._ahead.popleft()

    async def _meet(self) -> bool:
        """Look which parties stand in the queue; say whether there is one not met before."""
        rows = await self.connector.execute_query_all_async(_PARTIES)
        return self.seats.meet(row["party"] for row in rows)

    async def _take(self, worker_id: int) -> bool:
        """Take what the free seats have room for; say whether there was something."""
        offered = self.seats.open_parties()
        rows = await self.connector.execute_query_all_async(
            _FETCH,
            parties=[one.party for one in offered],
            lanes=[one.lane for one in offered],
            free=[one.free for one in offered],
            worker=worker_id,
        )
        for row in sorted(rows, key=lambda row: (row["place"], -row["priority"], row["id"])):
            job = EffectJob.from_row(row)
            self.seats.take(job.id or 0, party(str(job.task_kwargs.get("name"))))
            self._ahead.append(job)
        return bool(rows)

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:  # noqa: FBT001 - Procrastinate's signature
        """Write that a job came to its end; when that fails it is told and run again."""
        with self._ending(job):
            await super().finish_job(job, status, delete_job)
            if job.attempts:
                await self.connector.execute_query_async(_CLEAR, key=job.queueing_lock)

    async def retry_job(
        self,
        job: Job,
        retry_at: datetime | None = None,
        priority: int | None = None,
        queue: str | None = None,
        lock: str | None = None,
    ) -> None:
        """Write that a job is postponed, by the clock of the database that says when it is due.

        The worker's own clock, in ``retry_at``, may be a day ahead.
        """
        del retry_at, priority, queue, lock  # the pause follows from the attempts alone
        seconds = pause(job.attempts, self.longest)
        with self._ending(job):
            await self.connector.execute_query_async(
                _POSTPONE,
                id=job.id,
                key=job.queueing_lock,
                party=party(str(job.task_kwargs.get("name"))),
                code=self._failed.get(job.id or 0, "unknown"),
                case=job.task_kwargs.get("case"),
                seconds=seconds,
            )

    async def update_heartbeat(self, worker_id: int) -> None:
        """Write a sign of life; one that cannot be written is told and does not end the worker."""
        try:
            await super().update_heartbeat(worker_id)
        except procrastinate.exceptions.ConnectorException as error:
            log.warning(LogEvent.HEARTBEAT_UNWRITTEN, code=kind(error))

    async def put_back(self, dead_after: float) -> list[str]:
        """Put back what nobody runs, and return the keys.

        That is what a worker holds that was not heard of for ``dead_after`` seconds, and what this
        one holds by the table but not in hand: its end could not be written, or it was given to us
        by an answer that never came.
        """
        async with self._fetching:
            rows = await self.connector.execute_query_all_async(
                _PUT_BACK,
                in_hand=self.seats.jobs,
                own=list(self._numbers),
                dead_after=dead_after,
                at_once=AT_ONCE,
                longest=self.longest,
            )
        await self._meet()
        return [row["key"] for row in rows]

    @contextmanager
    def _ending(self, job: Job) -> Iterator[None]:
        """Let a job go out of hand, however the writing of its end goes."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - nobody waits for this task: it would be lost
            log.warning(LogEvent.EFFECT_END_UNWRITTEN, key=job.queueing_lock, code=kind(error))
        finally:
            self.seats.leave(job.id or 0)
            self._failed.pop(job.id or 0, None)


# Those of one case to one party run in the order of their moves, however urgent they have become.
_FETCH = """
WITH due AS (
    SELECT j.id, o.place, o.free,
        row_number() OVER (PARTITION BY o.lane ORDER BY o.place, j.priority DESC, j.id) AS n
    FROM unnest(CAST(%(parties)s AS text[]), CAST(%(lanes)s AS int[]), CAST(%(free)s AS int[]))
        WITH ORDINALITY o(party, lane, free, place)
    CROSS JOIN LATERAL (
        SELECT j.id, j.priority FROM procrastinate_jobs j
        WHERE split_part(j.lock, '/', 3) = o.party AND j.status = 'todo'
            AND (j.scheduled_at IS NULL OR j.scheduled_at <= now())
            AND NOT EXISTS (SELECT FROM procrastinate_jobs b WHERE b.lock = j.lock
                AND (b.status = 'doing' OR (b.status = 'todo' AND b.id < j.id)))
        ORDER BY j.priority DESC, j.id LIMIT o.free FOR UPDATE OF j SKIP LOCKED) j
)
UPDATE procrastinate_jobs j SET status = 'doing', worker_id = %(worker)s
FROM due WHERE j.id = due.id AND due.n <= due.free
RETURNING j.id, j.status, j.task_name, j.priority, j.lock, j.queueing_lock, j.args, j.scheduled_at,
    j.queue_name, j.attempts, j.abort_requested, j.worker_id, due.place
"""

_PARTIES = """
SELECT DISTINCT split_part(lock, '/', 3) AS party FROM procrastinate_jobs WHERE status = 'todo'
    AND lock IS NOT NULL
"""

_POSTPONE = """
WITH noted AS (
    INSERT INTO outside_wait AS w (key, party, code, case_id, job_id, tries, since, at, next_at)
    VALUES (%(key)s, %(party)s, %(code)s, %(case)s, %(id)s, 1, now(), now(),
        now() + make_interval(secs => %(seconds)s))
    ON CONFLICT (key) DO UPDATE SET code = excluded.code, job_id = excluded.job_id,
        tries = w.tries + 1, at = excluded.at, next_at = excluded.next_at
)
SELECT procrastinate_retry_job_v2(%(id)s, now() + make_interval(secs => %(seconds)s),
    NULL, NULL, NULL)
"""

_CLEAR = "DELETE FROM outside_wait WHERE key = %(key)s"

# Rows that another worker is putting back at this moment are left to it.
_PUT_BACK = """
UPDATE procrastinate_jobs j SET status = 'todo', attempts = j.attempts + 1,
    abort_requested = false, scheduled_at = CASE WHEN j.attempts >= %(at_once)s
        THEN now() + make_interval(secs => least(2 ^ least(j.attempts, 20), %(longest)s)) END
FROM (
    SELECT id FROM procrastinate_jobs WHERE status = 'doing'
        AND id <> ALL(CAST(%(in_hand)s AS bigint[]))
        AND (worker_id IS NULL OR worker_id = ANY(CAST(%(own)s AS bigint[])) OR worker_id IN (
            SELECT id FROM procrastinate_workers
            WHERE last_heartbeat < now() - make_interval(secs => %(dead_after)s)))
    FOR UPDATE SKIP LOCKED
) lost
WHERE j.id = lost.id RETURNING j.queueing_lock AS key
"""


def kind(error: BaseException) -> str:
    """Return the kind of what stopped the queue, without its words."""
    return type(error.__cause__ or error).__name__


def build_app(
    url: URL, lanes: Lanes, longest: int, run: Callable[[int, int, str], None]
) -> tuple[procrastinate.App, EffectQueue]:
    """Return the queue over a database, under the limited role; ``run`` runs one effect."""
    connector = procrastinate.PsycopgConnector(
        conninfo=lambda: conninfo(place_of(url)),
        # Each question to the queue is one statement, which needs no transaction around it.
        kwargs={
            **waiting(url),
            "options": f"-c timezone=UTC -c role={APP_ROLE}",
            "autocommit": True,
        },
        configure=partial(greet, url),
        pool_factory=lambda **given: AsyncConnectionPool(**{**given, "check": refuse_unfit}),
        timeout=POOL_SECONDS,
        reconnect_timeout=POOL_SECONDS,
        min_size=1,
        max_size=lanes.seats + 2,
    )
    app = procrastinate.App(connector=connector)
    app.job_manager = queue = EffectQueue(connector, longest, lanes)

    @app.task(name=EFFECT_TASK, queue=EFFECT_TASK, retry=KeepTrying(longest, queue.tell))
    def effect(case: int, n: int, name: str) -> None:
        run(case, n, name)

    return app, queue
