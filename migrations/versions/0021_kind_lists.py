"""Lists of one kind in every order: walks of an index too."""

from __future__ import annotations

from alembic import op

revision = "0021"
down_revision = "0020"

_UP = """
CREATE INDEX ix_application_kind_entered ON application (state, kind, entered_at, id);
CREATE INDEX ix_application_kind_applicant ON application (state, kind, applicant_key, id)
"""

_DOWN = """
DROP INDEX ix_application_kind_applicant;
DROP INDEX ix_application_kind_entered
"""


def upgrade() -> None:
    """Add what this step adds."""
    op.execute(_UP)


def downgrade() -> None:
    """Remove what this step added."""
    op.execute(_DOWN)
