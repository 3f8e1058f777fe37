"""Frozen documents, the terms of the e-onay, signatures and the log of reads."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"

_UP = """
CREATE TABLE document (
    sha256 TEXT NOT NULL,
    kind TEXT NOT NULL,
    code TEXT NOT NULL,
    revision TEXT NOT NULL,
    media_type TEXT NOT NULL,
    content BYTEA NOT NULL,
    person_id BIGINT,
    verification_code TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_document PRIMARY KEY (sha256),
    CONSTRAINT ck_document_sha256
        CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    CONSTRAINT ck_document_verification_code
        CHECK (verification_code ~ '^[0-9a-f]{4}(-[0-9a-f]{4}){4}$'),
    CONSTRAINT fk_document_person_id FOREIGN KEY(person_id)
        REFERENCES person (id),
    CONSTRAINT uq_document_verification_code UNIQUE (verification_code)
);

CREATE INDEX ix_document_person_id ON document (person_id);

CREATE TABLE terms (
    version TEXT NOT NULL,
    text TEXT NOT NULL,
    valid_from TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_terms PRIMARY KEY (version),
    CONSTRAINT uq_terms_valid_from UNIQUE (valid_from)
);

CREATE TABLE signature (
    id BIGSERIAL NOT NULL,
    case_id BIGINT NOT NULL,
    document_sha256 TEXT NOT NULL,
    container BYTEA NOT NULL,
    container_sha256 TEXT NOT NULL,
    indication TEXT NOT NULL,
    sub_indication TEXT,
    policy TEXT NOT NULL,
    signer_sha256 TEXT NOT NULL,
    report JSONB NOT NULL,
    judged_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_signature PRIMARY KEY (id),
    CONSTRAINT fk_signature_document_sha256 FOREIGN KEY(document_sha256)
        REFERENCES document (sha256),
    CONSTRAINT uq_signature_container_sha256 UNIQUE (container_sha256)
);

CREATE INDEX ix_signature_case_id ON signature (case_id);

CREATE TABLE access_log (
    id BIGSERIAL NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT NOT NULL,
    person_id BIGINT,
    what TEXT NOT NULL,
    purpose TEXT NOT NULL,
    CONSTRAINT pk_access_log PRIMARY KEY (id),
    CONSTRAINT fk_access_log_person_id FOREIGN KEY(person_id)
        REFERENCES person (id)
);

CREATE INDEX ix_access_log_person_id ON access_log (person_id);
"""

_DOWN = """
DROP TABLE access_log;
DROP TABLE signature;
DROP TABLE terms;
DROP TABLE document;
"""


def upgrade() -> None:
    """Create the tables of this step."""
    op.execute(_UP)


def downgrade() -> None:
    """Remove what this step made, with everything in it."""
    op.execute(_DOWN)
