"""Stations make cards in a production room: who they are, and which order each of them took."""

from __future__ import annotations

from alembic import op

revision = "0048"
down_revision = "0047"
compatible = True

_UP = """
CREATE TABLE station (
    id BIGSERIAL NOT NULL,
    name TEXT NOT NULL,
    secret_hash BYTEA NOT NULL,
    added_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    last_seen_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_station PRIMARY KEY (id),
    CONSTRAINT uq_station_name UNIQUE (name),
    CONSTRAINT uq_station_secret_hash UNIQUE (secret_hash)
);
CREATE TABLE station_order (
    certificate_id BIGINT NOT NULL,
    station_id BIGINT NOT NULL,
    taken_at TIMESTAMP WITH TIME ZONE NOT NULL,
    lease_until TIMESTAMP WITH TIME ZONE NOT NULL,
    attempts INTEGER DEFAULT 1 NOT NULL,
    key_sha256 TEXT,
    handed_in_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_station_order PRIMARY KEY (certificate_id),
    CONSTRAINT fk_station_order_certificate_id
        FOREIGN KEY (certificate_id) REFERENCES certificate (id),
    CONSTRAINT fk_station_order_station_id FOREIGN KEY (station_id) REFERENCES station (id)
);
CREATE INDEX ix_station_order_open ON station_order (station_id) WHERE handed_in_at IS NULL;
GRANT SELECT, INSERT, UPDATE ON station, station_order TO nes_app;
GRANT USAGE, SELECT ON SEQUENCE station_id_seq TO nes_app
"""


def upgrade() -> None:
    """Add what this step adds."""
    op.execute(_UP)


def downgrade() -> None:
    """Remove what this step added."""
    op.execute("DROP TABLE station_order; DROP TABLE station")
