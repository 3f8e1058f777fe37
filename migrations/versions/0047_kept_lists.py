"""Revocation lists of a wave may go sooner: one a minute, each as long as all cards on their way.

Of each day the last list stays for good as before, and all of the last days. Which signature was
judged by a list is looked up by the moment of its judgement.
"""

from __future__ import annotations

from alembic import op

from migrations.gently import build_index

revision = "0047"
down_revision = "0046"
compatible = True

_REFUSE = """
CREATE OR REPLACE FUNCTION refuse_needed_list() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.next_update >= (SELECT max(this_update) FROM revocation_list) - interval '{days} days'
        OR NOT EXISTS (SELECT FROM revocation_list l WHERE l.number > OLD.number
            AND timezone('UTC', l.this_update)::date = timezone('UTC', OLD.this_update)::date)
    THEN
        RAISE EXCEPTION 'DELETE of revocation_list refused: a day keeps its last list, and the '
            'last {days} days keep all' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN OLD;
END $$
"""


def upgrade() -> None:
    """Let lists go that a later one of the same day has replaced for days, not a month."""
    op.execute(_REFUSE.format(days=2))
    build_index("ix_signature_judged_at", "signature (judged_at)")


def downgrade() -> None:
    """Keep them for a month again."""
    op.execute("DROP INDEX ix_signature_judged_at")
    op.execute(_REFUSE.format(days=30))
