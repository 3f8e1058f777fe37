"""Sessions on the server, the log of sign-ins, counts of tries, and proposals of rights."""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"

_UP = """
CREATE TABLE web_session (
    key BYTEA NOT NULL,
    actor TEXT,
    role TEXT,
    auth TEXT,
    user_id BIGINT,
    person_id BIGINT,
    name TEXT,
    began TIMESTAMP WITH TIME ZONE NOT NULL,
    seen TIMESTAMP WITH TIME ZONE NOT NULL,
    ended TIMESTAMP WITH TIME ZONE,
    why TEXT,
    sealed BYTEA,
    CONSTRAINT pk_web_session PRIMARY KEY (key),
    CONSTRAINT fk_web_session_user_id FOREIGN KEY(user_id) REFERENCES office_user (id),
    CONSTRAINT fk_web_session_person_id FOREIGN KEY(person_id) REFERENCES person (id),
    CONSTRAINT ck_web_session_ended CHECK ((ended IS NULL) = (why IS NULL)),
    CONSTRAINT ck_web_session_actor CHECK ((actor IS NULL) = (role IS NULL))
);
CREATE INDEX ix_web_session_open ON web_session (actor)
    WHERE ended IS NULL AND actor IS NOT NULL;
CREATE INDEX ix_web_session_seen ON web_session (seen);

CREATE TABLE sign_in_log (
    id BIGSERIAL NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT,
    role TEXT,
    method TEXT NOT NULL,
    outcome TEXT NOT NULL,
    source TEXT,
    session TEXT,
    CONSTRAINT pk_sign_in_log PRIMARY KEY (id)
);
CREATE INDEX ix_sign_in_log_at ON sign_in_log (at, id);
CREATE INDEX ix_sign_in_log_actor_at ON sign_in_log (actor, at, id);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON sign_in_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE sign_in_log ENABLE ALWAYS TRIGGER append_only;

CREATE TABLE try_count (
    key BYTEA NOT NULL,
    tries INTEGER NOT NULL,
    ends TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_try_count PRIMARY KEY (key)
);
CREATE INDEX ix_try_count_ends ON try_count (ends);

CREATE TABLE role_grant (
    reference TEXT GENERATED ALWAYS AS (
        'Y' || lpad(id::text, greatest(9, length(id::text)), '0')) STORED NOT NULL,
    act TEXT NOT NULL,
    user_id BIGINT,
    person_id BIGINT,
    role TEXT,
    name TEXT,
    subject TEXT,
    institution_id BIGINT,
    id BIGINT DEFAULT nextval('case_id') NOT NULL,
    state TEXT NOT NULL,
    version INTEGER NOT NULL,
    head BYTEA NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE,
    entered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    definition TEXT NOT NULL,
    CONSTRAINT pk_role_grant PRIMARY KEY (id),
    CONSTRAINT ck_role_grant_act CHECK (act in ('open', 'role', 'close', 'reopen')),
    CONSTRAINT ck_role_grant_account CHECK (user_id IS NOT NULL OR act = 'open'),
    CONSTRAINT fk_role_grant_user_id FOREIGN KEY(user_id) REFERENCES office_user (id),
    CONSTRAINT fk_role_grant_person_id FOREIGN KEY(person_id) REFERENCES person (id),
    CONSTRAINT fk_role_grant_institution_id FOREIGN KEY(institution_id)
        REFERENCES institution (id),
    CONSTRAINT fk_role_grant_definition FOREIGN KEY(definition) REFERENCES definition (sha256)
);
CREATE INDEX ix_role_grant_due ON role_grant (state, due_at, id) WHERE due_at IS NOT NULL;
CREATE UNIQUE INDEX ix_role_grant_open ON role_grant (user_id) WHERE state = 'proposed';

GRANT USAGE, SELECT ON SEQUENCE sign_in_log_id_seq TO nes_app;
GRANT SELECT, INSERT ON sign_in_log TO nes_app;
GRANT SELECT, INSERT, UPDATE ON role_grant TO nes_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON web_session, try_count TO nes_app
"""

_DOWN = """
DROP TABLE role_grant;
DROP TABLE try_count;
DROP TABLE sign_in_log;
DROP TABLE web_session
"""


def upgrade() -> None:
    """Add what this step adds."""
    op.execute(_UP)


def downgrade() -> None:
    """Remove what this step added, with everything in it."""
    op.execute(_DOWN)
