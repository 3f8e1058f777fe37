"""Whether an effect waits behind another is looked up and no longer searched for.

Procrastinate asks for the other jobs of a lock at each fetch and has them by number first: it reads
all that wait, once for each job that may not go.
"""

from __future__ import annotations

from alembic import op

revision = "0037"
down_revision = "0036"
compatible = True

_UP = """
CREATE INDEX ix_procrastinate_jobs_lock ON procrastinate_jobs (lock)
WHERE status = ANY (ARRAY['todo'::procrastinate_job_status, 'doing'::procrastinate_job_status])
"""


def upgrade() -> None:
    """Add the index."""
    op.execute(_UP)


def downgrade() -> None:
    """Remove the index."""
    op.execute("DROP INDEX ix_procrastinate_jobs_lock")
