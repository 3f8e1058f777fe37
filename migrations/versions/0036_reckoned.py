"""When an application is due and a certificate ends: kept by triggers, not by generated columns.

To change what a generated column is made of, the table is written anew while nobody can read it:
half a minute for a million rows. A function is replaced in a moment, and rows follow in batches.
"""

from __future__ import annotations

from alembic import op

from migrations.gently import write_in_batches

revision = "0036"
down_revision = "0035"
compatible = True

_DEADLINE = """
coalesce(least(
    CASE WHEN {row}state IN ('draft', 'e_imza', 'wet_signature', 'in_person', 'courier_returned',
            'returned_to_applicant', 'paper_received', 'in_review', 'production_stopped',
            'not_booked', 'courier_silent', 'recalled', 'delivery_contested')
        THEN timezone('Europe/Istanbul', {row}due_at)::date END,
    {row}old_ends_on), DATE '9999-12-31')
"""
_ENDS_AT = """
coalesce({row}not_after,
    timezone('Europe/Istanbul', ({row}ends_on + 1)::timestamp - interval '1 second'))
"""

_UP = f"""
ALTER TABLE application ALTER COLUMN deadline DROP EXPRESSION IF EXISTS;
CREATE FUNCTION reckon_application() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.deadline := {_DEADLINE.format(row="NEW.")};
    RETURN NEW;
END $$;
CREATE TRIGGER reckon BEFORE INSERT OR UPDATE OF state, due_at, old_ends_on, deadline
    ON application FOR EACH ROW EXECUTE FUNCTION reckon_application();
ALTER TABLE application ENABLE ALWAYS TRIGGER reckon;
ALTER TABLE certificate ALTER COLUMN ends_at DROP EXPRESSION IF EXISTS;
CREATE FUNCTION reckon_certificate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.ends_at := {_ENDS_AT.format(row="NEW.")};
    RETURN NEW;
END $$;
CREATE TRIGGER reckon BEFORE INSERT OR UPDATE OF not_after, ends_on, ends_at
    ON certificate FOR EACH ROW EXECUTE FUNCTION reckon_certificate();
ALTER TABLE certificate ENABLE ALWAYS TRIGGER reckon
"""

_DIFFERS = """
UPDATE {table} SET {column} = {reckoned}
WHERE id >= :low AND id < :high AND {column} IS DISTINCT FROM {reckoned}
"""
_DUE = _DIFFERS.format(table="application", column="deadline", reckoned=_DEADLINE.format(row=""))
_ENDS = _DIFFERS.format(table="certificate", column="ends_at", reckoned=_ENDS_AT.format(row=""))

_DOWN = f"""
DROP TRIGGER reckon ON certificate;
DROP FUNCTION reckon_certificate();
DROP TRIGGER reckon ON application;
DROP FUNCTION reckon_application();
ALTER TABLE application DROP COLUMN deadline;
ALTER TABLE application ADD COLUMN deadline DATE NOT NULL
    GENERATED ALWAYS AS ({_DEADLINE.format(row="")}) STORED;
CREATE INDEX ix_application_deadline ON application (state, deadline, id);
CREATE INDEX ix_application_kind ON application (state, kind, deadline, id);
CREATE INDEX ix_application_holder ON application (holder_id, deadline, id)
    WHERE holder_id IS NOT NULL;
ALTER TABLE certificate DROP COLUMN ends_at;
ALTER TABLE certificate ADD COLUMN ends_at TIMESTAMP WITH TIME ZONE
    GENERATED ALWAYS AS ({_ENDS_AT.format(row="")}) STORED
"""


def upgrade() -> None:
    """Have both columns kept by triggers, while people work."""
    op.execute(_UP)
    write_in_batches("application", _DUE)
    write_in_batches("certificate", _ENDS)


def downgrade() -> None:
    """Make generated columns of them again; both tables are written anew."""
    op.execute(_DOWN)
