"""The steps that the database has made, for code that is older than they are.

In offices that began with the first release a read that concerns nobody could not be kept: the
column of the person was made NOT NULL there, and is so nowhere else.
"""

from __future__ import annotations

from alembic import op

revision = "0035"
down_revision = "0034"
compatible = True

_UP = """
ALTER TABLE access_log ALTER COLUMN person_id DROP NOT NULL;
CREATE TABLE step (
    number TEXT NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    compatible BOOLEAN NOT NULL,
    CONSTRAINT pk_step PRIMARY KEY (number)
);
GRANT SELECT ON step TO nes_app
"""
_DOWN = "DROP TABLE step"


def upgrade() -> None:
    """Add what this step adds."""
    op.execute(_UP)


def downgrade() -> None:
    """Remove what this step added."""
    op.execute(_DOWN)
