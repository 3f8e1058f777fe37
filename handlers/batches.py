"""Owns who may go on with a batch: its maker, as long as his account is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from states.user import User
from workflow.batch_run import work_off

if TYPE_CHECKING:
    from workflow.engine import Office


def account_open(office: Office, name: str) -> bool:
    """Say whether the account behind an actor's name (``user:3``) is there and open.

    The roles of a batch are those its maker held when he made it; only his leaving ends it.
    """
    sort, _, number = name.partition(":")
    if sort != "user" or not (number.isascii() and number.isdecimal()):
        return False
    with office.database.connect() as connection:
        found = select(User.active).where(User.id == int(number))
        return bool(connection.scalar(found))


def work_off_batches(office: Office) -> int:
    """Do a turn of work on the batches of the office; return how many chunks it was."""
    return work_off(office, lambda name: account_open(office, name))
