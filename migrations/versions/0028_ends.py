"""Since when and by whom a certificate is on hold, which one it replaces, when it ends.

What the journal tells of a hold that was never lifted is written into its row, also where the
certificate was revoked or ended on hold. A certificate that is valid for the first second of a day
only has its last day on the day before.
"""

from __future__ import annotations

from alembic import op

from migrations.gently import add_constraint, build_index, write_in_batches

revision = "0028"
down_revision = "0027"

_UP = """
ALTER TABLE certificate ADD COLUMN IF NOT EXISTS suspended_at TIMESTAMP WITH TIME ZONE,
    ADD COLUMN IF NOT EXISTS suspended_by TEXT,
    ADD COLUMN IF NOT EXISTS replaces_id BIGINT,
    ADD COLUMN IF NOT EXISTS ends_at TIMESTAMP WITH TIME ZONE
"""

_HELD = """
UPDATE certificate c SET suspended_at = h.at, suspended_by = CASE
        WHEN h.trigger = 'issue' THEN 'journey'
        WHEN h.body::json ->> 'role' = 'applicant' THEN 'holder'
        ELSE 'office' END
    FROM certificate k CROSS JOIN LATERAL (
        SELECT j.n, j.at, j.trigger, j.body FROM journal j
        WHERE j.case_id = k.id AND j.trigger IN ('issue', 'suspend')
        ORDER BY j.n DESC LIMIT 1) h
    WHERE c.id = k.id AND k.state IN ('suspended', 'revoked', 'expired')
        AND k.id >= :low AND k.id < :high AND k.suspended_at IS NULL
        AND NOT EXISTS (SELECT FROM journal l WHERE l.case_id = k.id AND l.n > h.n
            AND l.trigger IN ('activate', 'confirm_signature'))
"""

# The last moment is filled in here and kept by a later step: a generated column would have the
# whole table written anew while nobody can read it. The last day moves by one, so that the second
# run of a step that was killed must see which rows it has moved: those with a last moment.
_LAST_DAY = """
WITH moved AS (
    UPDATE certificate SET ends_at = coalesce(not_after,
            timezone('Europe/Istanbul', (ends_on + 1)::timestamp - interval '1 second')),
        ends_on = ends_on - CASE
            WHEN ends_on = (not_after AT TIME ZONE 'Europe/Istanbul')::date
                AND (not_after AT TIME ZONE 'Europe/Istanbul')::time = '00:00:00'
            THEN 1 ELSE 0 END
    WHERE id >= :low AND id < :high AND ends_at IS NULL
        AND coalesce(not_after::date, ends_on) IS NOT NULL
    RETURNING id, ends_on, not_after)
UPDATE application a SET old_ends_on = o.ends_on FROM moved o
    WHERE o.id = a.old_certificate_id AND a.old_ends_on = o.ends_on + 1
        AND (o.not_after AT TIME ZONE 'Europe/Istanbul')::time = '00:00:00'
"""

_DOWN = """
DROP INDEX ix_certificate_listed;
ALTER TABLE certificate DROP CONSTRAINT ck_certificate_suspended_by, DROP COLUMN ends_at,
    DROP COLUMN replaces_id, DROP COLUMN suspended_by, DROP COLUMN suspended_at
"""


def upgrade() -> None:
    """Add what this step adds, while people work."""
    op.execute(_UP)
    refers = "FOREIGN KEY (replaces_id) REFERENCES certificate (id)"
    add_constraint("certificate", "fk_certificate_replaces_id", refers)
    holders = "CHECK (suspended_by IN ('journey', 'holder', 'office'))"
    add_constraint("certificate", "ck_certificate_suspended_by", holders)
    write_in_batches("certificate", _LAST_DAY)
    write_in_batches("certificate", _HELD)
    listed = "suspended_at IS NOT NULL OR state = 'revoked'"
    build_index("ix_certificate_listed", f"certificate (id) WHERE {listed}")


def downgrade() -> None:
    """Remove what this step added, with everything in it."""
    op.execute(_DOWN)
