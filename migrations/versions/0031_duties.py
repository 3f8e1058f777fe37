"""Accounts that carry a person: a human has one open account, and closed ones beside it."""

from __future__ import annotations

from alembic import op

revision = "0031"
down_revision = "0030"

_UP = """
ALTER TABLE office_user DROP CONSTRAINT uq_office_user_person_id;
CREATE UNIQUE INDEX ix_office_user_person ON office_user (person_id) WHERE active;
CREATE INDEX ix_office_user_person_id ON office_user (person_id);
ALTER TABLE role_grant DROP CONSTRAINT ck_role_grant_act;
ALTER TABLE role_grant ADD CONSTRAINT ck_role_grant_act
    CHECK (act in ('open', 'role', 'close', 'reopen', 'tie'))
"""
_DOWN = """
ALTER TABLE role_grant DROP CONSTRAINT ck_role_grant_act;
ALTER TABLE role_grant ADD CONSTRAINT ck_role_grant_act
    CHECK (act in ('open', 'role', 'close', 'reopen')) NOT VALID;
DROP INDEX ix_office_user_person_id;
DROP INDEX ix_office_user_person;
UPDATE office_user o SET person_id = NULL WHERE NOT active AND EXISTS (
    SELECT FROM office_user u WHERE u.person_id = o.person_id AND u.id <> o.id);
ALTER TABLE office_user ADD CONSTRAINT uq_office_user_person_id UNIQUE (person_id)
"""


def upgrade() -> None:
    """Add what this step adds."""
    op.execute(_UP)


def downgrade() -> None:
    """Remove what this step added; of several accounts of one human the closed ones lose him."""
    op.execute(_DOWN)
