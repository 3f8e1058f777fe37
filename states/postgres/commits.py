"""What is known of one's own commits: sent and not answered, answered, or never sent.

Whoever answers a person (a request, a command) opens a record; the way to the database notes each
commit in it. What is only kept beside (counts of tries, the use of a session, a refusal that is
written down) is done ``aside`` and not noted, since nobody asked for it.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

GONE = ("08", "57P")
"""SQLSTATE classes with which a connection ends; what was under way on it may have been done."""


@dataclass(slots=True)
class Commits:
    """The commits of one request or command."""

    unanswered: int = 0
    answered: int = 0

    @property
    def certainly_none(self) -> bool:
        """Whether nothing was done: no commit was sent, or each was refused."""
        return not self.unanswered and not self.answered


_record: ContextVar[Commits | None] = ContextVar("commits", default=None)


def begin() -> Commits:
    """Open a record for what this thread does from now on, in place of the last one."""
    fresh = Commits()
    _record.set(fresh)
    return fresh


def so_far() -> Commits:
    """Return the open record; an empty one where none is."""
    return _record.get() or Commits()


@contextmanager
def aside() -> Iterator[None]:
    """Leave out of the record what is committed within."""
    token = _record.set(None)
    try:
        yield
    finally:
        _record.reset(token)


@contextmanager
def sending() -> Iterator[None]:
    """Note a commit: sent when this begins, answered or refused when it ends."""
    record = _record.get()
    if record is None:
        yield
        return
    record.unanswered += 1
    try:
        yield
    except Exception as error:
        state = getattr(
            error, "sqlstate", None
        )  # the driver's; commands without one know no driver
        if state is not None and not state.startswith(GONE):
            record.unanswered -= 1
        raise
    record.unanswered -= 1
    record.answered += 1
