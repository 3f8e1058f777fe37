"""Figures of the overview: counted by the worker every minute, so that no page counts a million."""

from __future__ import annotations

from alembic import op

revision = "0019"
down_revision = "0018"

_UP = """
CREATE TABLE figure (
    name TEXT NOT NULL,
    counted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    rows JSONB NOT NULL,
    CONSTRAINT pk_figure PRIMARY KEY (name)
);
GRANT SELECT, INSERT, UPDATE ON figure TO nes_app
"""

_DOWN = "DROP TABLE figure"


def upgrade() -> None:
    """Add what this step adds."""
    op.execute(_UP)


def downgrade() -> None:
    """Remove what this step added, with everything in it."""
    op.execute(_DOWN)
