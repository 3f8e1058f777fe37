"""Uploads of staff lists, rehearsed and entered by the worker, with their rows sealed."""

from __future__ import annotations

from alembic import op

revision = "0024"
down_revision = "0023"

# Each row is written two or three times (made, run, emptied), so its pages keep room for that.
_UP = """
CREATE TABLE staff_upload (
    id BIGSERIAL NOT NULL,
    actor TEXT NOT NULL,
    auth TEXT NOT NULL,
    person_id BIGINT,
    within TEXT COLLATE "C" NOT NULL,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    file_renewals BOOLEAN NOT NULL,
    state TEXT NOT NULL,
    why TEXT,
    total INTEGER NOT NULL,
    done INTEGER DEFAULT '0' NOT NULL,
    persons INTEGER DEFAULT '0' NOT NULL,
    known_persons INTEGER DEFAULT '0' NOT NULL,
    certificates INTEGER DEFAULT '0' NOT NULL,
    known_certificates INTEGER DEFAULT '0' NOT NULL,
    renewals INTEGER DEFAULT '0' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE,
    finished_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_staff_upload PRIMARY KEY (id),
    CONSTRAINT fk_staff_upload_person_id FOREIGN KEY (person_id) REFERENCES person (id)
);
CREATE INDEX ix_staff_upload_actor_id ON staff_upload (actor, id);
CREATE INDEX ix_staff_upload_open ON staff_upload (id)
    WHERE state = ANY (ARRAY['rehearsing'::text, 'running'::text]);
CREATE TABLE staff_upload_row (
    id BIGSERIAL NOT NULL,
    upload_id BIGINT NOT NULL,
    number INTEGER NOT NULL,
    content BYTEA,
    outcome TEXT,
    reason TEXT,
    left_out TEXT,
    CONSTRAINT pk_staff_upload_row PRIMARY KEY (id),
    CONSTRAINT fk_staff_upload_row_upload_id FOREIGN KEY (upload_id) REFERENCES staff_upload (id)
) WITH (fillfactor = 50);
CREATE UNIQUE INDEX ix_staff_upload_row_number ON staff_upload_row (upload_id, number);
GRANT SELECT, INSERT, UPDATE ON staff_upload, staff_upload_row TO nes_app;
GRANT USAGE, SELECT ON SEQUENCE staff_upload_id_seq, staff_upload_row_id_seq TO nes_app
"""

_DOWN = """
DROP TABLE staff_upload_row;
DROP TABLE staff_upload
"""


def upgrade() -> None:
    """Add what this step adds."""
    op.execute(_UP)


def downgrade() -> None:
    """Remove what this step added."""
    op.execute(_DOWN)
