"""Letters to units as tests write them: coordinators, people, drafts and what came of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from handlers.people.register import NewPerson, enter_person, enter_user, find_institution
from handlers.unit_letters.payloads import Distribution
from states.cases.requests.unit_letter import UnitLetter, UnitLetterCopy
from states.people.institution import Institution
from states.people.tckn import check_digits
from workflow.model.actor import Actor

if TYPE_CHECKING:
    from datetime import date

    from tests.kit.handlers.world import World

TOP = "TEST-16"
UNITS = ("TEST-16-01", "TEST-16-02")
WORDS: dict[str, object] = {
    "wording": "renewal", "subject": "Sertifika yenileme başvuruları",
    "about": "Bakanlığın 17.02.2026 tarihli ve 123 sayılı yazısı.", "addition": None,
    "contact_name": "Bilgi İşlem Şubesi", "contact_phone": "0 (224) 000 00 00",
    "contact_email": "destek@ornek.invalid", "person_id": None,
}  # fmt: skip
"""The words of a whole letter."""


@dataclass
class Letters:
    """A world in which institutions write to their units."""

    world: World
    _people: int = 700_000

    def place(self, code: str = TOP) -> int:
        """Return the id of an institution."""
        with self.world.engine.database.connect() as connection:
            found = find_institution(connection, code)
        assert found is not None
        return found.id

    def person(
        self, code: str = TOP, name: str = "Kerem", email: str | None = "k@o.invalid"
    ) -> int:
        """Enter somebody at an institution."""
        self._people += 1
        first = f"990{self._people}"
        new = NewPerson(
            first + check_digits(first), name, "Yetkili", self.place(code), "TEST Sokağı 1", email
        )
        vault, now = self.world.services.vault, self.world.clock.now()
        with self.world.engine.database.begin() as connection:
            return enter_person(connection, vault, new, now)

    def coordinator(self, code: str = TOP, email: str | None = "k@o.invalid") -> Actor:
        """Open the account of a coordinator who is known as a human."""
        person = self.person(code, email=email)
        with self.world.engine.database.begin() as connection:
            number = enter_user(
                connection, f"Yetkili {person}", ["coordinator"], self.world.clock.now(),
                person_id=person, institution_id=self.place(code),
            )  # fmt: skip
        return Actor(f"user:{number}", frozenset({"coordinator"}), "demo", person)

    def staff(self, code: str, ends_on: date, name: str = "Ayşe") -> int:
        """Enter somebody whose certificate ends with a day; return the person."""
        person = self.person(code, name)
        self.world.certificate(person, ends_on, f"{person:x}a1")
        return person

    def draft(
        self,
        who: Actor,
        action: tuple[str, ...] = UNITS,
        info: tuple[str, ...] = (),
        sender: str = TOP,
        **other: object,
    ) -> int:
        """Propose a letter and return its case."""
        said = Distribution(
            tuple(self.place(one) for one in action), tuple(self.place(one) for one in info)
        )
        values = {"institution_id": self.place(sender), **WORDS, **other}
        return self.world.engine.open("unit_letter", "propose", who, values, said.payload())

    def approved(self, first: Actor, second: Actor, **more: object) -> int:
        """Propose a letter as one and approve it as another."""
        case = self.draft(first, **more)  # type: ignore[arg-type]
        self.world.engine.fire(case, "approve", second, workflow="unit_letter")
        return case

    def letter(self, case: int) -> UnitLetter:
        """Return a letter as it stands."""
        return self.world.read(UnitLetter, case)

    def copies(self, case: int) -> dict[str, UnitLetterCopy]:
        """Return what the units of a letter got, by their codes."""
        found = {row.institution_id: row for row in self.world.all(UnitLetterCopy, letter_id=case)}
        with self.world.engine.database.connect() as connection:
            codes = connection.execute(select(Institution.id, Institution.code)).all()
        return {code: found[number] for number, code in codes if number in found}

    def close(self, code: str, day: date) -> None:
        """Close an institution."""
        self.world.write(f"UPDATE institution SET closed_on = '{day}' WHERE code = '{code}'")
