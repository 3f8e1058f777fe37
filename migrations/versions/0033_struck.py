"""A serial number is free again once the record of a list that bore it is struck."""

from __future__ import annotations

from alembic import op

revision = "0033"
down_revision = "0032"

_UP = """
CREATE UNIQUE INDEX uq_certificate_serial_struck ON certificate
    (serial, (id * (state = 'void' AND application_id IS NULL)::integer));
ALTER TABLE certificate DROP CONSTRAINT uq_certificate_serial;
ALTER INDEX uq_certificate_serial_struck RENAME TO uq_certificate_serial
"""
_DOWN = """
DROP INDEX uq_certificate_serial;
ALTER TABLE certificate ADD CONSTRAINT uq_certificate_serial UNIQUE (serial)
"""


def upgrade() -> None:
    """Change what this step changes."""
    op.execute(_UP)


def downgrade() -> None:
    """Put back what this step changed; refused where a struck number was recorded anew."""
    op.execute(_DOWN)
