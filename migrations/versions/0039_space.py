"""What would grow for ever may be forgotten: runs, rows of batches and uploads, replaced lists.

Of the revocation lists the last one of each day stays for good, and all of the last 30 days: the
trigger lets no other hand than that rule at them, not the owner's either.
"""

from __future__ import annotations

from alembic import op

from migrations.gently import build_index

revision = "0039"
down_revision = "0038"
compatible = True

_UP = """
DROP TRIGGER append_only ON revocation_list;
CREATE TRIGGER no_change BEFORE UPDATE OR TRUNCATE ON revocation_list
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE revocation_list ENABLE ALWAYS TRIGGER no_change;
CREATE FUNCTION refuse_needed_list() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.next_update >= (SELECT max(this_update) FROM revocation_list) - interval '30 days'
        OR NOT EXISTS (SELECT FROM revocation_list l WHERE l.number > OLD.number
            AND timezone('UTC', l.this_update)::date = timezone('UTC', OLD.this_update)::date)
    THEN
        RAISE EXCEPTION 'DELETE of revocation_list refused: a day keeps its last list, and the '
            'last 30 days keep all' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER no_needed_list BEFORE DELETE ON revocation_list
    FOR EACH ROW EXECUTE FUNCTION refuse_needed_list();
ALTER TABLE revocation_list ENABLE ALWAYS TRIGGER no_needed_list;
GRANT DELETE ON revocation_list, sweep_run, batch_item, staff_upload_row, proof TO nes_app
"""
_DOWN = """
REVOKE DELETE ON revocation_list, sweep_run, batch_item, staff_upload_row, proof FROM nes_app;
DROP INDEX ix_revocation_list_this_update;
DROP TRIGGER no_needed_list ON revocation_list;
DROP FUNCTION refuse_needed_list();
DROP TRIGGER no_change ON revocation_list;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON revocation_list
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE revocation_list ENABLE ALWAYS TRIGGER append_only
"""


def upgrade() -> None:
    """Let what is declared in handlers/upkeep/purging.py be forgotten."""
    op.execute(_UP)
    build_index("ix_revocation_list_this_update", "revocation_list (this_update)")


def downgrade() -> None:
    """Keep everything again."""
    op.execute(_DOWN)
