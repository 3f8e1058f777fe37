"""The notes of what waits for the world outside: made at a failed try, gone with a good one.

An effect's note is written with its postponement (workflow/running/effect_queue.py), in one
statement.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError

from states.kit.errors import DatabaseUnavailable
from states.logs.service_outage import OutsideWait
from workflow.engine.attempts import code_of
from workflow.model.refusal import WorkflowError

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Engine


@dataclass(frozen=True, slots=True)
class Failed:
    """A try that failed: what of, whom it goes to, why, when, and when it is tried again."""

    key: str
    party: str
    code: str
    at: datetime
    again: datetime
    case_id: int | None = None


def note(database: Engine, failed: Failed) -> None:
    """Write down a failed try; what cannot be written is only missing from the overview."""
    fresh = insert(OutsideWait).values(
        key=failed.key,
        party=failed.party,
        code=failed.code,
        case_id=failed.case_id,
        tries=1,
        since=failed.at,
        at=failed.at,
        next_at=failed.again,
    )
    said = fresh.on_conflict_do_update(
        index_elements=[OutsideWait.key],
        set_={
            "code": fresh.excluded.code,
            "tries": OutsideWait.tries + 1,
            "at": fresh.excluded.at,
            "next_at": fresh.excluded.next_at,
        },
    )
    with suppress(SQLAlchemyError, DatabaseUnavailable), database.begin() as connection:
        connection.execute(said)


def clear(database: Engine, key: str) -> None:
    """Remove the note of something that succeeded."""
    with suppress(SQLAlchemyError, DatabaseUnavailable), database.begin() as connection:
        connection.execute(delete(OutsideWait).where(OutsideWait.key == key))


def why(error: BaseException) -> str:
    """Return the kind of an error: its code where it has one of ours, else its class."""
    if isinstance(error, WorkflowError):
        return code_of(error)
    code = None if isinstance(error, SQLAlchemyError) else getattr(type(error), "code", None)
    return code if isinstance(code, str) else type(error).__name__
