"""What couriers tell of parcels is kept, each event once."""

from __future__ import annotations

from alembic import op

revision = "0052"
down_revision = "0051"
compatible = True

_UP = """
CREATE TABLE courier_event (
    key BYTEA NOT NULL,
    event_id TEXT,
    parcel_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    reason TEXT,
    actor TEXT NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_courier_event PRIMARY KEY (key),
    CONSTRAINT uq_courier_event_event_id UNIQUE (event_id),
    CONSTRAINT fk_courier_event_parcel_id FOREIGN KEY (parcel_id) REFERENCES parcel (id)
);
CREATE INDEX ix_courier_event_parcel_id ON courier_event (parcel_id, at);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON courier_event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE courier_event ENABLE ALWAYS TRIGGER append_only;
GRANT SELECT, INSERT ON courier_event TO nes_app
"""


def upgrade() -> None:
    """Add the table; what was told before it stands in the journal alone."""
    op.execute(_UP)


def downgrade() -> None:
    """Remove it with everything in it."""
    op.execute("DROP TABLE courier_event")
