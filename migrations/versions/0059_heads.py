"""An account may lead its desk, granted like a role; the days on which somebody is away."""

from __future__ import annotations

from alembic import op

from migrations.gently import add_constraint

revision = "0059"
down_revision = "0058"
compatible = True

_NAME = "ck_role_grant_act"
_OF_BEFORE = "'open', 'role', 'close', 'reopen', 'tie'"

_UP = """
ALTER TABLE office_user ADD COLUMN IF NOT EXISTS leads BOOLEAN DEFAULT false NOT NULL;
CREATE TABLE IF NOT EXISTS absence (
    id BIGSERIAL NOT NULL,
    user_id BIGINT NOT NULL,
    first_day DATE NOT NULL,
    last_day DATE NOT NULL,
    deputy_id BIGINT,
    noted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    noted_by TEXT NOT NULL,
    handed_at TIMESTAMP WITH TIME ZONE,
    ended_at TIMESTAMP WITH TIME ZONE,
    ended_by TEXT,
    CONSTRAINT pk_absence PRIMARY KEY (id),
    CONSTRAINT fk_absence_user_id FOREIGN KEY (user_id) REFERENCES office_user (id),
    CONSTRAINT fk_absence_deputy_id FOREIGN KEY (deputy_id) REFERENCES office_user (id),
    CONSTRAINT ck_absence_days CHECK (last_day >= first_day),
    CONSTRAINT ck_absence_deputy CHECK (deputy_id <> user_id)
);
CREATE INDEX IF NOT EXISTS ix_absence_user ON absence (user_id, last_day);
GRANT SELECT, INSERT, UPDATE ON absence TO nes_app;
GRANT SELECT, USAGE ON SEQUENCE absence_id_seq TO nes_app
"""
_DOWN = """
DROP TABLE absence;
ALTER TABLE office_user DROP COLUMN leads
"""


def upgrade() -> None:
    """Add what this step adds; nobody leads a desk until two administrators say so."""
    op.execute(_UP)
    add_constraint("role_grant", _NAME, f"CHECK (act in ({_OF_BEFORE}, 'lead', 'unlead'))")


def downgrade() -> None:
    """Remove what this step added; fails where there is a proposal about a head."""
    add_constraint("role_grant", _NAME, f"CHECK (act in ({_OF_BEFORE}))")
    op.execute(_DOWN)
