"""The limit of wrong guesses: the last one that is allowed is the last, however many come."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from limits.util import parse

from handlers.kit import rate_limits
from states.postgres.commits import aside
from web.gate.composition import composed
from web.gate.limits import LimitOfAll, limiter, throttled
from web.gate.source import name_source

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Connection

    from handlers.kit.rate_limits import Count

Found = TypeVar("Found")


class Guesses:
    """How often one source may ask for what is not there.

    Looking up and counting are one step, and those of one source go one after the other: of many
    wrong ones at once no more are looked up than of the same in a row. What is found costs the
    source nothing and keeps it waiting for no longer than the look-up takes.
    """

    def __init__(self, scope: str, most: str, together: LimitOfAll) -> None:
        """Name the count, say how much is allowed ("5 per 5 minutes"), and the limit over all."""
        self.scope, self.item, self.together = f"wrong/{scope}", parse(most), together

    def look_up(self, find: Callable[[Connection], Found]) -> Found:
        """Return what is found; count one when it is nothing; raise 429 when there were too many.

        ``find`` reads by the connection that it is given and by no other. The limit over all is
        charged by what is looked up only.
        """
        composition = composed()
        if not limiter.enabled:
            with composition.database.connect() as connection:
                return find(connection)
        name, now = self._name(), composition.clock.now()
        self._admit(rate_limits.read(composition.database, name, now), now)
        self.together.charge()
        return self._counted(find, name, now)

    def miss(self) -> None:
        """Count what cannot be there and needs no look-up; raise 429 when there were too many."""
        if limiter.enabled:
            self._counted(lambda _connection: None, self._name(), composed().clock.now())

    def _name(self) -> str:
        return f"{self.scope}/{name_source()}"

    def _counted(self, find: Callable[[Connection], Found], name: str, now: datetime) -> Found:
        with aside(), composed().database.begin() as connection:
            rate_limits.alone(connection, name)
            self._admit(rate_limits.read_in(connection, name, now), now)
            found = find(connection)
            if found is None:
                lasts = timedelta(seconds=self.item.get_expiry())
                rate_limits.add_in(connection, name, 1, lasts, now)
        return found

    def _admit(self, counted: Count, now: datetime) -> None:
        number, ends = counted
        if number >= self.item.amount:
            throttled(ends - now)
