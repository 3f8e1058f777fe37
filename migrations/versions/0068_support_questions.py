"""What people ask the support unit of their institution, and what was answered."""

from __future__ import annotations

from alembic import op

revision = "0068"
down_revision = "0067"
compatible = True

_UP = """
CREATE TABLE support_question (
    reference TEXT GENERATED ALWAYS AS (
        'Q' || lpad(id::text, greatest(9, length(id::text)), '0')) STORED NOT NULL,
    person_id BIGINT NOT NULL,
    institution_id BIGINT,
    about_id BIGINT,
    about_state TEXT,
    question TEXT NOT NULL,
    answer TEXT,
    id BIGINT DEFAULT nextval('case_id') NOT NULL,
    state TEXT NOT NULL,
    version INTEGER NOT NULL,
    head BYTEA NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE,
    entered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    definition TEXT NOT NULL,
    CONSTRAINT pk_support_question PRIMARY KEY (id),
    CONSTRAINT ck_support_question_answer CHECK (state <> 'answered' OR answer IS NOT NULL),
    CONSTRAINT fk_support_question_person_id FOREIGN KEY(person_id) REFERENCES person (id),
    CONSTRAINT fk_support_question_institution_id FOREIGN KEY(institution_id)
        REFERENCES institution (id),
    CONSTRAINT fk_support_question_about_id FOREIGN KEY(about_id) REFERENCES application (id),
    CONSTRAINT fk_support_question_definition FOREIGN KEY(definition) REFERENCES definition (sha256)
);
CREATE INDEX ix_support_question_due ON support_question (state, due_at, id)
    WHERE due_at IS NOT NULL;
CREATE INDEX ix_support_question_person_id ON support_question (person_id, id);
CREATE INDEX ix_support_question_asked ON support_question (institution_id, id)
    WHERE state = 'asked';
CREATE INDEX ix_support_question_passed_on ON support_question (id) WHERE state = 'passed_on';
GRANT SELECT, INSERT, UPDATE ON support_question TO nes_app
"""


def upgrade() -> None:
    """Add the table of questions."""
    op.execute(_UP)


def downgrade() -> None:
    """Remove it."""
    op.execute("DROP TABLE support_question")
