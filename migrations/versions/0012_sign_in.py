"""Sign-ins with the card: a case of its own that knows no person until the signature is in."""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"

_UP = """
CREATE TABLE sign_in (
    reference TEXT GENERATED ALWAYS AS (
        'G' || lpad(id::text, greatest(9, length(id::text)), '0')) STORED NOT NULL,
    person_id BIGINT,
    origin TEXT NOT NULL,
    nonce TEXT NOT NULL,
    code_hash BYTEA NOT NULL,
    session_hash BYTEA NOT NULL,
    secret_hash BYTEA,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    wrong_tries INTEGER DEFAULT '0' NOT NULL,
    id BIGINT DEFAULT nextval('case_id') NOT NULL,
    state TEXT NOT NULL,
    version INTEGER NOT NULL,
    head BYTEA NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE,
    entered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    definition TEXT NOT NULL,
    CONSTRAINT pk_sign_in PRIMARY KEY (id),
    CONSTRAINT fk_sign_in_person_id FOREIGN KEY(person_id)
        REFERENCES person (id),
    CONSTRAINT fk_sign_in_definition FOREIGN KEY(definition)
        REFERENCES definition (sha256)
);
CREATE INDEX ix_sign_in_due ON sign_in (state, due_at, id)
    WHERE due_at IS NOT NULL;
CREATE UNIQUE INDEX ix_sign_in_live ON sign_in (code_hash)
    WHERE state IN ('issued', 'claimed');
CREATE UNIQUE INDEX ix_sign_in_secret_hash ON sign_in (secret_hash);
CREATE INDEX ix_sign_in_session_hash ON sign_in (session_hash)
    WHERE state IN ('issued', 'claimed', 'signed');
GRANT SELECT, INSERT, UPDATE ON sign_in TO nes_app
"""

_DOWN = "DROP TABLE sign_in"


def upgrade() -> None:
    """Add what this step adds."""
    op.execute(_UP)


def downgrade() -> None:
    """Remove what this step added, with everything in it."""
    op.execute(_DOWN)
