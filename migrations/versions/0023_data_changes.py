"""The log of changes of what is known of persons and institutions, append-only."""

from __future__ import annotations

from alembic import op

revision = "0023"
down_revision = "0022"

_UP = """
CREATE TABLE data_change (
    id BIGSERIAL NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT NOT NULL,
    person_id BIGINT,
    institution_id BIGINT,
    source TEXT NOT NULL,
    marks JSONB NOT NULL,
    proof JSONB,
    reason TEXT,
    CONSTRAINT pk_data_change PRIMARY KEY (id),
    CONSTRAINT ck_data_change_subject CHECK ((person_id IS NULL) <> (institution_id IS NULL)),
    CONSTRAINT fk_data_change_person_id FOREIGN KEY(person_id) REFERENCES person (id),
    CONSTRAINT fk_data_change_institution_id
        FOREIGN KEY(institution_id) REFERENCES institution (id)
);
CREATE INDEX ix_data_change_person_id ON data_change (person_id, id);
CREATE INDEX ix_data_change_institution_id ON data_change (institution_id, id);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON data_change
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE data_change ENABLE ALWAYS TRIGGER append_only;
GRANT SELECT, INSERT ON data_change TO nes_app;
GRANT USAGE, SELECT ON SEQUENCE data_change_id_seq TO nes_app
"""


def upgrade() -> None:
    """Add what this step adds."""
    op.execute(_UP)


def downgrade() -> None:
    """Remove what this step added, with everything in it."""
    op.execute("DROP TABLE data_change")
