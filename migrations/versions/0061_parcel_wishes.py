"""What the holder of a parcel asks for after it could not be handed over."""

from __future__ import annotations

from alembic import op

from migrations.gently import add_constraint

revision = "0061"
down_revision = "0060"
compatible = True

_UP = """
ALTER TABLE parcel ADD COLUMN IF NOT EXISTS wish TEXT;
ALTER TABLE parcel ADD COLUMN IF NOT EXISTS wish_attempt INTEGER
"""

_DOWN = "ALTER TABLE parcel DROP COLUMN wish, DROP COLUMN wish_attempt"


def upgrade() -> None:
    """Add the columns; older code asks for nothing."""
    op.execute(_UP)
    add_constraint("parcel", "ck_parcel_wish", "CHECK (wish in ('address', 'keep'))")


def downgrade() -> None:
    """Remove what this step added."""
    op.execute(_DOWN)
