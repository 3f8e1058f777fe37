"""How long what is kept: the journal of erasing, and people of whom nothing is left."""

from __future__ import annotations

from alembic import op

revision = "0032"
down_revision = "0031"

_UP = """
ALTER TABLE person ADD COLUMN erased_at TIMESTAMP WITH TIME ZONE;
CREATE TABLE erasure (
    id BIGSERIAL NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    rule TEXT NOT NULL,
    subject TEXT NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_erasure PRIMARY KEY (id),
    CONSTRAINT ck_erasure_rule CHECK (rule IN ('card_secrets', 'unused_person', 'ended_person'))
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON erasure
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE erasure ENABLE ALWAYS TRIGGER append_only;
GRANT SELECT, INSERT ON erasure TO nes_app;
GRANT USAGE, SELECT ON SEQUENCE erasure_id_seq TO nes_app
"""
_DOWN = """
DROP TABLE erasure;
ALTER TABLE person DROP COLUMN erased_at
"""


def upgrade() -> None:
    """Add what this step adds."""
    op.execute(_UP)


def downgrade() -> None:
    """Remove what this step added, with the journal of erasing."""
    op.execute(_DOWN)
