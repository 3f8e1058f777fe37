"""Ways out of every state: deadlines of people, what a delivery says, holds and activation."""

from __future__ import annotations

from alembic import op

from migrations.gently import build_index, write_in_batches

revision = "0030"
down_revision = "0029"

_ENDING = "'draft', 'e_imza', 'wet_signature', 'courier_returned', 'returned_to_applicant'"

# A generated column is made anew, because older servers cannot change what it is made of; the
# indexes that stood on it go with it.
_DEADLINE = """
ALTER TABLE application DROP COLUMN deadline;
ALTER TABLE application ADD COLUMN deadline DATE NOT NULL GENERATED ALWAYS AS (
    coalesce(least(
        CASE WHEN state IN ({states}) THEN timezone('Europe/Istanbul', due_at)::date END,
        old_ends_on), DATE '9999-12-31')) STORED;
CREATE INDEX ix_application_deadline ON application (state, deadline, id);
CREATE INDEX ix_application_kind ON application (state, kind, deadline, id);
CREATE INDEX ix_application_holder ON application (holder_id, deadline, id)
    WHERE holder_id IS NOT NULL
"""

_ONE_ALIVE = """
DROP INDEX ix_certificate_application_id;
CREATE UNIQUE INDEX ix_certificate_application_id ON certificate (application_id)
    WHERE state NOT IN ({states})
"""

_SENT = """
UPDATE application a SET sendings = sent.times FROM (
    SELECT case_id, count(*) AS times FROM journal WHERE workflow = 'application'
        AND trigger = 'hand_to_courier' AND case_id >= :low AND case_id < :high
    GROUP BY case_id) sent
    WHERE sent.case_id = a.id AND a.sendings <> sent.times
"""

_UP = """
ALTER TABLE application ADD COLUMN IF NOT EXISTS delivery JSONB,
    ADD COLUMN IF NOT EXISTS sendings INTEGER NOT NULL DEFAULT 0;
ALTER TABLE shipment ADD COLUMN IF NOT EXISTS recalled_at TIMESTAMP WITH TIME ZONE;
ALTER TABLE certificate ADD COLUMN IF NOT EXISTS activate_by TIMESTAMP WITH TIME ZONE,
    ADD COLUMN IF NOT EXISTS activation_opens_at TIMESTAMP WITH TIME ZONE,
    ADD COLUMN IF NOT EXISTS end_asked_at TIMESTAMP WITH TIME ZONE
"""
_DOWN = f"""
ALTER TABLE certificate DROP COLUMN end_asked_at, DROP COLUMN activation_opens_at,
    DROP COLUMN activate_by;
ALTER TABLE shipment DROP COLUMN recalled_at;
ALTER TABLE application DROP COLUMN sendings;
ALTER TABLE application DROP COLUMN delivery;
{_ONE_ALIVE.format(states="'void'")};
{_DEADLINE.format(states=_ENDING)}
"""


def upgrade() -> None:
    """Add what this step adds, while people work."""
    op.execute(_UP)
    # An application may have several certificates by now, of which one at most can be used.
    alive = "(application_id) WHERE state NOT IN ('void', 'revoked', 'expired')"
    build_index("ix_certificate_application_id", f"certificate {alive}", unique=True)
    for column in ("end_asked_at", "activate_by"):
        name = f"ix_certificate_{column.removesuffix('_at')}"
        build_index(name, f"certificate ({column}, id) WHERE {column} IS NOT NULL")
    write_in_batches("application", _SENT)


def downgrade() -> None:
    """Remove what this step added; an application with two certificates stands in the way."""
    op.execute(_DOWN)
