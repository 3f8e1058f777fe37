"""Scans of paper, append-only, with their pages as we drew them."""

from __future__ import annotations

from alembic import op

revision = "0020"
down_revision = "0019"

_UP = """
CREATE TABLE scan (
    id BIGSERIAL NOT NULL,
    case_id BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    kind TEXT NOT NULL,
    media_type TEXT NOT NULL,
    pages INTEGER NOT NULL,
    content BYTEA NOT NULL,
    uploaded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    uploaded_by TEXT NOT NULL,
    CONSTRAINT pk_scan PRIMARY KEY (id),
    CONSTRAINT ck_scan_sha256 CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    CONSTRAINT uq_scan_case_id_sha256 UNIQUE (case_id, sha256)
);
CREATE TABLE scan_page (
    scan_id BIGINT NOT NULL,
    n INTEGER NOT NULL,
    picture BYTEA NOT NULL,
    small BYTEA NOT NULL,
    CONSTRAINT pk_scan_page PRIMARY KEY (scan_id, n),
    CONSTRAINT fk_scan_page_scan_id FOREIGN KEY(scan_id) REFERENCES scan (id)
)
"""

_APPEND_ONLY = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE {table} ENABLE ALWAYS TRIGGER append_only;
GRANT SELECT, INSERT ON {table} TO nes_app
"""


def upgrade() -> None:
    """Add what this step adds."""
    op.execute(_UP)
    for table in ("scan", "scan_page"):
        op.execute(_APPEND_ONLY.format(table=table))
    op.execute("GRANT USAGE, SELECT ON SEQUENCE scan_id_seq TO nes_app")


def downgrade() -> None:
    """Remove what this step added, with everything in it."""
    op.execute("DROP TABLE scan_page; DROP TABLE scan")
