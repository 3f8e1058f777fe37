"""The proposals to change whom the people of an institution ask for help."""

from __future__ import annotations

from alembic import op

revision = "0064"
down_revision = "0063"
compatible = True

_UP = """
CREATE TABLE support_change (
    reference TEXT GENERATED ALWAYS AS (
        'U' || lpad(id::text, greatest(9, length(id::text)), '0')) STORED NOT NULL,
    institution_id BIGINT NOT NULL,
    unit TEXT,
    phone TEXT,
    email TEXT,
    person_id BIGINT,
    id BIGINT DEFAULT nextval('case_id') NOT NULL,
    state TEXT NOT NULL,
    version INTEGER NOT NULL,
    head BYTEA NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE,
    entered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    definition TEXT NOT NULL,
    CONSTRAINT pk_support_change PRIMARY KEY (id),
    CONSTRAINT ck_support_change_reached
        CHECK (unit IS NULL OR phone IS NOT NULL OR email IS NOT NULL),
    CONSTRAINT fk_support_change_institution_id FOREIGN KEY(institution_id)
        REFERENCES institution (id),
    CONSTRAINT fk_support_change_person_id FOREIGN KEY(person_id) REFERENCES person (id),
    CONSTRAINT fk_support_change_definition FOREIGN KEY(definition) REFERENCES definition (sha256)
);
CREATE INDEX ix_support_change_due ON support_change (state, due_at, id)
    WHERE due_at IS NOT NULL;
CREATE INDEX ix_support_change_approved ON support_change (institution_id, id)
    WHERE state = 'approved';
CREATE UNIQUE INDEX ix_support_change_open ON support_change (institution_id)
    WHERE state = 'proposed';
GRANT SELECT, INSERT, UPDATE ON support_change TO nes_app
"""


def upgrade() -> None:
    """Add the table of proposals."""
    op.execute(_UP)


def downgrade() -> None:
    """Remove it."""
    op.execute("DROP TABLE support_change")
