"""The queue of effects: Procrastinate's own tables, polled instead of notified.

Its insert trigger says NOTIFY in every transaction, which takes a lock over the whole cluster at
commit and costs a third of the throughput; workers poll instead.
"""

from __future__ import annotations

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0006"
down_revision = "0005"

_NO_NOTIFY = """
DROP TRIGGER procrastinate_jobs_notify_queue_job_inserted_v1 ON procrastinate_jobs
"""

_DOWN = r"""
DO $$
DECLARE thing record;
BEGIN
    FOR thing IN
        SELECT format('DROP TABLE %s CASCADE', oid::regclass) AS command FROM pg_class
        WHERE relkind = 'r' AND relname LIKE 'procrastinate\_%'
    LOOP EXECUTE thing.command; END LOOP;
    FOR thing IN
        SELECT format('DROP FUNCTION %s', oid::regprocedure) AS command FROM pg_proc
        WHERE proname LIKE 'procrastinate\_%'
    LOOP EXECUTE thing.command; END LOOP;
    FOR thing IN
        SELECT format('DROP TYPE %s CASCADE', oid::regtype) AS command FROM pg_type
        WHERE typname LIKE 'procrastinate\_%' AND typtype IN ('e', 'c')
    LOOP EXECUTE thing.command; END LOOP;
END $$
"""


def upgrade() -> None:
    """Install the schema of the Procrastinate at hand, without the trigger that notifies."""
    _run(SchemaManager.get_schema())
    _run(_NO_NOTIFY)


def downgrade() -> None:
    """Remove the queue with all waiting effects."""
    _run(_DOWN)


def _run(sql: str) -> None:
    # The driver reads %, SQLAlchemy's text() reads colons; only the first needs escaping here.
    op.get_bind().exec_driver_sql(sql.replace("%", "%%"))
