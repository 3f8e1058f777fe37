"""What waits for the world outside, by the service that it waits for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SERVICES = ("token", "authority", "courier", "status", "stamp", "lists", "mail", "other")
"""Whom the office waits for, in the order in which they are told."""

_TOKEN = frozenset({
    "module_absent", "reader_absent", "token_absent", "token_unknown", "token_torn",
    "token_ambiguous", "pin_length", "pin_wrong", "pin_last_try", "pin_locked", "pin_must_change",
    "card_removed", "device_error", "device_resting", "store_full", "store_busy", "key_absent",
})  # fmt: skip
_AUTHORITY = frozenset({"issuer_away", "issuer_refused"})
_OF_PARTY: Mapping[str, str] = {
    "production": "token",
    "courier": "courier",
    "status": "status",
    "certificate_status": "status",
    "signature": "stamp",
    "signatures": "stamp",
    "revocation": "lists",
    "revocation_lists": "lists",
    "notice": "mail",
    "post": "mail",
    "receipts": "mail",
}


def service(party: str, code: str) -> str:
    """Return the service behind an error of a party's; its code tells more than who asked."""
    if code in _TOKEN:
        return "token"
    return "authority" if code in _AUTHORITY else _OF_PARTY.get(party, "other")


@dataclass(slots=True)
class Waiting:
    """What waits for one service; ``code`` is the last error, ``cases`` the oldest references."""

    service: str
    code: str
    count: int
    since: datetime
    last: datetime
    again: datetime
    cases: list[str]


def waiting(rows: Iterable[Mapping[str, Any]], most: int) -> list[Waiting]:
    """Sum the rows of the figure up by service; each names ``most`` cases at most."""
    found: dict[str, Waiting] = {}
    for row in rows:
        one = _read(row)
        known = found.setdefault(one.service, one)
        if known is not one:
            _add(known, one)
        known.cases = known.cases[:most]
    return sorted(found.values(), key=lambda one: SERVICES.index(one.service))


def _read(row: Mapping[str, Any]) -> Waiting:
    since, last, again = (datetime.fromisoformat(row[name]) for name in ("since", "last", "again"))
    cases = [case for case in row["cases"] or () if case]
    named = service(row["party"], row["code"])
    return Waiting(named, row["code"], row["waits"], since, last, again, cases)


def _add(known: Waiting, one: Waiting) -> None:
    if one.last > known.last:
        known.code, known.last = one.code, one.last
    known.count += one.count
    known.since = min(known.since, one.since)
    known.again = min(known.again, one.again)
    known.cases += one.cases
