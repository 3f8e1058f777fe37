"""Requests to be known here: of somebody on no staff list, or entered at the desk."""

from __future__ import annotations

from alembic import op

revision = "0063"
down_revision = "0062"
compatible = True

_UP = """
CREATE TABLE registration (
    reference TEXT GENERATED ALWAYS AS (
        'R' || lpad(id::text, greatest(9, length(id::text)), '0')) STORED NOT NULL,
    person_id BIGINT,
    institution_id BIGINT,
    tckn_hash BYTEA,
    tckn_sealed BYTEA,
    tckn_masked TEXT,
    given_name TEXT,
    surname TEXT,
    address TEXT,
    email TEXT,
    phone TEXT,
    id BIGINT DEFAULT nextval('case_id') NOT NULL,
    state TEXT NOT NULL,
    version INTEGER NOT NULL,
    head BYTEA NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE,
    entered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    definition TEXT NOT NULL,
    CONSTRAINT pk_registration PRIMARY KEY (id),
    CONSTRAINT fk_registration_person_id FOREIGN KEY(person_id) REFERENCES person (id),
    CONSTRAINT fk_registration_institution_id FOREIGN KEY(institution_id)
        REFERENCES institution (id),
    CONSTRAINT fk_registration_definition FOREIGN KEY(definition) REFERENCES definition (sha256)
);
CREATE INDEX ix_registration_due ON registration (state, due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX ix_registration_tckn_hash ON registration (tckn_hash, id);
CREATE UNIQUE INDEX ix_registration_open ON registration (tckn_hash) WHERE state = 'requested';
GRANT SELECT, INSERT, UPDATE ON registration TO nes_app
"""


def upgrade() -> None:
    """Add the table of requests."""
    op.execute(_UP)


def downgrade() -> None:
    """Remove what this step added."""
    op.execute("DROP TABLE registration")
