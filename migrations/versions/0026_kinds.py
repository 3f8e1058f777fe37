"""One open application of a person, kind and old certificate."""

from __future__ import annotations

from alembic import op

revision = "0026"
down_revision = "0025"

_UP = "SELECT"
_DOWN = "SELECT"


def upgrade() -> None:
    """Add what this step adds."""
    op.execute(_UP)


def downgrade() -> None:
    """Remove what this step added."""
    op.execute(_DOWN)
