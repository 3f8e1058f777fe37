"""What an approval rests on: the consent of an application, an officer's question, its form."""

from __future__ import annotations

from alembic import op

from migrations.gently import add_constraint, build_index, write_in_batches

revision = "0025"
down_revision = "0024"

_UP = """
ALTER TABLE application ADD COLUMN IF NOT EXISTS consent_id BIGINT,
    ADD COLUMN IF NOT EXISTS question_open BOOLEAN DEFAULT false NOT NULL;
ALTER TABLE terms ADD COLUMN IF NOT EXISTS form_version TEXT
    GENERATED ALWAYS AS (substring(version from '[(](.*)[)]')) STORED
"""

# An application approved by e-onay before this step rests on the consent that had come into force
# last when it was approved, as the journals of both say.
_RESTS_ON = """
UPDATE application a SET consent_id = (
    SELECT c.id FROM consent c JOIN journal j ON j.case_id = c.id
    WHERE c.person_id = a.person_id AND j.trigger IN ('sign', 'confirm_signature')
        AND j.at <= (SELECT max(e.at) FROM journal e
            WHERE e.case_id = a.id AND e.trigger = 'approve_e_onay')
    ORDER BY j.at DESC, c.id DESC LIMIT 1)
WHERE a.method = 'e_onay' AND a.consent_id IS NULL AND a.id >= :low AND a.id < :high
"""

_DOWN = """
DROP INDEX ix_augmentation_failed;
ALTER TABLE terms DROP COLUMN form_version;
ALTER TABLE application DROP COLUMN question_open, DROP COLUMN consent_id
"""


def upgrade() -> None:
    """Add what this step adds, while people work."""
    op.execute(_UP)
    name, refers = "fk_application_consent_id", "FOREIGN KEY (consent_id) REFERENCES consent (id)"
    add_constraint("application", name, refers)
    write_in_batches("application", _RESTS_ON)
    build_index(
        "ix_application_consent_id", "application (consent_id) WHERE consent_id IS NOT NULL"
    )
    failed = "(report ->> 'indication') <> 'TOTAL-PASSED'"
    build_index("ix_augmentation_failed", f"augmentation (signature_id) WHERE {failed}")


def downgrade() -> None:
    """Remove what this step added."""
    op.execute(_DOWN)
