"""A courier company over HTTP, as docs/courier.md describes: each parcel is booked once.

The booking's key is sent with every try, so that an answer that was lost is given again; what the
company answered is kept, and a number that it gave to another parcel is refused.
"""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote

from handlers.kit.courier_service import (
    CourierAway,
    CourierRefused,
    booked_number,
    keep_booking,
)
from signing.errors import DeviceResting, OnlineUnavailable
from signing.tokens.breaker import Breaker, BreakerLimits
from states.kit.text import normal
from states.people.tckn import mask_all

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from pydantic import SecretStr
    from sqlalchemy import Engine

    from handlers.kit.courier_service import Booking, Redelivery
    from signing.network.fetch import HttpAnswer

LIMIT = 16 * 1024
"""Bytes of the longest answer."""

LONGEST_REASON = 200
"""Characters of a refusal that are kept."""

REST = BreakerLimits(failures=5, rest=30.0, slow=10.0)
"""Five failures in a row leave the company alone for half a minute, then one try goes first."""

_NUMBER = re.compile(r"[A-Za-z0-9-]{4,40}")
_SETTLED_ALREADY = 409
# A secret that is refused and a place that is not found are mistakes of a setting, and may pass.
_LATER = frozenset({401, 403, 405, 408, 425, 429})
_GOOD = range(200, 300)
_REFUSED = range(400, 500)


class Exchange(Protocol):
    """What sends a body and gives the answer (`signing.network.fetch.Fetcher`)."""

    def exchange(self, url: str, body: bytes, headers: Mapping[str, str], limit: int) -> HttpAnswer:
        """Send a body; OnlineUnavailable without an answer."""
        ...  # pragma: no cover - a protocol has no body


@dataclass(frozen=True)
class CourierEndpoint:
    """Where a courier is asked, and the secret that tells who asks."""

    url: str
    secret: SecretStr


class CourierService:
    """The bookings at a courier company; safe for threads."""

    def __init__(
        self,
        database: Engine,
        endpoint: CourierEndpoint,
        fetcher: Exchange,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        """Ask nobody yet; ``seconds`` is a clock that only runs forward."""
        self._database, self._endpoint, self._fetcher = database, endpoint, fetcher
        self._breaker = Breaker("courier", seconds, REST, faults=(CourierAway,))

    def book(self, parcel: Booking, now: datetime) -> str:
        """Order a parcel and return its tracking number, the same for the same key for ever.

        CourierRefused for what the company does not take, CourierAway for all that may pass.
        """
        with self._database.connect() as connection:
            known = booked_number(connection, parcel.key)
        if known is not None:
            return known
        said = {"key": parcel.key, "name": parcel.name, "address": parcel.address}
        answer = self._ask("/parcels", parcel.key, said)
        if answer.status not in _GOOD:
            raise CourierRefused(reason=_reason(answer))
        number = _tracking_number(answer)
        kept = keep_booking(self._database, parcel, number, now)
        if kept is None:
            raise CourierAway(reason="number_of_another_parcel", number=number)
        return kept

    def recall(self, tracking_number: str, now: datetime) -> None:  # noqa: ARG002 - as others do
        """Order a parcel back; one that is delivered or on its way back already stays so.

        CourierRefused when the company knows no such parcel.
        """
        path = f"/parcels/{quote(tracking_number, safe='')}/recall"
        answer = self._ask(path, f"recall/{tracking_number}", {})
        if answer.status not in _GOOD and answer.status != _SETTLED_ALREADY:
            raise CourierRefused(reason=_reason(answer))

    def redeliver(self, wish: Redelivery, now: datetime) -> None:  # noqa: ARG002 - as others do
        """Order the next try at another address, or that the parcel is kept to be collected.

        CourierRefused for what the company cannot do, as where the parcel is out already.
        """
        path = f"/parcels/{quote(wish.tracking_number, safe='')}"
        if wish.address is None:
            answer = self._ask(f"{path}/keep", wish.key, {})
        else:
            answer = self._ask(f"{path}/redeliver", wish.key, {"address": wish.address})
        if answer.status not in _GOOD:
            raise CourierRefused(reason=_reason(answer))

    def _ask(self, path: str, key: str, said: Mapping[str, str]) -> HttpAnswer:
        """Ask once, through the breaker; what comes back is a yes or a no for good."""
        try:
            probe = self._breaker.admit()
        except DeviceResting as resting:
            raise CourierAway(reason="resting", **resting.params) from resting
        try:
            return self._breaker.watch(self._send, path, key, said)
        finally:
            self._breaker.leave(probe=probe)

    def _send(self, path: str, key: str, said: Mapping[str, str]) -> HttpAnswer:
        headers = {
            "Authorization": f"Bearer {self._endpoint.secret.get_secret_value()}",
            "Idempotency-Key": key,
            "Content-Type": "application/json",
            "Accept": "application/json",
        }
        body = json.dumps(said, ensure_ascii=False).encode()
        try:
            answer = self._fetcher.exchange(self._endpoint.url + path, body, headers, LIMIT)
        except OnlineUnavailable as unavailable:
            raise CourierAway(**unavailable.params) from unavailable
        settled = answer.status in _GOOD or answer.status in _REFUSED
        if not settled or answer.status in _LATER:
            raise CourierAway(reason="http_status", status=answer.status)
        return answer


def _tracking_number(answer: HttpAnswer) -> str:
    number = _said(answer).get("tracking_number")
    if not isinstance(number, str) or not _NUMBER.fullmatch(number):
        raise CourierAway(reason="no_tracking_number")
    return number


def _reason(answer: HttpAnswer) -> str:
    """Return why the company refuses, in its own words where it gives any."""
    reason = _said(answer).get("reason")
    if not isinstance(reason, str):
        return f"HTTP {answer.status}"
    words = "".join(sign for sign in normal(mask_all(reason)) if sign.isprintable())
    return words[:LONGEST_REASON] or f"HTTP {answer.status}"


def _said(answer: HttpAnswer) -> Mapping[str, object]:
    """Return the object of an answer; what is none says nothing."""
    try:
        said = json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}
