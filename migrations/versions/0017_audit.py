"""The auditor's indexes, so that each of his filters walks one, and the proofs of the journal."""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision = "0016"

# A body that somebody has tampered with may be no JSON at all; one such row must not stop the pass
# over all the others, and PostgreSQL 15 has no test that asks first.
_SAID = """
CREATE FUNCTION journal_said(body TEXT) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN
    RETURN body::jsonb;
EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
    RETURN NULL;
END $$
"""

_UP = """
DROP INDEX ix_journal_at;
CREATE INDEX ix_journal_at ON journal (at, case_id, n);
CREATE INDEX ix_journal_actor ON journal (actor, trigger, at, case_id, n);
CREATE INDEX ix_journal_trigger ON journal (workflow, trigger, at, case_id, n);
CREATE INDEX ix_journal_batch ON journal (batch, at, case_id, n) WHERE batch IS NOT NULL;

CREATE INDEX ix_refused_attempt_at ON refused_attempt (at, id);
CREATE INDEX ix_refused_attempt_actor ON refused_attempt (actor, at, id);
CREATE INDEX ix_refused_attempt_trigger ON refused_attempt (workflow, trigger, at, id);
CREATE INDEX ix_refused_attempt_batch ON refused_attempt (batch, at, id) WHERE batch IS NOT NULL;

DROP INDEX ix_access_log_person_id;
CREATE INDEX ix_access_log_person_id ON access_log (person_id, at, id);
CREATE INDEX ix_access_log_at ON access_log (at, id);
CREATE INDEX ix_access_log_actor ON access_log (actor, at, id);

CREATE TABLE proof (
    id BIGSERIAL NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    asked_by TEXT NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE,
    finished_at TIMESTAMP WITH TIME ZONE,
    stage TEXT NOT NULL,
    total BIGINT DEFAULT '0' NOT NULL,
    done BIGINT DEFAULT '0' NOT NULL,
    cases BIGINT DEFAULT '0' NOT NULL,
    found BIGINT DEFAULT '0' NOT NULL,
    problems JSONB DEFAULT '[]'::jsonb NOT NULL,
    differences JSONB DEFAULT '[]'::jsonb NOT NULL,
    pinned JSONB DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT pk_proof PRIMARY KEY (id),
    CONSTRAINT ck_proof_stage CHECK (stage in ('waiting', 'chains', 'moves', 'done')),
    CONSTRAINT ck_proof_finished CHECK ((finished_at IS NULL) = (stage <> 'done'))
);
CREATE UNIQUE INDEX ix_proof_open ON proof ((finished_at IS NULL)) WHERE finished_at IS NULL;

GRANT USAGE, SELECT ON SEQUENCE proof_id_seq TO nes_app;
GRANT SELECT, INSERT, UPDATE ON proof TO nes_app
"""

_DOWN = """
DROP TABLE proof;

DROP INDEX ix_access_log_actor;
DROP INDEX ix_access_log_at;
DROP INDEX ix_access_log_person_id;
CREATE INDEX ix_access_log_person_id ON access_log (person_id);

DROP INDEX ix_refused_attempt_batch;
DROP INDEX ix_refused_attempt_trigger;
DROP INDEX ix_refused_attempt_actor;
DROP INDEX ix_refused_attempt_at;

DROP INDEX ix_journal_batch;
DROP INDEX ix_journal_trigger;
DROP INDEX ix_journal_actor;
DROP INDEX ix_journal_at;
CREATE INDEX ix_journal_at ON journal USING brin (at);

DROP FUNCTION journal_said(TEXT)
"""


def upgrade() -> None:
    """Add what this step adds."""
    op.execute(_SAID)
    op.execute(_UP)


def downgrade() -> None:
    """Remove what this step added, with everything in it."""
    op.execute(_DOWN)
