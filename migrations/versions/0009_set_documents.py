"""Set documents: the plain words beside a PDF, the case it was made for, and by which effect."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"

_UP = """
ALTER TABLE document ADD COLUMN words TEXT;
ALTER TABLE document ADD COLUMN case_id BIGINT;
ALTER TABLE document ADD COLUMN made_by TEXT;
ALTER TABLE document ADD CONSTRAINT uq_document_made_by UNIQUE (made_by);
CREATE INDEX ix_document_case_id ON document (case_id);
"""

_DOWN = """
DROP INDEX ix_document_case_id;
ALTER TABLE document DROP COLUMN made_by;
ALTER TABLE document DROP COLUMN case_id;
ALTER TABLE document DROP COLUMN words;
"""


def upgrade() -> None:
    """Add what this step adds."""
    op.execute(_UP)


def downgrade() -> None:
    """Remove what this step added, with everything in it."""
    op.execute(_DOWN)
