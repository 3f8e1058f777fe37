"""A case may be assigned to a colleague; the line of the desk says to whom."""

from __future__ import annotations

from migrations.gently import add_constraint

revision = "0056"
down_revision = "0055"
compatible = True

_NAME = "ck_desk_entry_what"
_OF_BEFORE = "'claimed', 'released', 'taken_over', 'note', 'address', 'resend'"


def upgrade() -> None:
    """Let the line of an assignment be kept."""
    add_constraint("desk_entry", _NAME, f"CHECK (what in ({_OF_BEFORE}, 'assigned'))")


def downgrade() -> None:
    """Keep no such line any more; fails where there is one."""
    add_constraint("desk_entry", _NAME, f"CHECK (what in ({_OF_BEFORE}))")
