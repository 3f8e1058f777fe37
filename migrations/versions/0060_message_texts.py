"""Texts of messages get later revisions, and a message names the one it was written by."""

from __future__ import annotations

from alembic import op

revision = "0060"
down_revision = "0059"
compatible = True

_CASE = """
    id BIGINT DEFAULT nextval('case_id') NOT NULL,
    state TEXT NOT NULL,
    version INTEGER NOT NULL,
    head BYTEA NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE,
    entered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    definition TEXT NOT NULL
"""

_WORDING = """
    subject_tr TEXT NOT NULL,
    body_tr TEXT NOT NULL,
    subject_en TEXT NOT NULL,
    body_en TEXT NOT NULL
"""

_UP = f"""
CREATE TABLE text_change (
    reference TEXT GENERATED ALWAYS AS (
        'M' || lpad(id::text, greatest(9, length(id::text)), '0')) STORED NOT NULL,
    code TEXT NOT NULL,
    revision INTEGER NOT NULL,
    {_WORDING},
    in_force_on DATE NOT NULL,
    person_id BIGINT,
    {_CASE},
    CONSTRAINT pk_text_change PRIMARY KEY (id),
    CONSTRAINT ck_text_change_revision CHECK (revision > 1),
    CONSTRAINT fk_text_change_person_id FOREIGN KEY(person_id) REFERENCES person (id),
    CONSTRAINT fk_text_change_definition FOREIGN KEY(definition) REFERENCES definition (sha256)
);
CREATE INDEX ix_text_change_due ON text_change (state, due_at, id) WHERE due_at IS NOT NULL;
CREATE UNIQUE INDEX ix_text_change_open ON text_change (code) WHERE state = 'proposed';

CREATE TABLE message_text (
    code TEXT NOT NULL,
    revision INTEGER NOT NULL,
    change_id BIGINT NOT NULL,
    in_force_on DATE NOT NULL,
    {_WORDING},
    CONSTRAINT pk_message_text PRIMARY KEY (code, revision),
    CONSTRAINT uq_message_text_change_id UNIQUE (change_id),
    CONSTRAINT fk_message_text_change_id FOREIGN KEY(change_id) REFERENCES text_change (id)
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON message_text
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE message_text ENABLE ALWAYS TRIGGER append_only;

GRANT SELECT, INSERT, UPDATE ON text_change TO nes_app;
GRANT SELECT, INSERT ON message_text TO nes_app;

ALTER TABLE notice ADD COLUMN revision INTEGER;
ALTER TABLE notice ADD COLUMN language TEXT DEFAULT 'tr' NOT NULL
"""

_DOWN = """
ALTER TABLE notice DROP COLUMN revision, DROP COLUMN language;
DROP TABLE message_text;
DROP TABLE text_change
"""


def upgrade() -> None:
    """Add the two tables, and two columns of a message; older ones name no revision."""
    op.execute(_UP)


def downgrade() -> None:
    """Remove them; only the texts in files are left."""
    op.execute(_DOWN)
