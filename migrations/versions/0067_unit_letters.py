"""Letters of an institution to its units, what each unit gets, the register of numbers."""

from __future__ import annotations

from alembic import op

revision = "0067"
down_revision = "0066"
compatible = True

_LETTER = """
CREATE TABLE unit_letter (
    reference TEXT GENERATED ALWAYS AS (
        'Z' || lpad(id::text, greatest(9, length(id::text)), '0')) STORED NOT NULL,
    institution_id BIGINT NOT NULL,
    wording TEXT NOT NULL,
    subject TEXT NOT NULL,
    about TEXT,
    addition TEXT,
    contact_name TEXT NOT NULL,
    contact_phone TEXT,
    contact_email TEXT,
    person_id BIGINT,
    id BIGINT DEFAULT nextval('case_id') NOT NULL,
    state TEXT NOT NULL,
    version INTEGER NOT NULL,
    head BYTEA NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE,
    entered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    definition TEXT NOT NULL,
    CONSTRAINT pk_unit_letter PRIMARY KEY (id),
    CONSTRAINT fk_unit_letter_institution_id FOREIGN KEY(institution_id)
        REFERENCES institution (id),
    CONSTRAINT fk_unit_letter_person_id FOREIGN KEY(person_id) REFERENCES person (id),
    CONSTRAINT fk_unit_letter_definition FOREIGN KEY(definition) REFERENCES definition (sha256)
);
CREATE INDEX ix_unit_letter_due ON unit_letter (state, due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX ix_unit_letter_institution_id ON unit_letter (institution_id, id);
CREATE INDEX ix_unit_letter_sending ON unit_letter (id) WHERE state = 'approved';
GRANT SELECT, INSERT, UPDATE ON unit_letter TO nes_app
"""

_COPY = """
CREATE TABLE unit_letter_copy (
    letter_id BIGINT NOT NULL,
    institution_id BIGINT NOT NULL,
    place INTEGER NOT NULL,
    purpose TEXT NOT NULL,
    outcome TEXT,
    people INTEGER,
    list_sha256 TEXT,
    sheet_sha256 TEXT,
    made_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_unit_letter_copy PRIMARY KEY (letter_id, institution_id),
    CONSTRAINT ck_unit_letter_copy_purpose CHECK (purpose in ('action', 'info')),
    CONSTRAINT ck_unit_letter_copy_outcome CHECK (
        outcome is null or (made_at is not null and outcome in ('sent', 'unread', 'closed'))),
    CONSTRAINT fk_unit_letter_copy_letter_id FOREIGN KEY(letter_id) REFERENCES unit_letter (id),
    CONSTRAINT fk_unit_letter_copy_institution_id FOREIGN KEY(institution_id)
        REFERENCES institution (id),
    CONSTRAINT fk_unit_letter_copy_list_sha256 FOREIGN KEY(list_sha256)
        REFERENCES document (sha256),
    CONSTRAINT fk_unit_letter_copy_sheet_sha256 FOREIGN KEY(sheet_sha256)
        REFERENCES document (sha256)
);
CREATE INDEX ix_unit_letter_copy_institution_id ON unit_letter_copy (institution_id, letter_id);
CREATE INDEX ix_unit_letter_copy_pending ON unit_letter_copy (letter_id, place)
    WHERE outcome IS NULL;
GRANT SELECT, INSERT, UPDATE ON unit_letter_copy TO nes_app
"""

_REGISTER = """
CREATE TABLE letter_register (
    institution_id BIGINT NOT NULL,
    year INTEGER NOT NULL,
    number INTEGER NOT NULL,
    letter_id BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    taken_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_letter_register PRIMARY KEY (institution_id, year, number),
    CONSTRAINT ck_letter_register_number CHECK (number > 0),
    CONSTRAINT uq_letter_register_letter_id UNIQUE (letter_id),
    CONSTRAINT uq_letter_register_sha256 UNIQUE (sha256),
    CONSTRAINT fk_letter_register_institution_id FOREIGN KEY(institution_id)
        REFERENCES institution (id),
    CONSTRAINT fk_letter_register_letter_id FOREIGN KEY(letter_id) REFERENCES unit_letter (id),
    CONSTRAINT fk_letter_register_sha256 FOREIGN KEY(sha256) REFERENCES document (sha256)
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON letter_register
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE letter_register ENABLE ALWAYS TRIGGER append_only;
GRANT SELECT, INSERT ON letter_register TO nes_app
"""


def upgrade() -> None:
    """Add the three tables."""
    for statement in (_LETTER, _COPY, _REGISTER):
        op.execute(statement)


def downgrade() -> None:
    """Remove them; the papers stay documents of the house."""
    op.execute("DROP TABLE letter_register; DROP TABLE unit_letter_copy; DROP TABLE unit_letter")
