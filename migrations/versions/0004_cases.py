"""The four case tables and the cards."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"

_UP = """
CREATE TABLE card (
    id BIGSERIAL NOT NULL,
    serial TEXT NOT NULL,
    maker TEXT NOT NULL,
    status TEXT NOT NULL,
    pin_sealed BYTEA,
    so_pin_sealed BYTEA,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_card PRIMARY KEY (id),
    CONSTRAINT ck_card_status
        CHECK (status in ('reserved', 'made', 'void', 'destroyed')),
    CONSTRAINT uq_card_serial UNIQUE (serial)
);

CREATE TABLE application (
    reference TEXT GENERATED ALWAYS AS (
        'B' || lpad(id::text, greatest(9, length(id::text)), '0')) STORED NOT NULL,
    kind TEXT NOT NULL,
    method TEXT,
    person_id BIGINT NOT NULL,
    institution_id BIGINT,
    old_certificate_id BIGINT,
    certificate_id BIGINT,
    production_opens_on DATE,
    window_from DATE,
    form_sha256 TEXT,
    delivery_address TEXT,
    paper JSONB,
    tracking_number TEXT,
    couriered_at TIMESTAMP WITH TIME ZONE,
    assignee_id BIGINT,
    id BIGINT DEFAULT nextval('case_id') NOT NULL,
    state TEXT NOT NULL,
    version INTEGER NOT NULL,
    head BYTEA NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE,
    entered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    definition TEXT NOT NULL,
    CONSTRAINT pk_application PRIMARY KEY (id),
    CONSTRAINT fk_application_person_id FOREIGN KEY(person_id)
        REFERENCES person (id),
    CONSTRAINT fk_application_institution_id FOREIGN KEY(institution_id)
        REFERENCES institution (id),
    CONSTRAINT fk_application_form_sha256 FOREIGN KEY(form_sha256)
        REFERENCES document (sha256),
    CONSTRAINT fk_application_assignee_id FOREIGN KEY(assignee_id)
        REFERENCES office_user (id),
    CONSTRAINT fk_application_definition FOREIGN KEY(definition)
        REFERENCES definition (sha256)
);

CREATE INDEX ix_application_due ON application (state, due_at, id)
    WHERE due_at IS NOT NULL;

CREATE INDEX ix_application_institution_id ON application (institution_id);

CREATE INDEX ix_application_list ON application (state, production_opens_on, id);

CREATE INDEX ix_application_old_certificate_id ON application (old_certificate_id);

CREATE UNIQUE INDEX ix_application_open ON application (person_id, kind)
    WHERE state NOT IN ('delivered', 'rejected', 'cancelled', 'expired', 'lost');

CREATE INDEX ix_application_person_id ON application (person_id);

CREATE TABLE certificate (
    reference TEXT GENERATED ALWAYS AS (
        'S' || lpad(id::text, greatest(9, length(id::text)), '0')) STORED NOT NULL,
    person_id BIGINT NOT NULL,
    application_id BIGINT,
    card_id BIGINT,
    serial TEXT NOT NULL,
    issuer TEXT,
    not_before TIMESTAMP WITH TIME ZONE,
    not_after TIMESTAMP WITH TIME ZONE,
    ends_on DATE,
    der BYTEA,
    sha256 TEXT,
    activation_sha256 TEXT,
    revoked_at TIMESTAMP WITH TIME ZONE,
    revocation_reason TEXT,
    id BIGINT DEFAULT nextval('case_id') NOT NULL,
    state TEXT NOT NULL,
    version INTEGER NOT NULL,
    head BYTEA NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE,
    entered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    definition TEXT NOT NULL,
    CONSTRAINT pk_certificate PRIMARY KEY (id),
    CONSTRAINT ck_certificate_serial
        CHECK (serial ~ '^[1-9a-f][0-9a-f]*$'),
    CONSTRAINT fk_certificate_person_id FOREIGN KEY(person_id)
        REFERENCES person (id),
    CONSTRAINT fk_certificate_application_id FOREIGN KEY(application_id)
        REFERENCES application (id),
    CONSTRAINT uq_certificate_card_id UNIQUE (card_id),
    CONSTRAINT fk_certificate_card_id FOREIGN KEY(card_id)
        REFERENCES card (id),
    CONSTRAINT uq_certificate_serial UNIQUE (serial),
    CONSTRAINT uq_certificate_sha256 UNIQUE (sha256),
    CONSTRAINT fk_certificate_activation_sha256 FOREIGN KEY(activation_sha256)
        REFERENCES document (sha256),
    CONSTRAINT fk_certificate_definition FOREIGN KEY(definition)
        REFERENCES definition (sha256)
);

CREATE UNIQUE INDEX ix_certificate_application_id ON certificate (application_id)
    WHERE state <> 'void';

CREATE INDEX ix_certificate_due ON certificate (state, due_at, id)
    WHERE due_at IS NOT NULL;

CREATE INDEX ix_certificate_ends_on ON certificate (ends_on, id);

CREATE INDEX ix_certificate_person_id ON certificate (person_id);

CREATE TABLE consent (
    reference TEXT GENERATED ALWAYS AS (
        'O' || lpad(id::text, greatest(9, length(id::text)), '0')) STORED NOT NULL,
    person_id BIGINT NOT NULL,
    terms_version TEXT,
    document_sha256 TEXT,
    signature_id BIGINT,
    id BIGINT DEFAULT nextval('case_id') NOT NULL,
    state TEXT NOT NULL,
    version INTEGER NOT NULL,
    head BYTEA NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE,
    entered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    definition TEXT NOT NULL,
    CONSTRAINT pk_consent PRIMARY KEY (id),
    CONSTRAINT fk_consent_person_id FOREIGN KEY(person_id)
        REFERENCES person (id),
    CONSTRAINT fk_consent_terms_version FOREIGN KEY(terms_version)
        REFERENCES terms (version),
    CONSTRAINT fk_consent_document_sha256 FOREIGN KEY(document_sha256)
        REFERENCES document (sha256),
    CONSTRAINT fk_consent_signature_id FOREIGN KEY(signature_id)
        REFERENCES signature (id),
    CONSTRAINT fk_consent_definition FOREIGN KEY(definition)
        REFERENCES definition (sha256)
);

CREATE INDEX ix_consent_due ON consent (state, due_at, id)
    WHERE due_at IS NOT NULL;

CREATE UNIQUE INDEX ix_consent_in_force ON consent (person_id)
    WHERE state = 'in_force';

CREATE INDEX ix_consent_person_id ON consent (person_id);

CREATE TABLE code (
    reference TEXT GENERATED ALWAYS AS (
        'K' || lpad(id::text, greatest(9, length(id::text)), '0')) STORED NOT NULL,
    purpose TEXT NOT NULL,
    person_id BIGINT NOT NULL,
    target_workflow TEXT NOT NULL,
    target_case_id BIGINT NOT NULL,
    digest TEXT NOT NULL,
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
    CONSTRAINT pk_code PRIMARY KEY (id),
    CONSTRAINT fk_code_person_id FOREIGN KEY(person_id)
        REFERENCES person (id),
    CONSTRAINT fk_code_digest FOREIGN KEY(digest)
        REFERENCES document (sha256),
    CONSTRAINT fk_code_definition FOREIGN KEY(definition)
        REFERENCES definition (sha256)
);

CREATE INDEX ix_code_due ON code (state, due_at, id)
    WHERE due_at IS NOT NULL;

CREATE UNIQUE INDEX ix_code_live ON code (code_hash)
    WHERE state IN ('issued', 'claimed');

CREATE INDEX ix_code_person_id ON code (person_id)
    WHERE state IN ('issued', 'claimed');

ALTER TABLE application
    ADD CONSTRAINT fk_application_old_certificate_id FOREIGN KEY (old_certificate_id)
    REFERENCES certificate (id);

ALTER TABLE application
    ADD CONSTRAINT fk_application_certificate_id FOREIGN KEY (certificate_id)
    REFERENCES certificate (id);
"""

_DOWN = """
ALTER TABLE application DROP CONSTRAINT fk_application_old_certificate_id;
ALTER TABLE application DROP CONSTRAINT fk_application_certificate_id;
DROP TABLE code;
DROP TABLE consent;
DROP TABLE certificate;
DROP TABLE application;
DROP TABLE card;
"""


def upgrade() -> None:
    """Create the tables of this step."""
    op.execute(_UP)


def downgrade() -> None:
    """Remove what this step made, with everything in it."""
    op.execute(_DOWN)
