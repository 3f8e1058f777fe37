"""Institutions, persons and the users of the office."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"

_UP = """
CREATE TABLE institution (
    id BIGSERIAL NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    sort_key TEXT COLLATE "C" NOT NULL,
    parent_id BIGINT,
    path TEXT COLLATE "C" NOT NULL,
    CONSTRAINT pk_institution PRIMARY KEY (id),
    CONSTRAINT ck_institution_code
        CHECK (code ~ '^[A-Z0-9][A-Z0-9-]*$'),
    CONSTRAINT ck_institution_path
        CHECK (path like '/%/'),
    CONSTRAINT uq_institution_code UNIQUE (code),
    CONSTRAINT fk_institution_parent_id FOREIGN KEY(parent_id)
        REFERENCES institution (id),
    CONSTRAINT uq_institution_path UNIQUE (path)
);

CREATE INDEX ix_institution_parent_id ON institution (parent_id);

CREATE TABLE person (
    id BIGSERIAL NOT NULL,
    given_name TEXT NOT NULL,
    surname TEXT NOT NULL,
    sort_key TEXT COLLATE "C" NOT NULL,
    tckn_sealed BYTEA NOT NULL,
    tckn_hash BYTEA NOT NULL,
    tckn_masked TEXT NOT NULL,
    institution_id BIGINT,
    address TEXT,
    email TEXT,
    phone TEXT,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_person PRIMARY KEY (id),
    CONSTRAINT uq_person_tckn_hash UNIQUE (tckn_hash),
    CONSTRAINT fk_person_institution_id FOREIGN KEY(institution_id)
        REFERENCES institution (id)
);

CREATE INDEX ix_person_institution_id ON person (institution_id);

CREATE INDEX ix_person_sort_key ON person (sort_key, id);

CREATE TABLE office_user (
    id BIGSERIAL NOT NULL,
    name TEXT NOT NULL,
    sort_key TEXT COLLATE "C" NOT NULL,
    roles TEXT[] NOT NULL,
    person_id BIGINT,
    institution_id BIGINT,
    subject TEXT,
    active BOOLEAN DEFAULT true NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_office_user PRIMARY KEY (id),
    CONSTRAINT uq_office_user_person_id UNIQUE (person_id),
    CONSTRAINT fk_office_user_person_id FOREIGN KEY(person_id)
        REFERENCES person (id),
    CONSTRAINT fk_office_user_institution_id FOREIGN KEY(institution_id)
        REFERENCES institution (id),
    CONSTRAINT uq_office_user_subject UNIQUE (subject)
);
"""

_DOWN = """
DROP TABLE office_user;
DROP TABLE person;
DROP TABLE institution;
"""


def upgrade() -> None:
    """Create the tables of this step."""
    op.execute(_UP)


def downgrade() -> None:
    """Remove what this step made, with everything in it."""
    op.execute(_DOWN)
