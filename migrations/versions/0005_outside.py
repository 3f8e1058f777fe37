"""What leaves the office: notices, shipments and revocation lists."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"

_UP = """
CREATE TABLE notice (
    id BIGSERIAL NOT NULL,
    key TEXT NOT NULL,
    case_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    template TEXT NOT NULL,
    subject TEXT NOT NULL,
    text TEXT NOT NULL,
    state TEXT DEFAULT 'waiting' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_notice PRIMARY KEY (id),
    CONSTRAINT uq_notice_key UNIQUE (key),
    CONSTRAINT fk_notice_person_id FOREIGN KEY(person_id)
        REFERENCES person (id)
);

CREATE INDEX ix_notice_case_id ON notice (case_id);

CREATE INDEX ix_notice_person_id ON notice (person_id);

CREATE TABLE shipment (
    key TEXT NOT NULL,
    case_id BIGINT NOT NULL,
    tracking_number TEXT NOT NULL,
    booked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_shipment PRIMARY KEY (key),
    CONSTRAINT uq_shipment_tracking_number UNIQUE (tracking_number)
);

CREATE TABLE revocation_list (
    number BIGINT NOT NULL,
    this_update TIMESTAMP WITH TIME ZONE NOT NULL,
    next_update TIMESTAMP WITH TIME ZONE NOT NULL,
    issuing BYTEA NOT NULL,
    root BYTEA NOT NULL,
    CONSTRAINT pk_revocation_list PRIMARY KEY (number)
);
"""

_DOWN = """
DROP TABLE revocation_list;
DROP TABLE shipment;
DROP TABLE notice;
"""


def upgrade() -> None:
    """Create the tables of this step."""
    op.execute(_UP)


def downgrade() -> None:
    """Remove what this step made, with everything in it."""
    op.execute(_DOWN)
