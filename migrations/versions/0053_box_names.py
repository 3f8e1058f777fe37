"""A box that went back frees its name: received again, it has the same one printed on it."""

from __future__ import annotations

from alembic import op

from migrations.gently import build_index

revision = "0053"
down_revision = "0052"
compatible = True

_NAME = "uq_card_box_name"


def upgrade() -> None:
    """Hold only boxes apart that are in the house."""
    build_index(
        _NAME,
        "card_box (name) WHERE state <> 'sent_back'",
        unique=True,
        before=f"ALTER TABLE card_box DROP CONSTRAINT IF EXISTS {_NAME};"
        f" DROP INDEX IF EXISTS {_NAME}",
    )


def downgrade() -> None:
    """Hold all boxes apart again; fails where two have borne one name."""
    op.execute(f"DROP INDEX {_NAME}")
    op.execute(f"ALTER TABLE card_box ADD CONSTRAINT {_NAME} UNIQUE (name)")
