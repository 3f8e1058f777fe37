"""How a certificate of another authority came to be known."""

from __future__ import annotations

from alembic import op

from migrations.gently import add_constraint, write_in_batches

revision = "0027"
down_revision = "0026"

_UP = """
ALTER TABLE certificate
    ADD COLUMN IF NOT EXISTS seen TEXT,
    ADD COLUMN IF NOT EXISTS seen_at TIMESTAMP WITH TIME ZONE,
    ADD COLUMN IF NOT EXISTS seen_proof JSONB,
    ADD COLUMN IF NOT EXISTS stated_ends_on DATE,
    ADD COLUMN IF NOT EXISTS checked_at TIMESTAMP WITH TIME ZONE,
    ADD COLUMN IF NOT EXISTS chain BYTEA[]
"""

_MADE = """
UPDATE certificate SET seen = 'made', seen_at = created_at
WHERE der IS NOT NULL AND seen IS NULL AND id >= :low AND id < :high
"""
"""Until this step only certificates of our own making had their bytes kept."""

_DOWN = """
ALTER TABLE certificate
    DROP COLUMN seen,
    DROP COLUMN seen_at,
    DROP COLUMN seen_proof,
    DROP COLUMN stated_ends_on,
    DROP COLUMN checked_at,
    DROP COLUMN chain
"""


def upgrade() -> None:
    """Add what this step adds, while people work."""
    op.execute(_UP)
    ways = "CHECK (seen IN ('made', 'signature', 'bytes', 'authority'))"
    add_constraint("certificate", "ck_certificate_seen", ways)
    write_in_batches("certificate", _MADE)


def downgrade() -> None:
    """Remove what this step added."""
    op.execute(_DOWN)
