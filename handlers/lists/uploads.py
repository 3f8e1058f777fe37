"""The life of an uploaded staff list: kept, rehearsed, entered in chunks, stopped.

The rows rest sealed until the list has come to its end. The worker rehearses and enters them; one
at a time holds a list, through an advisory lock of its database session, and when it dies another
goes on. Every row is entered under its keys (number, institution, serial), so a chunk that was
cut off is entered once, however often it is begun. Every change of state is one guarded statement.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import Text, bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from handlers.kit.roles import COORDINATOR
from handlers.lists.import_result import Entered
from handlers.lists.intake import CHUNK, Intake
from handlers.lists.staff_list import StaffRow
from states.kit.errors import DatabaseUnavailable
from states.kit.log_events import LogEvent
from states.papers.upload import StaffUpload, StaffUploadRow
from states.people.institution import Institution
from states.people.tckn import mask_all
from states.people.user import User
from workflow.model.actor import Actor
from workflow.running.advisory_lock import held_alone

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Engine, Update

    from handlers.kit.context import CaseEngine
    from handlers.lists.staff_list import StaffList
    from states.kit.vault import Vault

log = structlog.get_logger()

REHEARSING, REHEARSED = "rehearsing", "rehearsed"
RUNNING, PAUSED, STOPPED, DONE = "running", "paused", "stopped", "done"
OPEN = (REHEARSING, RUNNING)
"""The states in which a worker has something to do."""

ENTERED, REJECTED = "entered", "rejected"
LOST_RIGHT = "right_lost"
"""Why a list stopped whose uploader is no coordinator of that institution any more."""

SHORT = 200
"""Rows of a list that is entered at once, while its uploader waits."""

TURN = 10
"""Chunks of one list in one turn, so that a worker who is told to stop does so soon."""

LOCK_SPACE = 0x4E4553
"""The first key of the advisory lock that the worker at a list holds; the second is its id."""

COUNTS = ("persons", "known_persons", "certificates", "known_certificates", "renewals")
SEALED = "staff_row"


@dataclass(frozen=True, slots=True)
class Handed:
    """A list as it was handed in: its file, who did, for which subtree, and what else to do."""

    name: str
    content: bytes
    actor: Actor
    within: str
    file_renewals: bool = False


def keep(engine: CaseEngine, handed: Handed, staff: StaffList) -> int:
    """Keep a list with its rows, to be rehearsed, or entered when it is short; return its id."""
    short = len(staff.rows) <= SHORT
    now = engine.clock.now()
    values = {
        "actor": handed.actor.name,
        "auth": handed.actor.auth,
        "person_id": handed.actor.person_id,
        "within": handed.within,
        "name": mask_all(handed.name),
        "sha256": hashlib.sha256(handed.content).hexdigest(),
        "file_renewals": handed.file_renewals,
        "state": RUNNING if short else REHEARSING,
        "total": len(staff.rows),
        "created_at": now,
        "started_at": now if short else None,
    }
    with engine.database.begin() as connection:
        made = insert(StaffUpload).values(values).returning(StaffUpload.id)
        upload_id: int = connection.execute(made).scalar_one()
        rows = list(_rows(engine.services.vault, upload_id, staff))
        if rows:
            connection.execute(insert(StaffUploadRow), rows)
    return upload_id


def _rows(vault: Vault, upload_id: int, staff: StaffList) -> Iterator[dict[str, object]]:
    left_out: dict[int, str] = {}
    for told in staff.left_out:
        left_out[told.number] = " ".join(filter(None, (left_out.get(told.number), told.reason)))
    blank = {"upload_id": upload_id, "content": None, "outcome": None, "reason": None}
    for row in staff.rows:
        sealed = vault.seal(json.dumps(asdict(row), default=date.isoformat), SEALED)
        yield {
            **blank, "number": row.number, "content": sealed, "left_out": left_out.get(row.number),
        }  # fmt: skip
    for one in staff.rejected:
        refused = {"outcome": REJECTED, "reason": one.reason, "left_out": None}
        yield {**blank, "number": one.number, **refused}


def read(database: Engine, upload_id: int) -> StaffUpload | None:
    """Return a list as it stands, detached; None when there is none of that number."""
    with Session(database, expire_on_commit=False) as session:
        return session.get(StaffUpload, upload_id)


def latest(database: Engine, actor: Actor, most: int) -> Sequence[StaffUpload]:
    """Return the newest lists of an uploader, detached."""
    query = select(StaffUpload).where(StaffUpload.actor == actor.name)
    with Session(database, expire_on_commit=False) as session:
        return session.scalars(query.order_by(StaffUpload.id.desc()).limit(most)).all()


def told(
    database: Engine, upload_id: int, column: str, most: int
) -> tuple[int, list[tuple[int, str]]]:
    """Return how many rows have a ``reason`` (or something ``left_out``), and the first of them."""
    said = {"reason": StaffUploadRow.reason, "left_out": StaffUploadRow.left_out}[column]
    query = select(StaffUploadRow.number, said).where(
        StaffUploadRow.upload_id == upload_id, said.is_not(None)
    )
    counted = select(func.count()).select_from(query.subquery())
    with database.connect() as connection:
        total = connection.scalar(counted) or 0
        first = connection.execute(query.order_by(StaffUploadRow.number).limit(most))
        return total, [(number, str(text)) for number, text in first]


def start(engine: CaseEngine, upload_id: int, actor: Actor) -> bool:
    """Let the worker enter the rows; False when it is not the actor's or not only rehearsed."""
    now = engine.clock.now()
    return _change(engine, upload_id, actor, (REHEARSED,), state=RUNNING, started_at=now)


def pause(engine: CaseEngine, upload_id: int, actor: Actor) -> bool:
    """Let the worker rest after the rows at hand; False when it was not running."""
    return _change(engine, upload_id, actor, (RUNNING,), state=PAUSED)


def resume(engine: CaseEngine, upload_id: int, actor: Actor) -> bool:
    """Let the worker go on; False when it was not paused."""
    return _change(engine, upload_id, actor, (PAUSED,), state=RUNNING)


def stop(engine: CaseEngine, upload_id: int, actor: Actor) -> bool:
    """End a list for good; what was entered stays. False when it had ended."""
    sources = (REHEARSING, REHEARSED, RUNNING, PAUSED)
    return _change(engine, upload_id, actor, sources, state=STOPPED, finished_at=engine.clock.now())


def _change(
    engine: CaseEngine, upload_id: int, actor: Actor, sources: Iterable[str], **values: object
) -> bool:
    """Change a list of the actor that stands in one of the states; say whether it did."""
    statement = (
        update(StaffUpload)
        .where(
            StaffUpload.id == upload_id,
            StaffUpload.actor == actor.name,
            StaffUpload.state.in_(sources),
        )
        .values(values)
    )
    with engine.database.begin() as connection:
        changed = connection.execute(statement).rowcount == 1
        if changed and values["state"] == STOPPED:
            connection.execute(_emptied(upload_id))
    return changed


def work_off(engine: CaseEngine) -> int:
    """Do a turn of work on every list that nobody else works on; return how many chunks it was.

    A list that breaks is told in the log and keeps no other waiting. Raises DatabaseUnavailable.
    """
    query = select(StaffUpload.id).where(StaffUpload.state.in_(OPEN)).order_by(StaffUpload.id)
    with engine.database.connect() as connection:
        waiting = list(connection.scalars(query))
    return sum(_turn(engine, upload_id) for upload_id in waiting)


def _turn(engine: CaseEngine, upload_id: int) -> int:
    try:
        return enter(engine, upload_id)
    except DatabaseUnavailable:
        raise
    except Exception as error:  # noqa: BLE001 - whatever ails one list, the others go on
        log.error(LogEvent.UPLOAD_FAILED, upload=upload_id, code=type(error).__name__)  # noqa: TRY400 - a traceback may hold personal data
        return 0


def enter(engine: CaseEngine, upload_id: int) -> int:
    """Do a turn of work on one list, unless somebody else is at it; say how many chunks it was."""
    with held_alone(engine, LOCK_SPACE, upload_id) as held:
        upload = read(engine.database, upload_id) if held else None
        if upload is None or upload.state not in OPEN:
            return 0
        if upload.state == REHEARSING:
            return _rehearse(engine, upload)
        return _run(engine, upload)


def _rehearse(engine: CaseEngine, upload: StaffUpload) -> int:
    """Judge the whole list, which enters nothing and is begun anew when it was cut off."""
    rows = _pending(engine, upload, upload.total)
    refused = _intake(engine, upload).judge(rows)
    with engine.database.begin() as connection:
        if refused:
            reasons = [{"row": number, "why": text} for number, text in refused.items()]
            connection.execute(_row(upload, reason=bindparam("why")), reasons)
        rehearsed = update(StaffUpload).where(
            StaffUpload.id == upload.id, StaffUpload.state == REHEARSING
        )
        connection.execute(rehearsed.values(state=REHEARSED))
    return 1


def _run(engine: CaseEngine, upload: StaffUpload) -> int:
    for chunk in range(TURN):
        now = read(engine.database, upload.id)
        if now is None or now.state != RUNNING:
            return chunk
        if not may_go_on(engine, upload):
            _end(engine, upload, STOPPED, LOST_RIGHT)
            return chunk
        rows = _pending(engine, upload, CHUNK)
        if rows:
            _enter_chunk(engine, upload, rows)
        if len(rows) < CHUNK:
            _end(engine, upload, DONE)
            return chunk + 1
    return TURN


def stop_of(connection: Connection, actor: str, now: datetime) -> int:
    """End an uploader's lists that they may not go on with any more, and empty their rows."""
    unfinished = StaffUpload.state.in_((REHEARSING, REHEARSED, RUNNING, PAUSED))
    query = select(StaffUpload.id, StaffUpload.within).where(StaffUpload.actor == actor, unfinished)
    stopped = 0
    for number, within in connection.execute(query.order_by(StaffUpload.id)).all():
        if not _answers_for(connection, actor, within):
            ended = update(StaffUpload).where(StaffUpload.id == number, unfinished)
            values = {"state": STOPPED, "why": LOST_RIGHT, "finished_at": now}
            stopped += connection.execute(ended.values(values)).rowcount
            connection.execute(_emptied(number))
    return stopped


def may_go_on(engine: CaseEngine, upload: StaffUpload) -> bool:
    """Say whether the uploader is still the coordinator of the institution they acted for."""
    with engine.database.connect() as connection:
        return _answers_for(connection, upload.actor, upload.within)


def _answers_for(connection: Connection, actor: str, within: str) -> bool:
    sort, _, number = actor.partition(":")
    if sort != "user" or not (number.isascii() and number.isdecimal()):
        return False
    query = (
        select(User.roles, Institution.path)
        .join(Institution, Institution.id == User.institution_id)
        .where(User.id == int(number), User.active)
    )
    found = connection.execute(query).one_or_none()
    return found is not None and COORDINATOR in found.roles and found.path == within


def _intake(engine: CaseEngine, upload: StaffUpload) -> Intake:
    actor = Actor(upload.actor, frozenset({COORDINATOR}), upload.auth, upload.person_id)
    return Intake(engine, engine.services.vault, actor, upload.within, upload.source)


def _pending(engine: CaseEngine, upload: StaffUpload, most: int) -> list[StaffRow]:
    query = (
        select(StaffUploadRow.content)
        .where(StaffUploadRow.upload_id == upload.id, StaffUploadRow.outcome.is_(None))
        .order_by(StaffUploadRow.number)
        .limit(most)
    )
    vault = engine.services.vault
    with engine.database.connect() as connection:
        return [_opened(vault, bytes(one)) for one in connection.scalars(query) if one is not None]


def _opened(vault: Vault, sealed: bytes) -> StaffRow:
    values = json.loads(vault.open(sealed, SEALED))
    ends_on = values["ends_on"]
    return StaffRow(**{**values, "ends_on": date.fromisoformat(ends_on) if ends_on else None})


def _enter_chunk(engine: CaseEngine, upload: StaffUpload, rows: list[StaffRow]) -> None:
    entered = Entered()
    _intake(engine, upload).enter(rows, entered, file_renewals=upload.file_renewals)
    engine.point("upload_entered")
    reasons = {one.number: one.reason for one in entered.rejected}
    left_out = {one.number: one.reason for one in entered.left_out}
    settled = [
        {
            "row": row.number,
            "became": REJECTED if row.number in reasons else ENTERED,
            "why": reasons.get(row.number),
            "more": left_out.get(row.number),
        }
        for row in rows
    ]
    said = func.concat_ws(" ", StaffUploadRow.left_out, bindparam("more", type_=Text))
    statement = _row(
        upload,
        outcome=bindparam("became"),
        reason=bindparam("why"),
        left_out=func.nullif(said, ""),
    )
    counts = {name: getattr(StaffUpload, name) + getattr(entered, name) for name in COUNTS}
    with engine.database.begin() as connection:
        connection.execute(statement, settled)
        counted = update(StaffUpload).where(StaffUpload.id == upload.id)
        connection.execute(counted.values(done=StaffUpload.done + len(rows), **counts))


def _row(upload: StaffUpload, **values: object) -> Update:
    """Return the change of one row, which the parameter ``row`` numbers."""
    one = update(StaffUploadRow).where(
        StaffUploadRow.upload_id == upload.id, StaffUploadRow.number == bindparam("row")
    )
    return one.values(values)


def _end(engine: CaseEngine, upload: StaffUpload, state: str, why: str | None = None) -> None:
    """Close a list that was under way, unless its uploader was faster, and empty its rows."""
    ended = update(StaffUpload).where(StaffUpload.id == upload.id, StaffUpload.state == RUNNING)
    values = {"state": state, "why": why, "finished_at": engine.clock.now()}
    with engine.database.begin() as connection:
        if connection.execute(ended.values(values)).rowcount:
            connection.execute(_emptied(upload.id))


def _emptied(upload_id: int) -> Update:
    """Return the change that leaves of the rows their numbers and what became of them."""
    filled = StaffUploadRow.content.is_not(None)
    rows = update(StaffUploadRow).where(StaffUploadRow.upload_id == upload_id, filled)
    return rows.values(content=None)
