"""Owns the shipped wording of the e-onay and bringing it into force."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from handlers import letters
from states.terms import Terms

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

CURRENT = letters.CONSENT.version
"""The version that this program ships: document code and revision of the consent."""


def publish_terms(connection: Connection, now: datetime) -> bool:
    """Bring the shipped version into force from now on; False when it already was published."""
    text = letters.write(f"terms-{letters.CONSENT.revision}.txt", {})
    statement = insert(Terms).values(version=CURRENT, text=text, valid_from=now)
    done = connection.execute(
        statement.on_conflict_do_nothing(index_elements=["version"]).returning(Terms.version)
    )
    return done.first() is not None


def current_version(connection: Connection) -> str | None:
    """Return the version in force: the newest one; None before the first is published."""
    newest = select(Terms.version).order_by(Terms.valid_from.desc()).limit(1)
    return connection.execute(newest).scalar_one_or_none()
