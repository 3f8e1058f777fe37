"""The marker of the installation, append-only: which keys are its own."""

from __future__ import annotations

from alembic import op

revision = "0022"
down_revision = "0021"

_UP = """
CREATE TABLE own_key (
    id BIGSERIAL NOT NULL,
    role TEXT NOT NULL,
    key_sha256 TEXT NOT NULL,
    certificate_sha256 TEXT NOT NULL,
    noted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    noted_by TEXT NOT NULL,
    CONSTRAINT pk_own_key PRIMARY KEY (id),
    CONSTRAINT ck_own_key_role CHECK (role IN ('root', 'issuing', 'responder', 'stamper', 'seal')),
    CONSTRAINT ck_own_key_key_sha256 CHECK (key_sha256 ~ '^[0-9a-f]{64}$'),
    CONSTRAINT ck_own_key_certificate_sha256 CHECK (certificate_sha256 ~ '^[0-9a-f]{64}$')
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON own_key
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE own_key ENABLE ALWAYS TRIGGER append_only;
GRANT SELECT, INSERT ON own_key TO nes_app;
GRANT USAGE, SELECT ON SEQUENCE own_key_id_seq TO nes_app
"""


def upgrade() -> None:
    """Add what this step adds."""
    op.execute(_UP)


def downgrade() -> None:
    """Remove what this step added, with everything in it."""
    op.execute("DROP TABLE own_key")
