"""The case numbers, the published definitions and the log."""

from __future__ import annotations

from alembic import op

revision = "0001"
down_revision = None

_UP = """
CREATE SEQUENCE case_id;

CREATE TABLE definition (
    sha256 TEXT NOT NULL,
    workflow TEXT NOT NULL,
    canonical TEXT NOT NULL,
    published_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_definition PRIMARY KEY (sha256)
);

CREATE TABLE journal (
    case_id BIGINT NOT NULL,
    n INTEGER NOT NULL,
    workflow TEXT NOT NULL,
    trigger TEXT NOT NULL,
    actor TEXT NOT NULL,
    batch TEXT,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    body TEXT NOT NULL,
    prev BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    xid BIGINT DEFAULT (pg_current_xact_id()::text)::bigint NOT NULL,
    CONSTRAINT pk_journal PRIMARY KEY (case_id, n)
);

CREATE INDEX ix_journal_at ON journal USING brin (at);

CREATE TABLE refused_attempt (
    id BIGSERIAL NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    case_id BIGINT,
    workflow TEXT NOT NULL,
    trigger TEXT NOT NULL,
    state TEXT,
    actor TEXT NOT NULL,
    role TEXT,
    code TEXT NOT NULL,
    params JSONB NOT NULL,
    batch TEXT,
    CONSTRAINT pk_refused_attempt PRIMARY KEY (id)
);

CREATE INDEX ix_refused_attempt_case_id ON refused_attempt (case_id);

CREATE TABLE sweep_run (
    id BIGSERIAL NOT NULL,
    as_of TIMESTAMP WITH TIME ZONE NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    finished_at TIMESTAMP WITH TIME ZONE,
    moved INTEGER DEFAULT '0' NOT NULL,
    refused INTEGER DEFAULT '0' NOT NULL,
    counts JSONB DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT pk_sweep_run PRIMARY KEY (id)
);
"""

_DOWN = """
DROP TABLE sweep_run;
DROP TABLE refused_attempt;
DROP TABLE journal;
DROP TABLE definition;
DROP SEQUENCE case_id;
"""


def upgrade() -> None:
    """Create the tables of this step."""
    op.execute(_UP)


def downgrade() -> None:
    """Remove what this step made, with everything in it."""
    op.execute(_DOWN)
