"""The list that goes with a letter: the people of one unit, whose certificates end when.

A unit's own people are those of the unit and of what lies below it, but for what another unit of
the same letter answers for: each person stands in one list. A unit that closed before the letter
was sealed answers for nobody; its people stand in the list of the next unit above.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from handlers.papers.letters import short_date
from handlers.unit_letters.units import AT_ONCE, counts
from handlers.ways import facts, router
from handlers.ways.days import apply_by
from handlers.ways.fit import by_id
from states.cases.certificate import Certificate
from states.cases.requests.unit_letter import UnitLetterCopy
from states.people.institution import Institution
from states.people.person import Person

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Connection, Select

    from handlers.ways.facts import CertificateFacts, PersonFacts
    from handlers.ways.way import RoutingDay

MOST_LINES = 5_000
"""Lines of one list; of more those that end first."""

LISTED = ("active", "suspended", "expired")

LATE = "Son başvuru günü geçti"
APPLIED = "Başvurusu var"
RENEWED = "Yenisi var"
NO_CONSENT = "e-onayı yok"
WAITS = "Başvurusu yok"

_other = aliased(UnitLetterCopy)
_inner = aliased(Institution)


@dataclass(frozen=True, slots=True)
class ListLine:
    """One certificate as its line tells it."""

    name: str
    certificate: str
    ends_on: str
    apply_by: str
    standing: str


@dataclass(frozen=True, slots=True)
class UnitPeople:
    """The lines of a unit; ``cut`` says that there are more than a list holds."""

    lines: tuple[ListLine, ...]
    cut: bool = False

    def values(self) -> dict[str, object]:
        """Return them as a paper takes them."""
        return {"people": [asdict(line) for line in self.lines], "cut": self.cut}


def people_of(
    connection: Connection, letter_id: int, unit: Institution, day: RoutingDay
) -> UnitPeople:
    """Return the lines of a unit of a letter, those that end first first."""
    found = connection.execute(_own(letter_id, unit).limit(MOST_LINES + 1)).all()
    lines = []
    for at in range(0, min(len(found), MOST_LINES), AT_ONCE):
        chunk = found[at : min(at + AT_ONCE, MOST_LINES)]
        persons = facts.read_all(connection, sorted({row.person_id for row in chunk}))
        lines += [line for row in chunk if (line := _line(row, persons[row.person_id], day))]
    return UnitPeople(tuple(lines), len(found) > MOST_LINES)


def _own(letter_id: int, unit: Institution) -> Select[int, int, str, date | None, str, str]:
    """Select the certificates of a unit's people, less those of the letter's units below it."""
    answered_by_another = exists().where(
        _other.letter_id == letter_id,
        _other.institution_id == _inner.id,
        _other.outcome.is_distinct_from("closed"),  # nobody there gets a list any more
        _inner.id != unit.id,
        _inner.path.startswith(unit.path, autoescape=True),
        Institution.path.startswith(_inner.path),
    )
    return (
        select(
            Certificate.id, Certificate.person_id, Certificate.reference, Certificate.ends_on,
            Person.given_name, Person.surname,
        )
        .join(Person, Person.id == Certificate.person_id)
        .join(Institution, Institution.id == Person.institution_id)
        .where(
            Institution.path.startswith(unit.path, autoescape=True),
            Certificate.state.in_(LISTED),
            ~answered_by_another,
        )
        .order_by(Certificate.ends_on, Certificate.id)
    )  # fmt: skip


def _line(row: Any, person: PersonFacts, day: RoutingDay) -> ListLine | None:  # noqa: ANN401 - a row of `_own`
    """Return the line of a certificate; None of one that nobody counts on any more."""
    old = by_id(person, row.id)
    if old is None or not router.entitled(person):
        return None
    if not counts(old) or (not old.in_hand and router.seen_to(person, old, day)):
        return None
    return ListLine(
        f"{row.given_name} {row.surname}",
        row.reference,
        short_date(row.ends_on),
        short_date(apply_by(row.ends_on, day.window)),
        _standing(person, old, day),
    )


def _standing(person: PersonFacts, old: CertificateFacts, day: RoutingDay) -> str:
    if any(one.old_certificate_id == old.id for one in person.applications):
        return APPLIED
    if router.seen_to(person, old, day):
        return RENEWED
    if router.overdue(person, old, day):
        return LATE
    return WAITS if person.has_consent else NO_CONSENT
