"""Whom the gateway knows: the invented people of the demo, and some that no office knows."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from states.people.person import Person
from states.people.tckn import check_digits, masked
from states.people.user import User
from web.auth.personas import SHOWN_APPLICANTS

if TYPE_CHECKING:
    from pathlib import Path

    from states.kit.vault import Vault
    from web.gate.composition import Composition


@dataclass(frozen=True, slots=True)
class Citizen:
    """Somebody the gateway lets in: the number and the names it hands over, and its own ``sub``."""

    tckn: str
    given_name: str
    surname: str
    subject: str

    def __repr__(self) -> str:
        """Show the masked number only."""
        return f"Citizen({masked(self.tckn)})"

    @property
    def name(self) -> str:
        """Given name and surname."""
        return f"{self.given_name} {self.surname}"


def citizen(tckn: str, given_name: str, surname: str, account: str | None = None) -> Citizen:
    """Return a citizen; ``sub`` is that of the account in the office, else made of the number."""
    made = f"citizen:{hashlib.sha256(tckn.encode()).hexdigest()[:24]}"
    return Citizen(tckn, given_name, surname, account or made)


def _invented(number: int, given_name: str, surname: str) -> Citizen:
    first_nine = f"{970_000_000 + number}"
    return citizen(first_nine + check_digits(first_nine), given_name, surname)


STRANGERS = (_invented(1, "YENİ", "GELEN"), _invented(2, "UMUT", "LİSTEDEYOK"))
"""Two whom no staff list of the demo names."""


def of_office(composition: Composition) -> list[Citizen]:
    """Return the people of the demo whom its pages offer as personas: staff, then applicants."""
    vault = composition.engine.services.vault
    with Session(composition.database) as rows:
        staff = rows.execute(
            select(Person, User.subject)
            .join(User, User.person_id == Person.id)
            .where(User.active, Person.erased_at.is_(None))
            .order_by(User.id)
        )
        found = [_known(vault, person, subject) for person, subject in staff]
        people = rows.scalars(
            select(Person)
            .where(~select(User.id).where(User.person_id == Person.id).exists())
            .where(Person.erased_at.is_(None))
            .order_by(Person.id)
            .limit(SHOWN_APPLICANTS)
        )
        return [*found, *(_known(vault, person) for person in people)]


def _known(vault: Vault, person: Person, subject: str | None = None) -> Citizen:
    number = vault.open(person.tckn_sealed, "tckn")
    return citizen(number, person.given_name, person.surname, subject)


def register_in(var: Path) -> Path:
    """Return where a demo keeps the register of its gateway."""
    return var / "demo" / "citizens.json"


def keep(file: Path, citizens: list[Citizen]) -> None:
    """Write the register that the gateway reads at its start, for its own account only."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as register:
        json.dump([asdict(one) for one in citizens], register)


def read(file: Path) -> list[Citizen]:
    """Return whom the register names, and the strangers after them."""
    return [*(Citizen(**row) for row in json.loads(file.read_text("utf-8"))), *STRANGERS]
