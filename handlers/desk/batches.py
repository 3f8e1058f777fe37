"""Who may go on with a batch: its maker, as long as they hold the role it was made in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.kit import entitlement
from workflow.running.batch_worker import work_off

if TYPE_CHECKING:
    from handlers.kit.context import CaseEngine


def work_off_batches(engine: CaseEngine) -> int:
    """Do a turn of work on the batches of the office; return how many chunks it was."""

    def why_not(actor: str, role: str) -> str | None:
        with engine.database.connect() as connection:
            return entitlement.why_not(connection, actor, role)

    return work_off(engine, why_not)
