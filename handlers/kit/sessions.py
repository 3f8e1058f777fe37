"""The rows of sessions: begun, read, prolonged and ended, each with its line in the log."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import and_, bindparam, case, delete, insert, literal, or_, select, update
from sqlalchemy import func as sql
from sqlalchemy.dialects.postgresql import array

from states.people.session import SignInEntry, WebSession
from states.people.user import OF_HUMANS, User

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import ColumnElement, Connection, Engine

IDLE = timedelta(minutes=30)
"""A session nobody uses ends after this long."""

LONGEST = timedelta(hours=12)
"""A session ends after this long even in use, so that roles taken away do not live on."""

KEPT_ENDED = timedelta(days=1)
"""How long the row of an ended session stays; the log of sign-ins stays for good."""

SHOWN_BYTES = 8
"""How much of a session's key stands in the log: enough to tell two apart, too little to use."""


@dataclass(frozen=True, slots=True)
class Who:
    """Who is signed in: key of the journal, the one role, how it was proved, account and person."""

    actor: str
    role: str
    auth: str
    user_id: int | None
    person_id: int | None
    name: str


@dataclass(frozen=True, slots=True)
class StoredSession:
    """A session as it stands in the table; ``who`` is None before sign-in."""

    key: bytes
    who: Who | None
    began: datetime
    seen: datetime
    sealed: bytes | None
    over: str
    """Why it is over, empty while it lives."""


_CHANGED = and_(
    WebSession.user_id.is_not(None),
    or_(
        ~and_(User.active, User.roles == array([WebSession.role])),
        and_(WebSession.role.in_(sorted(OF_HUMANS)), WebSession.person_id.is_(None)),
    ),
)
_OVER = case(
    (WebSession.ended.is_not(None), WebSession.why),
    (WebSession.seen < bindparam("idle_since"), "idle"),
    (WebSession.began < bindparam("oldest"), "too_old"),
    (_CHANGED, "rights_changed"),
)
_FIND = (
    select(WebSession.__table__, _OVER.label("over"))
    .outerjoin(User, User.id == WebSession.user_id)
    .where(WebSession.key == bindparam("key"))
)
"""Made once: it is asked on every request."""


def key_of(secret: str) -> bytes:
    """Return the key of the row for the random id in a cookie."""
    return hashlib.sha256(secret.encode()).digest()


def short(key: bytes) -> str:
    """Return how a session is named in the log."""
    return key[:SHOWN_BYTES].hex()


def find(database: Engine, key: bytes, now: datetime) -> StoredSession | None:
    """Return the session of a key with one read, or None.

    It is over when it was ended, is too old, or when the account it stands for is closed, holds
    another role by now, whoever changed that, or acts for nobody known.
    """
    moments = {"key": key, "idle_since": now - IDLE, "oldest": now - LONGEST}
    with database.connect() as connection:
        row = connection.execute(_FIND, moments).one_or_none()
    if row is None:
        return None
    who = None
    if row.actor is not None:
        who = Who(row.actor, row.role, row.auth, row.user_id, row.person_id, row.name)
    return StoredSession(bytes(row.key), who, row.began, row.seen, row.sealed, row.over or "")


def begin(
    connection: Connection, key: bytes, who: Who | None, sealed: bytes | None, now: datetime
) -> None:
    """Enter a new session."""
    values = {
        "key": key,
        "actor": who.actor if who else None,
        "role": who.role if who else None,
        "auth": who.auth if who else None,
        "user_id": who.user_id if who else None,
        "person_id": who.person_id if who else None,
        "name": who.name if who else None,
        "began": now,
        "seen": now,
        "sealed": sealed,
    }
    connection.execute(insert(WebSession).values(values))


def keep(connection: Connection, key: bytes, values: dict[str, object]) -> None:
    """Write what a living session keeps (``sealed``) or when it was used (``seen``)."""
    living = update(WebSession).where(WebSession.key == key, WebSession.ended.is_(None))
    connection.execute(living.values(values))


def end(connection: Connection, key: bytes, why: str, now: datetime, source: str | None) -> None:
    """End one session; somebody's goes into the log, a stranger's row is simply removed."""
    strangers = delete(WebSession).where(WebSession.key == key, WebSession.actor.is_(None))
    connection.execute(strangers)
    _end(connection, WebSession.key == key, literal(why), now, source)


def end_all(
    connection: Connection, actor: str, why: str, now: datetime, source: str | None = None
) -> int:
    """End every session of somebody and return how many there were."""
    return _end(connection, WebSession.actor == actor, literal(why), now, source)


def end_everyone(database: Engine, why: str, now: datetime) -> int:
    """End every session there is, of strangers too; return how many were somebody's."""
    with database.begin() as connection:
        connection.execute(delete(WebSession).where(WebSession.actor.is_(None)))
        return _end(connection, WebSession.actor.is_not(None), literal(why), now, None)


def end_one(database: Engine, actor: str, mark: str, now: datetime, source: str) -> bool:
    """End the open session of somebody that goes by a mark (see `short`); False without one."""
    keys = [one.key for one in list_of(database, actor, now) if short(one.key) == mark]
    with database.begin() as connection:
        which = and_(WebSession.key.in_(keys), WebSession.actor == actor)
        return _end(connection, which, literal("singly"), now, source) > 0


@dataclass(frozen=True, slots=True)
class SignInAct:
    """What the log of sign-ins says: by which method, and what came of it."""

    method: str
    outcome: str


def note(
    connection: Connection,
    now: datetime,
    who: Who | None,
    act: SignInAct,
    source: str | None,
    key: bytes | None = None,
) -> None:
    """Write a line into the log of sign-ins."""
    connection.execute(
        insert(SignInEntry).values(
            at=now,
            actor=who.actor if who else None,
            role=who.role if who else None,
            method=act.method,
            outcome=act.outcome,
            source=source,
            session=short(key) if key else None,
        )
    )


def open_of(database: Engine, actors: Iterable[str], now: datetime) -> dict[str, int]:
    """Return how many sessions each of some actors has open."""
    query = (
        select(WebSession.actor, sql.count())
        .where(
            WebSession.actor.in_(list(actors)),
            WebSession.ended.is_(None),
            WebSession.seen >= now - IDLE,
            WebSession.began >= now - LONGEST,
        )
        .group_by(WebSession.actor)
    )
    with database.connect() as connection:
        return {str(actor): count for actor, count in connection.execute(query)}


class OpenSession(NamedTuple):
    """A session of the site that is open: its key, when it began and when it was used last."""

    key: bytes
    began: datetime
    seen: datetime


def list_of(database: Engine, actor: str, now: datetime) -> list[OpenSession]:
    """Return the open sessions of somebody, newest first."""
    query = (
        select(WebSession.key, WebSession.began, WebSession.seen)
        .where(
            WebSession.actor == actor,
            WebSession.ended.is_(None),
            WebSession.seen >= now - IDLE,
            WebSession.began >= now - LONGEST,
        )
        .order_by(WebSession.began.desc())
    )
    with database.connect() as connection:
        return [
            OpenSession(bytes(row.key), row.began, row.seen) for row in connection.execute(query)
        ]


def end_by_administrator(
    database: Engine, who: Who, account: str, now: datetime, source: str
) -> int:
    """End every session of an account; the log says who asked for it and what ended."""
    with database.begin() as connection:
        note(connection, now, who, SignInAct(who.auth, f"ended_sessions_of {account}"), source)
        return end_all(connection, account, "by_administrator", now, source)


def clean(database: Engine, now: datetime) -> None:
    """End what nobody used for too long and remove rows that nobody needs any more."""
    late = WebSession.seen < now - IDLE
    too_old = WebSession.began < now - LONGEST
    with database.begin() as connection:
        _end(connection, late | too_old, case((late, "idle"), else_="too_old"), now, None)
        connection.execute(
            delete(WebSession).where(
                (WebSession.actor.is_(None) & (late | too_old))
                | (WebSession.ended < now - KEPT_ENDED)
            )
        )


def _end(
    connection: Connection,
    which: ColumnElement[bool],
    why: ColumnElement[str],
    now: datetime,
    source: str | None,
) -> int:
    ended = (
        update(WebSession)
        .where(which, WebSession.ended.is_(None), WebSession.actor.is_not(None))
        # The row stays to say why; what it kept for the browser is of no use to anybody any more.
        .values(ended=now, why=why, sealed=None)
        .returning(
            WebSession.key, WebSession.actor, WebSession.role, WebSession.auth, WebSession.why
        )
    )
    lines = [
        {
            "at": now, "actor": row.actor, "role": row.role, "method": row.auth,
            "outcome": row.why, "source": source, "session": short(bytes(row.key)),
        }
        for row in connection.execute(ended)
    ]  # fmt: skip
    if lines:
        connection.execute(insert(SignInEntry), lines)
    return len(lines)
