"""Ways out of every state: deadlines of people, what a delivery says, holds and activation."""

from __future__ import annotations

from alembic import op

revision = "0030"
down_revision = "0029"

_ENDING = "'draft', 'e_imza', 'wet_signature', 'courier_returned', 'returned_to_applicant'"
_ENDING_NOW = f"{_ENDING}, 'in_person'"
_OFFICE = (
    "'paper_received', 'in_review', 'production_stopped', 'not_booked', 'courier_silent',"
    " 'recalled', 'delivery_contested'"
)

# A generated column is made anew, because older servers can not change what it is made of; the
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

# One application may have several certificates by now, of which one at most can still be used.
_ONE_ALIVE = """
DROP INDEX ix_certificate_application_id;
CREATE UNIQUE INDEX ix_certificate_application_id ON certificate (application_id)
    WHERE state NOT IN ({states})
"""

_SENT = """
UPDATE application a SET sendings = sent.times FROM (
    SELECT case_id, count(*) AS times FROM journal
    WHERE workflow = 'application' AND trigger = 'hand_to_courier' GROUP BY case_id) sent
    WHERE sent.case_id = a.id
"""

_UP = f"""
{_DEADLINE.format(states=f"{_ENDING_NOW}, {_OFFICE}")};
{_ONE_ALIVE.format(states="'void', 'revoked', 'expired'")};
ALTER TABLE application ADD COLUMN delivery JSONB;
ALTER TABLE application ADD COLUMN sendings INTEGER NOT NULL DEFAULT 0;
{_SENT};
ALTER TABLE shipment ADD COLUMN recalled_at TIMESTAMP WITH TIME ZONE;
ALTER TABLE certificate ADD COLUMN activate_by TIMESTAMP WITH TIME ZONE,
    ADD COLUMN activation_opens_at TIMESTAMP WITH TIME ZONE,
    ADD COLUMN end_asked_at TIMESTAMP WITH TIME ZONE;
CREATE INDEX ix_certificate_end_asked ON certificate (end_asked_at, id)
    WHERE end_asked_at IS NOT NULL;
CREATE INDEX ix_certificate_activate_by ON certificate (activate_by, id)
    WHERE activate_by IS NOT NULL
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
    """Add what this step adds."""
    op.execute(_UP)


def downgrade() -> None:
    """Remove what this step added; an application with two certificates stands in the way."""
    op.execute(_DOWN)
