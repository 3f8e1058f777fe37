"""The desk: what is done beside the states, saved filters, and lists that are walks of an index."""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"

_TABLES = """
CREATE TABLE desk_entry (
    id BIGSERIAL NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    workflow TEXT NOT NULL,
    case_id BIGINT NOT NULL,
    actor TEXT NOT NULL,
    role TEXT NOT NULL,
    what TEXT NOT NULL,
    text TEXT,
    CONSTRAINT pk_desk_entry PRIMARY KEY (id),
    CONSTRAINT ck_desk_entry_what
        CHECK (what in ('claimed', 'released', 'taken_over', 'note', 'address', 'resend'))
);
CREATE INDEX ix_desk_entry_case_id ON desk_entry (case_id, id);
CREATE INDEX ix_desk_entry_at ON desk_entry (at, id);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON desk_entry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE desk_entry ENABLE ALWAYS TRIGGER append_only;
GRANT SELECT, INSERT ON desk_entry TO nes_app;
GRANT USAGE, SELECT ON SEQUENCE desk_entry_id_seq TO nes_app;

CREATE TABLE saved_filter (
    id BIGSERIAL NOT NULL,
    user_id BIGINT NOT NULL,
    face TEXT NOT NULL,
    name TEXT NOT NULL,
    sort_key TEXT COLLATE "C" NOT NULL,
    address TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_saved_filter PRIMARY KEY (id),
    CONSTRAINT fk_saved_filter_user_id FOREIGN KEY(user_id) REFERENCES office_user (id)
);
CREATE UNIQUE INDEX ix_saved_filter_name ON saved_filter (user_id, face, sort_key);
GRANT SELECT, INSERT, DELETE ON saved_filter TO nes_app;
GRANT USAGE, SELECT ON SEQUENCE saved_filter_id_seq TO nes_app
"""

# The key of a name is made letter by letter, so as many words of it are the surname as the surname
# has; whoever types the given name first is answered by the other order.
_NAMES = """
ALTER TABLE person ADD COLUMN given_key TEXT COLLATE "C" GENERATED ALWAYS AS (
    btrim(regexp_replace(
        sort_key,
        '^((?:[^ ]+ ){' || cardinality(string_to_array(surname, ' ')) || '})(.*)$',
        '\\2 \\1'))
    ) STORED NOT NULL;
CREATE INDEX ix_person_given_key ON person (given_key, id)
"""

_COLUMNS = """
ALTER TABLE application ADD COLUMN old_ends_on DATE;
ALTER TABLE application ADD COLUMN applicant_key TEXT COLLATE "C" DEFAULT '' NOT NULL;
UPDATE application SET applicant_key = p.sort_key
    FROM person p WHERE p.id = application.person_id;
UPDATE application SET old_ends_on = o.ends_on
    FROM certificate o WHERE o.id = application.old_certificate_id AND o.ends_on IS NOT NULL;
ALTER TABLE application ADD COLUMN deadline DATE GENERATED ALWAYS AS (
    coalesce(least(
        CASE WHEN state IN
            ('draft', 'e_imza', 'wet_signature', 'courier_returned', 'returned_to_applicant')
        THEN timezone('Europe/Istanbul', due_at)::date END,
        old_ends_on), DATE '9999-12-31')
    ) STORED NOT NULL;
CREATE INDEX ix_application_deadline ON application (state, deadline, id);
CREATE INDEX ix_application_kind ON application (state, kind, deadline, id);
CREATE INDEX ix_application_entered ON application (state, entered_at, id);
CREATE INDEX ix_application_applicant ON application (state, applicant_key, id);
CREATE INDEX ix_application_assignee ON application (assignee_id, deadline, id)
    WHERE assignee_id IS NOT NULL
    AND state NOT IN ('delivered', 'rejected', 'cancelled', 'expired', 'lost');
CREATE INDEX ix_application_tracking ON application (tracking_number, id)
    WHERE tracking_number IS NOT NULL
"""

_DOWN = """
DROP INDEX ix_application_tracking;
DROP INDEX ix_application_assignee;
DROP INDEX ix_application_applicant;
DROP INDEX ix_application_entered;
DROP INDEX ix_application_kind;
DROP INDEX ix_application_deadline;
ALTER TABLE application DROP COLUMN deadline;
ALTER TABLE application DROP COLUMN applicant_key;
ALTER TABLE application DROP COLUMN old_ends_on;
DROP INDEX ix_person_given_key;
ALTER TABLE person DROP COLUMN given_key;
DROP TABLE saved_filter;
DROP TABLE desk_entry
"""


def upgrade() -> None:
    """Add what this step adds; the dates and names of the cases that stand are filled in."""
    op.execute(_TABLES)
    op.execute(_NAMES)
    op.execute(_COLUMNS)


def downgrade() -> None:
    """Remove what this step added, with everything in it."""
    op.execute(_DOWN)
