"""The throttle of addresses and the guard of forms, shared by all pages."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NoReturn

from flask import g
from flask_limiter import Limiter
from flask_wtf.csrf import CSRFProtect
from limits.storage import Storage
from limits.util import parse
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import TooManyRequests

from handlers.kit import rate_limits
from web.gate.composition import composed
from web.gate.session import signed_in
from web.gate.source import name_source
from workflow.model.clock import SystemClock

if TYPE_CHECKING:
    from flask import Flask

    from handlers.kit.rate_limits import Count

SCHEME = "nes"
"""What the address of the shared counts begins with."""

csrf = CSRFProtect()
"""Refuses a form that this site did not give out; programs' routes are exempted one by one."""


class SharedTries(Storage):
    """Counts in the database, so that several processes throttle as one.

    What one request has learnt of a count it asks no second time: a throttled route costs one
    statement.
    """

    STORAGE_SCHEME: list[str] | None = [SCHEME]  # noqa: RUF012 - the name and type are the library's

    @property
    def base_exceptions(self) -> type[Exception]:
        """Name the errors of a store that is away; they are the site's own."""
        return SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count and return how many there were in this stretch of ``expiry`` seconds."""
        composition = composed()
        lasts = timedelta(seconds=expiry)
        found = rate_limits.add(composition.database, key, amount, lasts, composition.clock.now())
        _learnt()[key] = found
        return found[0]

    def get(self, key: str) -> int:
        """Return how many there were."""
        return self._read(key)[0]

    def get_expiry(self, key: str) -> float:
        """Return when the stretch ends, in seconds of the epoch as the library reads them."""
        left: timedelta = self._read(key)[1] - composed().clock.now()
        moment: datetime = SystemClock().now() + left
        return moment.timestamp()

    def check(self) -> bool:
        """Say that it can be asked; a lost database shows itself when it is."""
        return True

    def reset(self) -> int:
        """Remove what is over; what still counts cannot be reset from here."""
        composition = composed()
        return rate_limits.forget(composition.database, None, composition.clock.now())

    def clear(self, key: str) -> None:
        """Remove one count."""
        composition = composed()
        rate_limits.forget(composition.database, key, composition.clock.now())
        _learnt().pop(key, None)

    def _read(self, key: str) -> Count:
        if key not in _learnt():
            composition = composed()
            _learnt()[key] = rate_limits.read(composition.database, key, composition.clock.now())
        return _learnt()[key]


def _learnt() -> dict[str, Count]:
    if "tries" not in g:
        g.tries = {}
    found: dict[str, Count] = g.tries
    return found


limiter = Limiter(name_source)
"""Throttles by source; the counts are those of the whole house."""


class LimitOfAll:
    """How often something costly is done for all sources together.

    It is charged by hand, where the costly thing begins: what the limits of its own source refuse,
    and what is turned away before, uses nothing of it up. The route must have a limit for each
    source that is below this one, or one source could close it for everybody.
    """

    def __init__(self, scope: str, most: str) -> None:
        """Name the count and say how much is allowed, as in "600 per minute"."""
        self.scope, self.item = f"all/{scope}", parse(most)

    def charge(self) -> None:
        """Count one; raise 429 with the time to wait when there were too many."""
        if not limiter.enabled:
            return
        composition = composed()
        now, lasts = composition.clock.now(), timedelta(seconds=self.item.get_expiry())
        found, ends = rate_limits.add(composition.database, self.scope, 1, lasts, now)
        if found > self.item.amount:
            throttled(ends - now)


def throttled(left: timedelta) -> NoReturn:
    """Raise 429 with the time that is left to wait, a second more for what is rounded away."""
    # Else the library would say how long the limit of the source itself lasts, if that is longer.
    limiter.context.view_rate_limit = None
    raise TooManyRequests(retry_after=math.ceil(left.total_seconds()) + 1)


def by_person() -> str:
    """Return whom a limit of signed-in people counts for: the person, else the address."""
    person = signed_in()
    return person.actor.name if person else name_source()


def throttle(app: Flask) -> None:
    """Put throttle and guard on an application."""
    app.config.update(RATELIMIT_STORAGE_URI=f"{SCHEME}://", RATELIMIT_HEADERS_ENABLED=True)
    csrf.init_app(app)
    limiter.init_app(app)
