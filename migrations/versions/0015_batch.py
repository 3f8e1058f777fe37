"""Batches: a move wished for a fixed set of cases, and what came of each of them."""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"

# Each item is written three times (made, rehearsed, run), so its pages keep room for that.
_UP = """
CREATE TABLE batch (
    id BIGSERIAL NOT NULL,
    workflow TEXT NOT NULL,
    trigger TEXT NOT NULL,
    reason TEXT,
    actor TEXT NOT NULL,
    role TEXT NOT NULL,
    auth TEXT NOT NULL,
    person_id BIGINT,
    filter JSONB NOT NULL,
    state TEXT NOT NULL,
    why TEXT,
    total INTEGER NOT NULL,
    judged INTEGER DEFAULT '0' NOT NULL,
    moved INTEGER DEFAULT '0' NOT NULL,
    refused INTEGER DEFAULT '0' NOT NULL,
    failed INTEGER DEFAULT '0' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE,
    finished_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_batch PRIMARY KEY (id),
    CONSTRAINT fk_batch_person_id FOREIGN KEY (person_id) REFERENCES person (id)
);
CREATE INDEX ix_batch_actor_id ON batch (actor, id);
CREATE INDEX ix_batch_open ON batch (id)
    WHERE state = ANY (ARRAY['rehearsing'::text, 'running'::text]);
CREATE TABLE batch_item (
    batch_id BIGINT NOT NULL,
    case_id BIGINT NOT NULL,
    seen_version INTEGER NOT NULL,
    rehearsed TEXT,
    outcome TEXT,
    code TEXT,
    CONSTRAINT pk_batch_item PRIMARY KEY (batch_id, case_id),
    CONSTRAINT fk_batch_item_batch_id FOREIGN KEY (batch_id) REFERENCES batch (id)
) WITH (fillfactor = 40);
GRANT SELECT, INSERT, UPDATE ON batch, batch_item TO nes_app;
GRANT USAGE, SELECT ON SEQUENCE batch_id_seq TO nes_app
"""

_DOWN = """
DROP TABLE batch_item;
DROP TABLE batch
"""


def upgrade() -> None:
    """Add what this step adds."""
    op.execute(_UP)


def downgrade() -> None:
    """Remove what this step added, with everything in it."""
    op.execute(_DOWN)
