"""The exchange of the two keys of personal data: sealed values and hashes are made anew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import bindparam, insert, select, text, update

from handlers.people import contact_wish
from handlers.post import elsewhere
from states.cases.card import Card
from states.cases.contact_change import ContactChange
from states.cases.notice import Notice
from states.cases.requests.registration import Registration
from states.kit.vault import VaultClosed
from states.logs.access import AccessEntry
from states.papers.upload import StaffUploadRow
from states.people.person import Person

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from datetime import datetime

    from sqlalchemy import Connection, Engine

    from states.kit.vault import Vault
    from workflow.model.actor import Actor

BATCH = 500
"""Rows of one transaction: locked for milliseconds, so that the house works on meanwhile."""


class SealedColumn(NamedTuple):
    """A column that rests sealed, and the purpose that its values are sealed for."""

    table: type[Person | Card | StaffUploadRow | ContactChange | Notice | Registration]
    column: str
    purpose: str


SEALED = (
    SealedColumn(Person, "tckn_sealed", "tckn"),
    SealedColumn(Card, "pin_sealed", "pin"),
    SealedColumn(Card, "so_pin_sealed", "pin"),
    SealedColumn(StaffUploadRow, "content", "staff_row"),
    SealedColumn(ContactChange, "sealed", contact_wish.PURPOSE),
    SealedColumn(Notice, "to_sealed", elsewhere.PURPOSE),
    SealedColumn(Registration, "tckn_sealed", "tckn"),
)
"""Everything that rests sealed."""

PURPOSE = "Anahtar değişimi"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a column is: rows looked at, made anew, and those that no key opens."""

    column: str
    looked_at: int = 0
    renewed: int = 0
    closed: int = 0

    def after(self, rows: int, renewed: int, closed: int) -> Progress:
        """Return the progress after one more batch."""
        return Progress(
            self.column, self.looked_at + rows, self.renewed + renewed, self.closed + closed
        )


def reseal(
    database: Engine, vault: Vault, actor: Actor, now: datetime, size: int = BATCH
) -> Generator[Progress]:
    """Seal anew whatever the key of today does not open, batch by batch; say each batch.

    May be stopped at any time and begun again: what is done opens with the new key and is passed
    over. A value that no key opens is counted and left as it is. Beginning and end stand in the
    log of reads, since every number passes through here.
    """
    _note(database, actor, now, "reseal:begun")
    counts = []
    for sealed in SEALED:
        progress = Progress(f"{sealed.table.__tablename__}.{sealed.column}")
        after: int | None = 0
        while after is not None:
            progress, after = _batch(database, vault, sealed, progress, after, size)
            yield progress
        counts.append(f"{progress.column} {progress.renewed}/{progress.looked_at}")
    _note(database, actor, now, f"reseal:{', '.join(counts)}")


def _batch(
    database: Engine,
    vault: Vault,
    sealed: SealedColumn,
    progress: Progress,
    after: int,
    size: int,
) -> tuple[Progress, int | None]:
    """Seal one batch anew; return the progress and the last id, None behind the last batch."""
    table, purpose = sealed.table, sealed.purpose
    value = getattr(table, sealed.column)
    query = select(table.id, value.label("value")).where(table.id > after, value.is_not(None))
    with database.begin() as connection:
        # Locked: a PIN that is wiped meanwhile must not come back with the new seal.
        rows = connection.execute(query.order_by(table.id).limit(size).with_for_update()).all()
        stale = [row for row in rows if not vault.is_current(bytes(row.value), purpose)]
        renewed = list(_renewed(vault, [(row.id, bytes(row.value)) for row in stale], purpose))
        if renewed:
            one = update(table).where(table.id == bindparam("row"))
            connection.execute(one.values({sealed.column: bindparam("new")}), renewed)
    done = progress.after(len(rows), len(renewed), len(stale) - len(renewed))
    return done, rows[-1].id if len(rows) == size else None


def _renewed(
    vault: Vault, stale: list[tuple[int, bytes]], purpose: str
) -> Iterator[dict[str, object]]:
    for number, sealed in stale:
        try:
            opened = vault.open(sealed, purpose)
        except VaultClosed:
            continue
        yield {"row": number, "new": vault.seal(opened, purpose)}


def rehash(
    database: Engine, vault: Vault, actor: Actor, now: datetime, size: int = BATCH
) -> Progress:
    """Make the look-up hashes of all persons, and of open requests, anew under the key of today.

    All or none: one transaction, in which nobody else enters a person or a request. Of a request
    that was decided no number is left, so whoever comes back under a new key may ask once more.
    VaultClosed when a number does not open; then no hash is changed. Hashes that fit already are
    passed over.
    """
    progress = Progress(f"{Person.__tablename__}.tckn_hash")
    with database.begin() as connection:
        # A person entered under the old key while this runs would be found by no number afterwards.
        connection.execute(text("LOCK TABLE person, registration IN SHARE ROW EXCLUSIVE MODE"))
        for table, rows in _hashed(connection, size):
            fresh = [
                {"row": number, "new": vault.lookup(vault.open(sealed, "tckn"), "tckn"), "was": was}
                for number, sealed, was in rows
            ]
            changed = [row for row in fresh if row["new"] != row.pop("was")]
            if changed:
                one = update(table).where(table.id == bindparam("row"))
                connection.execute(one.values(tckn_hash=bindparam("new")), changed)
            progress = progress.after(len(rows), len(changed), 0)
        told = f"rehash:{progress.column} {progress.renewed}/{progress.looked_at}"
        connection.execute(insert(AccessEntry).values(_line(actor, now, told)))
    return progress


def _hashed(
    connection: Connection, size: int
) -> Iterator[tuple[type[Person | Registration], list[tuple[int, bytes, bytes]]]]:
    """Yield tables with the number of each row, its sealed TCKN and the hash of that."""
    tables: tuple[type[Person | Registration], ...] = (Person, Registration)
    for table in tables:
        after: int | None = 0
        while after is not None:
            query = select(table.id, table.tckn_sealed, table.tckn_hash).where(
                table.id > after, table.tckn_sealed.is_not(None)
            )
            rows = connection.execute(query.order_by(table.id).limit(size)).all()
            yield table, [(row.id, bytes(row.tckn_sealed), bytes(row.tckn_hash)) for row in rows]
            after = rows[-1].id if len(rows) == size else None


def _note(database: Engine, actor: Actor, now: datetime, what: str) -> None:
    with database.begin() as connection:
        connection.execute(insert(AccessEntry).values(_line(actor, now, what)))


def _line(actor: Actor, now: datetime, what: str) -> dict[str, object]:
    return {"at": now, "actor": actor.name, "what": f"keys:{what}", "purpose": PURPOSE}
