"""The standing of persons and institutions."""

from __future__ import annotations

from alembic import op

revision = "0029"
down_revision = "0028"

_UP = """
ALTER TABLE person ADD COLUMN standing TEXT DEFAULT 'in_office' NOT NULL;
ALTER TABLE person ADD COLUMN standing_since DATE;
ALTER TABLE person ADD CONSTRAINT ck_person_standing
    CHECK (standing IN ('in_office', 'left', 'blocked', 'dead'));
ALTER TABLE institution ADD COLUMN closed_on DATE;
ALTER TABLE data_change ADD COLUMN became TEXT;
ALTER TABLE data_change ADD COLUMN since DATE
"""
_DOWN = """
ALTER TABLE data_change DROP COLUMN since;
ALTER TABLE data_change DROP COLUMN became;
ALTER TABLE institution DROP COLUMN closed_on;
ALTER TABLE person DROP CONSTRAINT ck_person_standing;
ALTER TABLE person DROP COLUMN standing_since;
ALTER TABLE person DROP COLUMN standing
"""


def upgrade() -> None:
    """Add what this step adds."""
    op.execute(_UP)


def downgrade() -> None:
    """Remove what this step added."""
    op.execute(_DOWN)
