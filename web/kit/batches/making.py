"""Making a batch for a page: a small one is rehearsed while the person waits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from web.gate.composition import composed
from workflow.running import batch as batches
from workflow.running.batch_worker import rehearse

if TYPE_CHECKING:
    from sqlalchemy import Select

    from workflow.running.batch import BatchRequest

AT_ONCE = 500
"""Cases that are rehearsed while the person waits; more are left to the worker."""


def prepare(wish: BatchRequest, selection: Select[*tuple[Any, ...]]) -> int:
    """Make a batch of the cases that a query finds and return its number.

    One that is small enough is rehearsed at once, while the person waits; a larger one by the
    worker. Raises what `workflow.running.batch.make` raises.
    """
    engine = composed().engine
    number = batches.make(engine, wish, selection)
    made = batches.read(engine.database, number)
    if made is not None and made.total <= AT_ONCE:
        rehearse(engine, number)
    return number
