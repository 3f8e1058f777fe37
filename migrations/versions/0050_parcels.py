"""Parcels and the lists on which they are scanned out of the house, each a case of its own.

What waits for the courier has a day by which an operator has to act.
"""

from __future__ import annotations

from alembic import op

revision = "0050"
down_revision = "0049"
compatible = True

_UP = """
CREATE TABLE handover (
    reference TEXT GENERATED ALWAYS AS (
        'L' || lpad(id::text, greatest(9, length(id::text)), '0')) STORED NOT NULL,
    person_id BIGINT,
    begun_on DATE,
    scanned INTEGER DEFAULT 0 NOT NULL,
    id BIGINT DEFAULT nextval('case_id') NOT NULL,
    state TEXT NOT NULL,
    version INTEGER NOT NULL,
    head BYTEA NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE,
    entered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    definition TEXT NOT NULL,
    CONSTRAINT pk_handover PRIMARY KEY (id),
    CONSTRAINT fk_handover_person_id FOREIGN KEY (person_id) REFERENCES person (id),
    CONSTRAINT fk_handover_definition FOREIGN KEY (definition) REFERENCES definition (sha256)
);
CREATE INDEX ix_handover_due ON handover (state, due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX ix_handover_begun_on ON handover (begun_on, id);
CREATE TABLE parcel (
    reference TEXT GENERATED ALWAYS AS (
        'P' || lpad(id::text, greatest(9, length(id::text)), '0')) STORED NOT NULL,
    person_id BIGINT NOT NULL,
    application_id BIGINT NOT NULL,
    chip_card_id BIGINT,
    tracking_number TEXT NOT NULL,
    handover_id BIGINT,
    attempts INTEGER DEFAULT 0 NOT NULL,
    id BIGINT DEFAULT nextval('case_id') NOT NULL,
    state TEXT NOT NULL,
    version INTEGER NOT NULL,
    head BYTEA NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE,
    entered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    definition TEXT NOT NULL,
    CONSTRAINT pk_parcel PRIMARY KEY (id),
    CONSTRAINT uq_parcel_tracking_number UNIQUE (tracking_number),
    CONSTRAINT fk_parcel_person_id FOREIGN KEY (person_id) REFERENCES person (id),
    CONSTRAINT fk_parcel_application_id FOREIGN KEY (application_id) REFERENCES application (id),
    CONSTRAINT fk_parcel_chip_card_id FOREIGN KEY (chip_card_id) REFERENCES chip_card (id),
    CONSTRAINT fk_parcel_handover_id FOREIGN KEY (handover_id) REFERENCES handover (id),
    CONSTRAINT fk_parcel_definition FOREIGN KEY (definition) REFERENCES definition (sha256)
);
CREATE INDEX ix_parcel_due ON parcel (state, due_at, id) WHERE due_at IS NOT NULL;
CREATE UNIQUE INDEX ix_parcel_application_id ON parcel
    (application_id, (id * (state <> ALL (ARRAY['booked', 'handed_over']))::integer));
CREATE INDEX ix_parcel_handover_id ON parcel (handover_id) WHERE handover_id IS NOT NULL;
GRANT SELECT, INSERT, UPDATE ON parcel, handover TO nes_app
"""

_DOWN = """
DROP TABLE parcel;
DROP TABLE handover
"""

_DEADLINE = """
CREATE OR REPLACE FUNCTION reckon_application() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.deadline := {deadline};
    RETURN NEW;
END $$
"""
_RECKONED = """
coalesce(least(
    CASE WHEN NEW.state IN ('draft', 'e_imza', 'wet_signature', 'in_person', 'courier_returned',
            'returned_to_applicant', 'paper_received', 'in_review', 'production_stopped',
            'not_booked', {booked}'courier_silent', 'recalled', 'delivery_contested')
        THEN timezone('Europe/Istanbul', NEW.due_at)::date
        WHEN NEW.state = 'queued'
        THEN timezone('Europe/Istanbul', NEW.entered_at)::date + 2 END,
    NEW.old_ends_on), DATE '9999-12-31')
"""


def upgrade() -> None:
    """Add both tables; no case stands in the new state yet."""
    op.execute(_UP)
    op.execute(_DEADLINE.format(deadline=_RECKONED.format(booked="'booked', ")))


def downgrade() -> None:
    """Remove both with everything in them."""
    op.execute(_DEADLINE.format(deadline=_RECKONED.format(booked="")))
    op.execute(_DOWN)
