"""Two indexes less that every move writes.

What a person has applied for is found by the key that lets no open application stand twice, which
now holds the closed ones too, each for itself. The journal lies in the order of its moments, so
that a summary of its pages finds a span of days; a page of it walks the transitions that occur.
"""

from __future__ import annotations

from alembic import op

from migrations.gently import build_index

revision = "0046"
down_revision = "0045"
compatible = True

_KEY = "person_id, kind, coalesce(old_certificate_id, 0)"
_CLOSED = "state IN ('delivered', 'rejected', 'cancelled', 'expired', 'lost')"
_OPEN = "state NOT IN ('delivered', 'rejected', 'cancelled', 'expired', 'lost')"


def upgrade() -> None:
    """Build what stays beside who writes, then drop what it stands for."""
    key = f"{_KEY}, (id * ({_CLOSED})::integer)"
    build_index("ix_application_open", f"application ({key})", unique=True)
    op.execute("DROP INDEX IF EXISTS ix_application_person_id")
    build_index("ix_journal_at", "journal USING brin (at) WITH (autosummarize = on)")


def downgrade() -> None:
    """Make the indexes again as they were."""
    build_index("ix_application_person_id", "application (person_id)")
    build_index("ix_application_open", f"application ({_KEY}) WHERE {_OPEN}", unique=True)
    build_index("ix_journal_at", "journal (at, case_id, n)")
