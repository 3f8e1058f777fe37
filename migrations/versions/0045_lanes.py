"""What a worker takes next is looked up by whom it goes to.

The library's own index has all effects in one row: behind a wave of twenty thousand cards whoever
looked for the one letter in front of them read all of it.
"""

from __future__ import annotations

from alembic import op

from migrations.gently import build_index

revision = "0045"
down_revision = "0044"
compatible = True


def upgrade() -> None:
    """Build the index of our lanes; the library's is read by programs of before."""
    build_index(
        "ix_procrastinate_jobs_party",
        "procrastinate_jobs (split_part(lock, '/', 3), priority DESC, id) WHERE status = 'todo'",
    )


def downgrade() -> None:
    """Drop the index."""
    op.execute("DROP INDEX ix_procrastinate_jobs_party")
