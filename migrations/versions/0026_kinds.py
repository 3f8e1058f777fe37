"""One open application of a person, kind and old certificate; when its data were asked after."""

from __future__ import annotations

from alembic import op

from migrations.gently import build_index

revision = "0026"
down_revision = "0025"

_OPEN = "WHERE state NOT IN ('delivered', 'rejected', 'cancelled', 'expired', 'lost')"

_DOWN = f"""
DROP INDEX ix_application_open;
CREATE UNIQUE INDEX ix_application_open ON application (person_id, kind) {_OPEN};
ALTER TABLE application DROP COLUMN data_asked_on
"""


def upgrade() -> None:
    """Let a person have an open application of a kind for each of his certificates."""
    op.execute("ALTER TABLE application ADD COLUMN IF NOT EXISTS data_asked_on DATE")
    each = "(person_id, kind, (coalesce(old_certificate_id, 0)))"
    build_index("ix_application_open", f"application {each} {_OPEN}", unique=True)


def downgrade() -> None:
    """Allow one open application of a kind again; fails where somebody has two."""
    op.execute(_DOWN)
