"""Who holds an application: whoever took it up where it stands; each further state begins free."""

from __future__ import annotations

from alembic import op

revision = "0018"
down_revision = "0017"

_UP = """
DROP INDEX ix_application_assignee;
ALTER TABLE application ADD COLUMN assigned_version INTEGER;
ALTER TABLE application ADD COLUMN holder_id BIGINT GENERATED ALWAYS AS (
    CASE WHEN assigned_version = version THEN assignee_id END) STORED;
CREATE INDEX ix_application_holder ON application (holder_id, deadline, id)
    WHERE holder_id IS NOT NULL
"""

_DOWN = """
DROP INDEX ix_application_holder;
ALTER TABLE application DROP COLUMN holder_id;
ALTER TABLE application DROP COLUMN assigned_version;
CREATE INDEX ix_application_assignee ON application (assignee_id, deadline, id)
    WHERE assignee_id IS NOT NULL
    AND state NOT IN ('delivered', 'rejected', 'cancelled', 'expired', 'lost')
"""


def upgrade() -> None:
    """Add what this step adds."""
    op.execute(_UP)


def downgrade() -> None:
    """Remove what this step added; who held what is no longer known."""
    op.execute(_DOWN)
