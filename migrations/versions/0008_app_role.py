"""The role of every ordinary connection: it adds and moves cases and changes no past."""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"

# Roles belong to the whole cluster, so two databases may make this one at the same moment.
_ROLE = """
DO $$
BEGIN
    CREATE ROLE nes_app NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;

DO $$
BEGIN
    IF NOT pg_has_role(current_user, 'nes_app', 'MEMBER') THEN
        EXECUTE format('GRANT nes_app TO %I', current_user);
    END IF;
END $$
"""

_GRANTS = """
GRANT USAGE ON SCHEMA public TO nes_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO nes_app;
GRANT SELECT ON alembic_version TO nes_app;
GRANT SELECT, INSERT ON
    journal, refused_attempt, definition, terms, document, signature, access_log,
    revocation_list
    TO nes_app;
GRANT SELECT, INSERT, UPDATE ON
    sweep_run, institution, person, office_user, card, application, certificate, consent, code,
    notice, shipment
    TO nes_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON
    procrastinate_workers, procrastinate_jobs, procrastinate_periodic_defers, procrastinate_events
    TO nes_app
"""

_REVOKE = """
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM nes_app;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM nes_app;
REVOKE ALL ON SCHEMA public FROM nes_app
"""


def upgrade() -> None:
    """Make the role when the cluster lacks it and give it what it needs here."""
    op.execute(_ROLE)
    op.execute(_GRANTS)


def downgrade() -> None:
    """Take the rights in this database; the role stays, for other databases may use it."""
    op.execute(_REVOKE)
