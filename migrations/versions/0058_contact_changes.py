"""Changes of name, e-mail, telephone and address are cases; messages to another address."""

from __future__ import annotations

from alembic import op

revision = "0058"
down_revision = "0057"
compatible = True

_UP = """
CREATE TABLE contact_change (
    reference TEXT GENERATED ALWAYS AS (
        'D' || lpad(id::text, greatest(9, length(id::text)), '0')) STORED NOT NULL,
    person_id BIGINT NOT NULL,
    field TEXT NOT NULL,
    sealed BYTEA,
    expires_at TIMESTAMP WITH TIME ZONE,
    misses INTEGER DEFAULT 0 NOT NULL,
    proof JSONB,
    id BIGINT DEFAULT nextval('case_id') NOT NULL,
    state TEXT NOT NULL,
    version INTEGER NOT NULL,
    head BYTEA NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE,
    entered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    definition TEXT NOT NULL,
    CONSTRAINT pk_contact_change PRIMARY KEY (id),
    CONSTRAINT ck_contact_change_field CHECK (field in ('email', 'phone', 'address', 'name')),
    CONSTRAINT fk_contact_change_person_id FOREIGN KEY (person_id) REFERENCES person (id),
    CONSTRAINT fk_contact_change_definition
        FOREIGN KEY (definition) REFERENCES definition (sha256)
);
CREATE INDEX ix_contact_change_due ON contact_change (state, due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX ix_contact_change_person_id ON contact_change (person_id, id);
CREATE UNIQUE INDEX ix_contact_change_open ON contact_change (person_id, field)
    WHERE state IN ('asked', 'proposed');
CREATE INDEX ix_contact_change_proposed ON contact_change (id) WHERE state = 'proposed';
GRANT SELECT, INSERT, UPDATE ON contact_change TO nes_app;
ALTER TABLE notice ADD COLUMN IF NOT EXISTS to_sealed BYTEA
"""

_DOWN = """
ALTER TABLE notice DROP COLUMN to_sealed;
DROP TABLE contact_change
"""


def upgrade() -> None:
    """Add what this step adds; older code sends no message to another address."""
    op.execute(_UP)


def downgrade() -> None:
    """Remove what this step added."""
    op.execute(_DOWN)
