"""The judgement of a later form stands beside it: for P2 and P3 it is the final one."""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"

_UP = "ALTER TABLE augmentation ADD COLUMN report JSONB"
_DOWN = "ALTER TABLE augmentation DROP COLUMN report"


def upgrade() -> None:
    """Add what this step adds."""
    op.execute(_UP)


def downgrade() -> None:
    """Remove what this step added, with everything in it."""
    op.execute(_DOWN)
