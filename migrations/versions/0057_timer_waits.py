"""What a timer waits for stands in a row of its own and is no refused attempt any more."""

from __future__ import annotations

from alembic import op

revision = "0057"
down_revision = "0056"
compatible = True

_UP = """
CREATE TABLE timer_wait (
    case_id BIGINT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    workflow TEXT NOT NULL,
    state TEXT NOT NULL,
    trigger TEXT NOT NULL,
    code TEXT NOT NULL,
    tried JSONB NOT NULL,
    CONSTRAINT pk_timer_wait PRIMARY KEY (case_id)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON timer_wait TO nes_app
"""


def upgrade() -> None:
    """Add the table; rows of older refusals stay where they are."""
    op.execute(_UP)


def downgrade() -> None:
    """Remove what this step added."""
    op.execute("DROP TABLE timer_wait")
