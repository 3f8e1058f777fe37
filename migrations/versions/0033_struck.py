"""A serial number is free again once the record of a list that bore it is struck."""

from __future__ import annotations

from alembic import op

from migrations.gently import build_index

revision = "0033"
down_revision = "0032"

_DOWN = """
DROP INDEX uq_certificate_serial;
ALTER TABLE certificate ADD CONSTRAINT uq_certificate_serial UNIQUE (serial)
"""


def upgrade() -> None:
    """Change what this step changes, while people work."""
    numbers = "(serial, (id * (state = 'void' AND application_id IS NULL)::integer))"
    before = "ALTER TABLE certificate DROP CONSTRAINT IF EXISTS uq_certificate_serial"
    build_index("uq_certificate_serial", f"certificate {numbers}", unique=True, before=before)


def downgrade() -> None:
    """Put back what this step changed; refused where a struck number was recorded anew."""
    op.execute(_DOWN)
