"""Later forms of signatures: append-only like the signatures themselves, and when one is due."""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"

_UP = """
ALTER TABLE signature ADD COLUMN augment_at TIMESTAMP WITH TIME ZONE;
CREATE INDEX ix_signature_augment_at ON signature (augment_at);
CREATE TABLE augmentation (
    signature_id BIGINT NOT NULL REFERENCES signature (id),
    n INTEGER NOT NULL,
    level TEXT NOT NULL,
    container BYTEA NOT NULL,
    container_sha256 TEXT NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    augment_at TIMESTAMP WITH TIME ZONE NOT NULL,
    renew_before TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_augmentation PRIMARY KEY (signature_id, n),
    CONSTRAINT uq_augmentation_container_sha256 UNIQUE (container_sha256)
);
CREATE INDEX ix_augmentation_augment_at ON augmentation (augment_at);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON augmentation
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE augmentation ENABLE ALWAYS TRIGGER append_only;
GRANT SELECT, INSERT ON augmentation TO nes_app
"""

_DOWN = """
DROP TABLE augmentation;
DROP INDEX ix_signature_augment_at;
ALTER TABLE signature DROP COLUMN augment_at
"""


def upgrade() -> None:
    """Add what this step adds."""
    op.execute(_UP)


def downgrade() -> None:
    """Remove what this step added, with everything in it."""
    op.execute(_DOWN)
