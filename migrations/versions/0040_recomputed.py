"""Of how many rows a proof has recomputed the stored hash."""

from __future__ import annotations

from alembic import op

revision = "0040"
down_revision = "0039"
compatible = True


def upgrade() -> None:
    """Add what this step adds."""
    op.execute("ALTER TABLE proof ADD COLUMN recomputed JSONB NOT NULL DEFAULT '{}'::jsonb")


def downgrade() -> None:
    """Remove what this step added."""
    op.execute("ALTER TABLE proof DROP COLUMN recomputed")
