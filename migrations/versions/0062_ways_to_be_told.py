"""A person chooses the language of their messages, and whether an SMS is sent too."""

from __future__ import annotations

from alembic import op

from migrations.gently import add_constraint

revision = "0062"
down_revision = "0061"
compatible = True

_UP = """
ALTER TABLE person ADD COLUMN IF NOT EXISTS language TEXT DEFAULT 'tr' NOT NULL;
ALTER TABLE person ADD COLUMN IF NOT EXISTS told_by TEXT DEFAULT 'usual' NOT NULL
"""


def upgrade() -> None:
    """Keep both; whoever has chosen nothing is told in Turkish and as before."""
    op.execute(_UP)
    add_constraint("person", "ck_person_language", "CHECK (language IN ('tr', 'en'))")
    add_constraint("person", "ck_person_told_by", "CHECK (told_by IN ('usual', 'sms', 'both'))")


def downgrade() -> None:
    """Forget what was chosen."""
    op.execute("ALTER TABLE person DROP COLUMN language, DROP COLUMN told_by")
