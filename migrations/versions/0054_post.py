"""Messages leave the house: by which channel, whose turn it is, and each try on record.

What was written before there was a post stays where it can be read and is not sent any more.
"""

from __future__ import annotations

from alembic import op

from migrations.gently import build_index, write_in_batches

revision = "0054"
down_revision = "0053"
compatible = True

# Older code names neither channel nor lane: what it writes goes out with the others.
_UP = """
ALTER TABLE notice ADD COLUMN IF NOT EXISTS channel TEXT DEFAULT 'email' NOT NULL;
ALTER TABLE notice ADD COLUMN IF NOT EXISTS lane SMALLINT DEFAULT 1 NOT NULL;
ALTER TABLE notice ADD COLUMN IF NOT EXISTS due_at TIMESTAMP WITH TIME ZONE
    DEFAULT '2000-01-01 00:00:00+00' NOT NULL;
ALTER TABLE notice ALTER COLUMN state SET DEFAULT 'written';
CREATE TABLE IF NOT EXISTS notice_try (
    notice_id BIGINT NOT NULL,
    n INTEGER NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    channel TEXT NOT NULL,
    outcome TEXT NOT NULL,
    words TEXT NOT NULL,
    to_mark TEXT NOT NULL,
    CONSTRAINT pk_notice_try PRIMARY KEY (notice_id, n),
    CONSTRAINT fk_notice_try_notice_id FOREIGN KEY (notice_id) REFERENCES notice (id)
);
CREATE INDEX IF NOT EXISTS ix_notice_try_at ON notice_try (channel, at);
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON notice_try
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE notice_try ENABLE ALWAYS TRIGGER append_only;
GRANT SELECT, INSERT ON notice_try TO nes_app
"""

_OLD = "UPDATE notice SET state = 'not_sent' WHERE state = 'waiting' AND id >= :low AND id < :high"

_DOWN = """
DROP TABLE notice_try;
DROP INDEX ix_notice_to_send;
DROP INDEX ix_notice_bounced;
ALTER TABLE notice ALTER COLUMN state SET DEFAULT 'waiting';
UPDATE notice SET state = CASE WHEN state IN ('written', 'not_sent') THEN 'waiting' ELSE 'sent' END;
ALTER TABLE notice DROP COLUMN channel, DROP COLUMN lane, DROP COLUMN due_at
"""


def upgrade() -> None:
    """Add columns and table, then the state of what was never sent, batch by batch."""
    op.execute(_UP)
    write_in_batches("notice", _OLD)
    build_index("ix_notice_to_send", "notice (channel, lane, due_at, id) WHERE state = 'written'")
    build_index("ix_notice_bounced", "notice (id) WHERE state = 'bounced'")


def downgrade() -> None:
    """Remove what this step added; whatever was not handed over waits, as before."""
    op.execute(_DOWN)
