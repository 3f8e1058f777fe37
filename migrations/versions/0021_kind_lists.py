"""Lists of one kind in every order: walks of an index too."""

from __future__ import annotations

from alembic import op

from migrations.gently import build_index

revision = "0021"
down_revision = "0020"

_DOWN = """
DROP INDEX ix_application_kind_applicant;
DROP INDEX ix_application_kind_entered
"""


def upgrade() -> None:
    """Add what this step adds, while people work."""
    build_index("ix_application_kind_entered", "application (state, kind, entered_at, id)")
    build_index("ix_application_kind_applicant", "application (state, kind, applicant_key, id)")


def downgrade() -> None:
    """Remove what this step added."""
    op.execute(_DOWN)
