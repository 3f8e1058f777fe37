"""How a certificate of another authority came to be known."""

from __future__ import annotations

from alembic import op

revision = "0027"
down_revision = "0026"

_UP = """
ALTER TABLE certificate
    ADD COLUMN seen TEXT,
    ADD COLUMN seen_at TIMESTAMP WITH TIME ZONE,
    ADD COLUMN seen_proof JSONB,
    ADD COLUMN stated_ends_on DATE,
    ADD COLUMN checked_at TIMESTAMP WITH TIME ZONE,
    ADD COLUMN chain BYTEA[],
    ADD CONSTRAINT ck_certificate_seen CHECK (seen IN ('made', 'signature', 'bytes', 'authority'));
UPDATE certificate SET seen = 'made', seen_at = created_at WHERE der IS NOT NULL
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
    """Add what this step adds."""
    op.execute(_UP)


def downgrade() -> None:
    """Remove what this step added."""
    op.execute(_DOWN)
