"""The stock: boxes of blank cards, and each physical card a case of its own.

What was personalised before has no physical card on record, and none is invented for it.
"""

from __future__ import annotations

from alembic import op

revision = "0049"
down_revision = "0048"
compatible = True

_CASE = """
    id BIGINT DEFAULT nextval('case_id') NOT NULL,
    state TEXT NOT NULL,
    version INTEGER NOT NULL,
    head BYTEA NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE,
    entered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    definition TEXT NOT NULL
"""

_UP = f"""
CREATE TABLE card_box (
    reference TEXT GENERATED ALWAYS AS (
        'T' || lpad(id::text, greatest(9, length(id::text)), '0')) STORED NOT NULL,
    name TEXT NOT NULL,
    maker TEXT NOT NULL,
    first_number TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    numbers TEXT[] NOT NULL,
    person_id BIGINT,
    {_CASE},
    CONSTRAINT pk_card_box PRIMARY KEY (id),
    CONSTRAINT uq_card_box_name UNIQUE (name),
    CONSTRAINT ck_card_box_quantity CHECK (quantity BETWEEN 1 AND 1000),
    CONSTRAINT ck_card_box_numbers CHECK (cardinality(numbers) = quantity),
    CONSTRAINT fk_card_box_person_id FOREIGN KEY(person_id) REFERENCES person (id),
    CONSTRAINT fk_card_box_definition FOREIGN KEY(definition) REFERENCES definition (sha256)
);
CREATE INDEX ix_card_box_due ON card_box (state, due_at, id) WHERE due_at IS NOT NULL;

CREATE TABLE chip_card (
    reference TEXT GENERATED ALWAYS AS (
        'C' || lpad(id::text, greatest(9, length(id::text)), '0')) STORED NOT NULL,
    number TEXT NOT NULL,
    box_id BIGINT NOT NULL,
    position INTEGER NOT NULL,
    card_id BIGINT,
    person_id BIGINT,
    {_CASE},
    CONSTRAINT pk_chip_card PRIMARY KEY (id),
    CONSTRAINT uq_chip_card_number UNIQUE (number),
    CONSTRAINT uq_chip_card_box_id_position UNIQUE (box_id, position),
    CONSTRAINT uq_chip_card_card_id UNIQUE (card_id),
    CONSTRAINT ck_chip_card_used CHECK (card_id IS NOT NULL OR state IN
        ('new', 'in_stock', 'reserved', 'spoilt', 'to_be_destroyed', 'destroyed', 'lost')),
    CONSTRAINT fk_chip_card_box_id FOREIGN KEY(box_id) REFERENCES card_box (id),
    CONSTRAINT fk_chip_card_card_id FOREIGN KEY(card_id) REFERENCES card (id),
    CONSTRAINT fk_chip_card_person_id FOREIGN KEY(person_id) REFERENCES person (id),
    CONSTRAINT fk_chip_card_definition FOREIGN KEY(definition) REFERENCES definition (sha256)
);
CREATE INDEX ix_chip_card_due ON chip_card (state, due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX ix_chip_card_blank ON chip_card (box_id, position) WHERE state = 'in_stock';
CREATE INDEX ix_chip_card_spoilt ON chip_card (state, id)
    WHERE state IN ('spoilt', 'to_be_destroyed');

GRANT SELECT, INSERT, UPDATE ON card_box, chip_card TO nes_app
"""

_DOWN = """
DROP TABLE chip_card;
DROP TABLE card_box
"""


def upgrade() -> None:
    """Add the two tables."""
    op.execute(_UP)


def downgrade() -> None:
    """Remove them, with everything in them."""
    op.execute(_DOWN)
