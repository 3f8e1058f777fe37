"""The queue of production has a day: what stands there too long is late in every list."""

from __future__ import annotations

from alembic import op

from migrations.gently import write_in_batches

revision = "0038"
down_revision = "0037"
compatible = True

_DEADLINE = """
coalesce(least(
    CASE WHEN {row}state IN ('draft', 'e_imza', 'wet_signature', 'in_person', 'courier_returned',
            'returned_to_applicant', 'paper_received', 'in_review', 'production_stopped',
            'not_booked', 'courier_silent', 'recalled', 'delivery_contested')
        THEN timezone('Europe/Istanbul', {row}due_at)::date{queued} END,
    {row}old_ends_on), DATE '9999-12-31')
"""
_QUEUED = """
        WHEN {row}state = 'queued'
        THEN timezone('Europe/Istanbul', {row}entered_at)::date + 2"""

_FUNCTION = """
CREATE OR REPLACE FUNCTION reckon_application() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.deadline := {deadline};
    RETURN NEW;
END $$
"""

_DIFFERS = """
UPDATE application SET deadline = NULL
WHERE id >= :low AND id < :high AND state = 'queued'
"""
"""The trigger reckons whatever is written."""


def _reckon(queued: str) -> None:
    row = "NEW."
    deadline = _DEADLINE.format(row=row, queued=queued.format(row=row))
    op.execute(_FUNCTION.format(deadline=deadline))
    write_in_batches("application", _DIFFERS)


def upgrade() -> None:
    """Give the queue its day."""
    _reckon(_QUEUED)


def downgrade() -> None:
    """Take it away again."""
    _reckon("")
