"""Claims of accounts that were closed, or lost the role, before such claims were given back.

From now on the grant itself gives them back; these would wait for somebody who is gone.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

from workflow.model.clock import SystemClock

revision = "0041"
down_revision = "0040"
compatible = True

_UP = """
WITH gone AS (
    SELECT a.id, u.id AS holder, u.active
    FROM application a JOIN office_user u ON u.id = a.holder_id
    WHERE NOT (u.active AND u.roles && ARRAY['officer', 'operator'])
    ORDER BY a.id FOR NO KEY UPDATE OF a
), freed AS (
    UPDATE application a SET assignee_id = NULL, assigned_version = NULL,
        due_at = CASE WHEN a.state = 'queued' THEN least(a.due_at, :now) ELSE a.due_at END
    FROM gone WHERE a.id = gone.id
)
INSERT INTO desk_entry (at, workflow, case_id, actor, role, what, text)
SELECT :now, 'application', id, 'system:terminal', 'system', 'released',
    format('user:%s %s', holder, CASE WHEN active THEN 'role_lost' ELSE 'account_closed' END)
FROM gone ORDER BY id
"""


def upgrade() -> None:
    """Give them back, each with its line at the desk."""
    op.execute(text(_UP).bindparams(now=SystemClock().now()))


def downgrade() -> None:
    """Leave them free: nobody takes a case from those who have taken it up since."""
