"""What a move writes beside its rows: fewer indexes of applications, and a queue without events.

Each move writes every index of its case anew, and queueing wrote an event into a table of its own.
A list of all kinds walks the kinds that occur, and when a job was queued and last due stands in the
journal and in the job itself.
"""

from __future__ import annotations

from alembic import op

from migrations.gently import build_index

revision = "0042"
down_revision = "0041"
compatible = True

_OPTIONAL = ("institution_id", "old_certificate_id")
"""Columns that many applications leave empty, of which only the others are looked up."""

_SUPERSEDED = ("list", "deadline", "entered", "applicant")

_INDEXES = "; ".join(f"DROP INDEX IF EXISTS ix_application_{name}" for name in _SUPERSEDED)

# There is one queue, and who waits behind whom is looked up by the lock alone.
_QUEUE = """
DROP TRIGGER IF EXISTS procrastinate_trigger_status_events_insert_v1 ON procrastinate_jobs;
DROP TRIGGER IF EXISTS procrastinate_trigger_status_events_update_v1 ON procrastinate_jobs;
DROP TRIGGER IF EXISTS procrastinate_trigger_scheduled_events_v1 ON procrastinate_jobs;
DROP INDEX IF EXISTS procrastinate_jobs_queue_name_idx_v1;
DROP INDEX IF EXISTS procrastinate_jobs_id_lock_idx_v1
"""

_DOWN = """
CREATE INDEX procrastinate_jobs_id_lock_idx_v1 ON procrastinate_jobs (id, lock)
    WHERE status = ANY (ARRAY['todo'::procrastinate_job_status, 'doing'::procrastinate_job_status]);
CREATE INDEX procrastinate_jobs_queue_name_idx_v1 ON procrastinate_jobs (queue_name);
CREATE TRIGGER procrastinate_trigger_scheduled_events_v1
    AFTER UPDATE OR INSERT ON procrastinate_jobs FOR EACH ROW
    WHEN ((new.scheduled_at IS NOT NULL AND new.status = 'todo'::procrastinate_job_status))
    EXECUTE PROCEDURE procrastinate_trigger_function_scheduled_events_v1();
CREATE TRIGGER procrastinate_trigger_status_events_update_v1
    AFTER UPDATE OF status ON procrastinate_jobs FOR EACH ROW
    EXECUTE PROCEDURE procrastinate_trigger_function_status_events_update_v1();
CREATE TRIGGER procrastinate_trigger_status_events_insert_v1
    AFTER INSERT ON procrastinate_jobs FOR EACH ROW
    WHEN ((new.status = 'todo'::procrastinate_job_status))
    EXECUTE PROCEDURE procrastinate_trigger_function_status_events_insert_v1();
CREATE INDEX ix_application_applicant ON application (state, applicant_key, id);
CREATE INDEX ix_application_entered ON application (state, entered_at, id);
CREATE INDEX ix_application_deadline ON application (state, deadline, id);
CREATE INDEX ix_application_list ON application (state, production_opens_on, id);
DROP INDEX ix_application_held
"""


def upgrade() -> None:
    """Build what stays, then drop what nothing reads any more."""
    build_index("ix_application_held", "application (production_opens_on, id) WHERE state = 'held'")
    for column in _OPTIONAL:
        build_index(
            f"ix_application_{column}", f"application ({column}) WHERE {column} IS NOT NULL"
        )
    op.execute(_INDEXES)
    op.execute(_QUEUE)


def downgrade() -> None:
    """Make the indexes and the triggers again."""
    op.execute(_DOWN)
    for column in _OPTIONAL:
        name = f"ix_application_{column}"
        op.execute(f"DROP INDEX {name}; CREATE INDEX {name} ON application ({column})")
