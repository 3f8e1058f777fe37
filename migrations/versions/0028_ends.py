"""Since when and by whom a certificate is on hold, which one it replaces, when it ends.

What the journal tells of a hold that was never lifted is written into its row, also where the
certificate was revoked or ended on hold. A certificate that is valid for the first second of a day
only has its last day on the day before.
"""

from __future__ import annotations

from alembic import op

revision = "0028"
down_revision = "0027"

_UP = """
ALTER TABLE certificate ADD COLUMN suspended_at TIMESTAMP WITH TIME ZONE,
    ADD COLUMN suspended_by TEXT,
    ADD COLUMN replaces_id BIGINT,
    ADD CONSTRAINT fk_certificate_replaces_id FOREIGN KEY (replaces_id)
        REFERENCES certificate (id),
    ADD COLUMN ends_at TIMESTAMP WITH TIME ZONE GENERATED ALWAYS AS (coalesce(not_after,
        timezone('Europe/Istanbul', (ends_on + 1)::timestamp - interval '1 second'))) STORED,
    ADD CONSTRAINT ck_certificate_suspended_by
        CHECK (suspended_by IN ('journey', 'holder', 'office'));
UPDATE certificate c SET suspended_at = h.at, suspended_by = CASE
        WHEN h.trigger = 'issue' THEN 'journey'
        WHEN h.body::json ->> 'role' = 'applicant' THEN 'holder'
        ELSE 'office' END
    FROM certificate k CROSS JOIN LATERAL (
        SELECT j.n, j.at, j.trigger, j.body FROM journal j
        WHERE j.case_id = k.id AND j.trigger IN ('issue', 'suspend')
        ORDER BY j.n DESC LIMIT 1) h
    WHERE c.id = k.id AND k.state IN ('suspended', 'revoked', 'expired')
        AND NOT EXISTS (SELECT FROM journal l WHERE l.case_id = k.id AND l.n > h.n
            AND l.trigger IN ('activate', 'confirm_signature'));
CREATE INDEX ix_certificate_listed ON certificate (id)
    WHERE suspended_at IS NOT NULL OR state = 'revoked';
UPDATE certificate SET ends_on = ends_on - 1
    WHERE ends_on = (not_after AT TIME ZONE 'Europe/Istanbul')::date
        AND (not_after AT TIME ZONE 'Europe/Istanbul')::time = '00:00:00';
UPDATE application a SET old_ends_on = o.ends_on FROM certificate o
    WHERE o.id = a.old_certificate_id AND a.old_ends_on = o.ends_on + 1
        AND (o.not_after AT TIME ZONE 'Europe/Istanbul')::time = '00:00:00'
"""

_DOWN = """
DROP INDEX ix_certificate_listed;
ALTER TABLE certificate DROP CONSTRAINT ck_certificate_suspended_by, DROP COLUMN ends_at,
    DROP COLUMN replaces_id, DROP COLUMN suspended_by, DROP COLUMN suspended_at
"""


def upgrade() -> None:
    """Add what this step adds."""
    op.execute(_UP)


def downgrade() -> None:
    """Remove what this step added, with everything in it."""
    op.execute(_DOWN)
