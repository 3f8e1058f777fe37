"""What is published of each certificate, encoded once, and a mark for each change of it.

A list was drawn anew from all records for every change. From now on a change leaves a mark in its
own transaction, and one list takes in all that are marked.
"""

from __future__ import annotations

from alembic import op

from migrations.gently import write_in_batches

revision = "0044"
down_revision = "0043"
compatible = True

_UP = """
ALTER TABLE revocation_list ADD COLUMN IF NOT EXISTS entries BIGINT;
CREATE TABLE IF NOT EXISTS revocation_status (
    serial TEXT COLLATE "C" NOT NULL,
    entry BYTEA,
    CONSTRAINT pk_revocation_status PRIMARY KEY (serial)
);
CREATE INDEX IF NOT EXISTS ix_revocation_status_listed ON revocation_status (serial)
    WHERE entry IS NOT NULL;
CREATE TABLE IF NOT EXISTS revocation_change (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    certificate_id BIGINT NOT NULL,
    urgent BOOLEAN DEFAULT false NOT NULL,
    CONSTRAINT pk_revocation_change PRIMARY KEY (id)
);
CREATE INDEX IF NOT EXISTS ix_revocation_change_certificate_id
    ON revocation_change (certificate_id);
CREATE INDEX IF NOT EXISTS ix_revocation_change_urgent ON revocation_change (id) WHERE urgent;
CREATE OR REPLACE FUNCTION mark_status() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO revocation_change (certificate_id) VALUES (NEW.id);
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER mark_new_status AFTER INSERT ON certificate
    FOR EACH ROW WHEN (NEW.seen = 'made') EXECUTE FUNCTION mark_status();
ALTER TABLE certificate ENABLE ALWAYS TRIGGER mark_new_status;
CREATE OR REPLACE TRIGGER mark_status AFTER UPDATE OF
    serial, state, suspended_at, revoked_at, revocation_reason, der, seen ON certificate
    FOR EACH ROW WHEN (NEW.seen = 'made' AND (
        NEW.serial, NEW.state, NEW.suspended_at, NEW.revoked_at, NEW.revocation_reason,
        NEW.der IS NULL, NEW.seen
    ) IS DISTINCT FROM (
        OLD.serial, OLD.state, OLD.suspended_at, OLD.revoked_at, OLD.revocation_reason,
        OLD.der IS NULL, OLD.seen
    )) EXECUTE FUNCTION mark_status();
ALTER TABLE certificate ENABLE ALWAYS TRIGGER mark_status;
GRANT SELECT, INSERT, UPDATE, DELETE ON revocation_status, revocation_change TO nes_app
"""
_DOWN = """
DROP TRIGGER mark_status ON certificate;
DROP TRIGGER mark_new_status ON certificate;
DROP FUNCTION mark_status();
DROP TABLE revocation_change;
DROP TABLE revocation_status;
ALTER TABLE revocation_list DROP COLUMN entries
"""

_MADE = "der IS NOT NULL AND seen = 'made' AND id >= :low AND id < :high"
_LISTED = "(suspended_at IS NOT NULL OR state = 'revoked')"
_IN_FORCE = f"""
INSERT INTO revocation_status (serial)
SELECT serial FROM certificate WHERE {_MADE} AND NOT {_LISTED}
ON CONFLICT DO NOTHING
"""  # noqa: S608 - ours

# What these say on a list is encoded by the first one who makes a list.
_TO_LIST = f"""
INSERT INTO revocation_change (certificate_id)
SELECT id FROM certificate WHERE {_MADE} AND {_LISTED}
"""  # noqa: S608 - ours


def upgrade() -> None:
    """Mark changes from now on, then take in what is there already, while people work."""
    op.execute(_UP)
    write_in_batches("certificate", _IN_FORCE)
    write_in_batches("certificate", _TO_LIST)


def downgrade() -> None:
    """Draw the lists from all records again."""
    op.execute(_DOWN)
