"""The text that a holder signs once he has set his PIN, and how often its secret was given out."""

from __future__ import annotations

from alembic import op

revision = "0016"
down_revision = "0015"

_UP = """
ALTER TABLE certificate ADD COLUMN pin_sha256 TEXT,
    ADD CONSTRAINT fk_certificate_pin_sha256 FOREIGN KEY(pin_sha256)
        REFERENCES document (sha256);
CREATE INDEX ix_code_pin ON code (target_case_id) WHERE purpose = 'pin'
"""

_DOWN = """
DROP INDEX ix_code_pin;
ALTER TABLE certificate DROP COLUMN pin_sha256
"""


def upgrade() -> None:
    """Add what this step adds."""
    op.execute(_UP)


def downgrade() -> None:
    """Remove what this step added, with everything in it."""
    op.execute(_DOWN)
