"""What an approval rests on: the consent of an application, an officer's question, its form."""

from __future__ import annotations

from alembic import op

revision = "0025"
down_revision = "0024"

# An application approved by e-onay before this step rests on the consent that had come into force
# last when it was approved, as the journals of both say.
_UP = """
ALTER TABLE application ADD COLUMN consent_id BIGINT,
    ADD COLUMN question_open BOOLEAN DEFAULT false NOT NULL;
ALTER TABLE application ADD CONSTRAINT fk_application_consent_id
    FOREIGN KEY (consent_id) REFERENCES consent (id);
CREATE INDEX ix_application_consent_id ON application (consent_id) WHERE consent_id IS NOT NULL;
UPDATE application a SET consent_id = (
    SELECT c.id FROM consent c JOIN journal j ON j.case_id = c.id
    WHERE c.person_id = a.person_id AND j.trigger IN ('sign', 'confirm_signature')
        AND j.at <= (SELECT max(e.at) FROM journal e
            WHERE e.case_id = a.id AND e.trigger = 'approve_e_onay')
    ORDER BY j.at DESC, c.id DESC LIMIT 1)
WHERE a.method = 'e_onay';
ALTER TABLE terms ADD COLUMN form_version TEXT
    GENERATED ALWAYS AS (substring(version from '[(](.*)[)]')) STORED;
CREATE INDEX ix_augmentation_failed ON augmentation (signature_id)
    WHERE (report ->> 'indication') <> 'TOTAL-PASSED'
"""

_DOWN = """
DROP INDEX ix_augmentation_failed;
ALTER TABLE terms DROP COLUMN form_version;
ALTER TABLE application DROP COLUMN question_open, DROP COLUMN consent_id
"""


def upgrade() -> None:
    """Add what this step adds."""
    op.execute(_UP)


def downgrade() -> None:
    """Remove what this step added."""
    op.execute(_DOWN)
