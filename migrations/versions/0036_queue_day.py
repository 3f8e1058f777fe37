"""The queue of production has a day: what stands there too long is late in every list."""

from __future__ import annotations

from alembic import op

revision = "0036"
down_revision = "0035"

_DATED = (
    "'draft', 'e_imza', 'wet_signature', 'in_person', 'courier_returned', 'returned_to_applicant',"
    " 'paper_received', 'in_review', 'production_stopped', 'not_booked', 'courier_silent',"
    " 'recalled', 'delivery_contested'"
)
_QUEUED = """
            WHEN state = 'queued'
            THEN timezone('Europe/Istanbul', entered_at)::date + 2"""

# A generated column is made anew, because older servers can not change what it is made of; the
# indexes that stood on it go with it.
_DEADLINE = """
ALTER TABLE application DROP COLUMN deadline;
ALTER TABLE application ADD COLUMN deadline DATE NOT NULL GENERATED ALWAYS AS (
    coalesce(least(
        CASE WHEN state IN ({dated})
            THEN timezone('Europe/Istanbul', due_at)::date{queued} END,
        old_ends_on), DATE '9999-12-31')) STORED;
CREATE INDEX ix_application_deadline ON application (state, deadline, id);
CREATE INDEX ix_application_kind ON application (state, kind, deadline, id);
CREATE INDEX ix_application_holder ON application (holder_id, deadline, id)
    WHERE holder_id IS NOT NULL
"""


def upgrade() -> None:
    """Give the queue its day."""
    op.execute(_DEADLINE.format(dated=_DATED, queued=_QUEUED))


def downgrade() -> None:
    """Take it away again."""
    op.execute(_DEADLINE.format(dated=_DATED, queued=""))
