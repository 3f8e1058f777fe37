"""The filters that users keep under a name: saved, listed, shared, deleted by whose they are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, literal, select
from sqlalchemy.dialects.postgresql import insert

from states.kit.text import normal, sort_key
from states.logs.desk import SavedFilter
from states.people.tckn import mask_all
from states.people.user import User
from workflow.model.refusal import RuleFailed
from workflow.model.verdict import deny

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Engine, Row

MOST = 20
"""Filters that one user keeps on one list."""

LONGEST_NAME = 60
LONGEST_ADDRESS = 1000


@dataclass(frozen=True, slots=True)
class FilterPlace:
    """Whose filters, and of which list."""

    user_id: int
    face: str


@dataclass(frozen=True, slots=True)
class NamedFilter:
    """A filter as its user keeps it: its name, its query, and whether the others see it too."""

    name: str
    address: str
    shared: bool = False


def saved(database: Engine, place: FilterPlace) -> Sequence[Row[int, str, str, bool, int, str]]:
    """Return what a user sees saved on a list, in Turkish order: their own, and what is shared.

    Of each: id, name, address, whether it is shared, whose it is (account and name).
    """
    query = (
        select(
            SavedFilter.id, SavedFilter.name, SavedFilter.address, SavedFilter.shared,
            SavedFilter.user_id, User.name.label("owner"),
        )
        .join(User, User.id == SavedFilter.user_id)
        .where(SavedFilter.face == place.face)
        .where((SavedFilter.user_id == place.user_id) | SavedFilter.shared)
        .order_by(SavedFilter.sort_key, SavedFilter.id)
    )  # fmt: skip
    with database.connect() as connection:
        return connection.execute(query).all()


def save(database: Engine, place: FilterPlace, named: NamedFilter, now: datetime) -> int:
    """Keep a filter under a name and return its id.

    RuleFailed for a name that is empty, too long or taken, and for one more than ``MOST``.
    """
    name = mask_all(normal(named.name))
    if not name or len(name) > LONGEST_NAME:
        raise RuleFailed(deny("desk.filter_name", longest=LONGEST_NAME))
    if not named.address or len(named.address) > LONGEST_ADDRESS:
        raise RuleFailed(deny("desk.filter_empty"))
    with database.begin() as connection:
        kept = _insert(connection, place, replace(named, name=name), now)
    if kept is None:
        raise RuleFailed(deny("desk.filter_taken", name=name))
    return kept


def _insert(
    connection: Connection, place: FilterPlace, named: NamedFilter, now: datetime
) -> int | None:
    count = select(func.count()).where(
        SavedFilter.user_id == place.user_id, SavedFilter.face == place.face
    )
    # Two forms of one user at once are counted one after the other.
    connection.execute(select(func.pg_advisory_xact_lock(literal(place.user_id))))
    if connection.execute(count).scalar_one() >= MOST:
        raise RuleFailed(deny("desk.filters_full", most=MOST))
    statement = (
        insert(SavedFilter)
        .values(
            user_id=place.user_id,
            face=place.face,
            name=named.name,
            sort_key=sort_key(named.name),
            address=named.address,
            shared=named.shared,
            created_at=now,
        )
        .on_conflict_do_nothing()
    )
    return connection.execute(statement.returning(SavedFilter.id)).scalar_one_or_none()


def forget(database: Engine, user_id: int, number: int) -> bool:
    """Delete a filter of a user; say whether it was there."""
    statement = delete(SavedFilter).where(SavedFilter.id == number, SavedFilter.user_id == user_id)
    with database.begin() as connection:
        return connection.execute(statement).rowcount == 1
