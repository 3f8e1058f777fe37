"""What the database keeps of its own steps: when each was made, and whom it leaves working.

A step that older code can go on with says ``compatible = True``: it only adds, and whatever older
code writes is right. All others stop older code (migrations/compatibility.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.operations import Operations
from sqlalchemy import text

from workflow.model.clock import SystemClock

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext, MigrationInfo

FIRST = "0035"
"""The step that made the table; those before it are not in it."""

_DROP = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND usename = current_user
    AND application_name LIKE 'nes%' AND application_name <> 'nes db'
"""


def note(ctx: MigrationContext, step: MigrationInfo, *_rest: object, **_named: object) -> None:
    """Note a step that was made, or take the note of one that was taken back.

    Connections of older code that may not go on are closed: at its next one it is told why.
    """
    number = step.up_revision_id
    if number is None or number < FIRST:
        return
    connection = Operations(ctx).get_bind()
    if not step.is_upgrade:
        if number > FIRST:
            connection.execute(text("DELETE FROM step WHERE number = :number"), {"number": number})
        return
    compatible = lets_older_code_go_on(step)
    values = {"number": number, "compatible": compatible, "now": SystemClock().now()}
    connection.execute(
        text("INSERT INTO step (number, made_at, compatible) VALUES (:number, :now, :compatible)"),
        values,
    )
    if not compatible:
        connection.execute(text(_DROP))


def lets_older_code_go_on(step: MigrationInfo) -> bool:
    """Say whether a step declares that code which does not know it goes on rightly."""
    return bool(getattr(getattr(step.up_revision, "module", None), "compatible", False))
