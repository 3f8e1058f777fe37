"""A saved filter may be shared with everybody who has its list."""

from __future__ import annotations

from alembic import op

revision = "0055"
down_revision = "0054"
compatible = True


def upgrade() -> None:
    """Keep of each filter whether it is shared; those of before are their maker's alone."""
    op.execute("ALTER TABLE saved_filter ADD COLUMN shared boolean NOT NULL DEFAULT false")


def downgrade() -> None:
    """Forget which filters were shared."""
    op.execute("ALTER TABLE saved_filter DROP COLUMN shared")
