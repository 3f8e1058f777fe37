"""The lines of the letter of the day, which tells an institution whose cards left for its staff."""

from __future__ import annotations

from alembic import op

revision = "0043"
down_revision = "0042"
compatible = True

_UP = """
CREATE TABLE letter_line (
    form_sha256 TEXT NOT NULL,
    case_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    institution_id BIGINT NOT NULL,
    tracking_number TEXT NOT NULL,
    handed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    letter_sha256 TEXT,
    line INTEGER,
    CONSTRAINT pk_letter_line PRIMARY KEY (form_sha256),
    CONSTRAINT fk_letter_line_form_sha256
        FOREIGN KEY (form_sha256) REFERENCES document (sha256),
    CONSTRAINT fk_letter_line_person_id FOREIGN KEY (person_id) REFERENCES person (id),
    CONSTRAINT fk_letter_line_institution_id
        FOREIGN KEY (institution_id) REFERENCES institution (id),
    CONSTRAINT fk_letter_line_letter_sha256
        FOREIGN KEY (letter_sha256) REFERENCES document (sha256)
);
CREATE INDEX ix_letter_line_due ON letter_line (institution_id, handed_at)
    WHERE letter_sha256 IS NULL;
CREATE INDEX ix_letter_line_case_id ON letter_line (case_id);
GRANT SELECT, INSERT, UPDATE ON letter_line TO nes_app
"""


def upgrade() -> None:
    """Add what this step adds."""
    op.execute(_UP)


def downgrade() -> None:
    """Remove what this step added; letters that were made stay in the house."""
    op.execute("DROP TABLE letter_line")
