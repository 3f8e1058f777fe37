"""What an application costs and who pays: a dated table beside the kinds of the definition.

Nothing is paid here: the amount is told to whoever applies, and asked for by other means.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from workflow.model.definition import Definition

AUTHORITY = "authority"
"""The payer for whom nothing is asked of anybody."""

PAYERS = ("holder", "institution", AUTHORITY)
"""Who may pay for a kind of application."""

LARGEST = 100_000_000
"""Kuruş beyond which an amount is a slip of the pen."""


class WrongFees(ValueError):
    """The table of fees says something that cannot be."""


@dataclass(frozen=True, slots=True)
class Fee:
    """What one kind costs from a day on, in the smallest unit of its currency (ISO 4217)."""

    since: date
    kind: str
    kurus: int


@dataclass(frozen=True, slots=True)
class FeeTable:
    """All rows of one currency, oldest first."""

    currency: str
    fees: tuple[Fee, ...]

    def on(self, kind: str, day: date) -> int | None:
        """Return what a kind costs on a day; None where no row says so."""
        known = [one.kurus for one in self.fees if one.kind == kind and one.since <= day]
        return known[-1] if known else None


@dataclass(frozen=True, slots=True)
class Charge:
    """Who pays for an application, how much and in which currency; None where no row says so."""

    payer: str
    kurus: int | None
    currency: str


def read_table(text: str) -> FeeTable:
    """Return the table of a text; WrongFees with what is wrong in which row."""
    said = yaml.safe_load(text)
    if not isinstance(said, dict) or set(said) != {"currency", "fees"}:
        message = "the table has `currency` and `fees`, and nothing else"
        raise WrongFees(message)
    currency, rows = said["currency"], said["fees"]
    if not (isinstance(currency, str) and len(currency) == len("TRY") and currency.isupper()):
        message = f"{currency!r} is no code of a currency"
        raise WrongFees(message)
    fees = sorted((_fee(n, row) for n, row in enumerate(rows, 1)), key=lambda one: one.since)
    if len({(one.since, one.kind) for one in fees}) < len(fees):
        message = "a kind has two rows of one day"
        raise WrongFees(message)
    return FeeTable(currency, tuple(fees))


def _fee(number: int, row: object) -> Fee:
    match row:
        case {"from": date() as since, "kind": str(kind), "kurus": int(kurus), **rest} if (
            not rest and 0 <= kurus <= LARGEST
        ):
            return Fee(since, kind, kurus)
    message = f"row {number}: {row!r} is not {{from: DAY, kind: NAME, kurus: NUMBER}}"
    raise WrongFees(message)


@cache
def shipped() -> FeeTable:
    """Return the table that this program ships with."""
    file = resources.files("handlers.kit") / "fees.yaml"
    return read_table(file.read_text("utf-8"))


def charge_of(definition: Definition, kind: str, day: date) -> Charge:
    """Return who pays for an application of a kind that is filed on a day, and how much."""
    payer, table = str(definition.kinds[kind]["payer"]), shipped()
    amount = 0 if payer == AUTHORITY else table.on(kind, day)
    return Charge(payer, amount, table.currency)
