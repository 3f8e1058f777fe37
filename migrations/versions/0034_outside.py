"""What waits for the world outside is written down; effects wait only behind those to one party."""

from __future__ import annotations

from alembic import op

revision = "0034"
down_revision = "0033"
compatible = True

_UP = """
CREATE TABLE outside_wait (
    key TEXT NOT NULL,
    party TEXT NOT NULL,
    code TEXT NOT NULL,
    case_id BIGINT,
    job_id BIGINT,
    tries INTEGER NOT NULL,
    since TIMESTAMP WITH TIME ZONE NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    next_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_outside_wait PRIMARY KEY (key)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON outside_wait TO nes_app;
UPDATE procrastinate_jobs SET lock = lock || '/' || split_part(args ->> 'name', '.', 1)
WHERE status = 'todo' AND lock = 'case/' || (args ->> 'case')
"""
_DOWN = """
UPDATE procrastinate_jobs SET lock = 'case/' || (args ->> 'case')
WHERE status = 'todo' AND lock LIKE 'case/%/%';
DROP TABLE outside_wait
"""


def upgrade() -> None:
    """Add what this step adds, and let the effects that wait now wait as the later ones do."""
    _run(_UP)


def downgrade() -> None:
    """Remove what this step added."""
    _run(_DOWN)


def _run(sql: str) -> None:
    op.get_bind().exec_driver_sql(sql.replace("%", "%%"))
