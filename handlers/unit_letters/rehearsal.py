"""What a distribution list would come to: how many units, and who of them cannot be written to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, func, or_, select

from handlers.kit.roles import COORDINATOR
from states.people.institution import Institution
from states.people.person import IN_OFFICE, Person
from states.people.user import User

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

PAPERS = 2
"""Files that each unit gets beside the letter: its list, and the same as a workbook."""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """The counts of a list, and the names of units that nobody answers for or can be told of."""

    units: int
    nobody: tuple[str, ...]
    no_address: tuple[str, ...]

    @property
    def attachments(self) -> int:
        """How many files go with the letter, all units together."""
        return self.units * PAPERS

    @property
    def told(self) -> int:
        """How many units have somebody who is written to."""
        return self.units - len(self.nobody) - len(self.no_address)


def rehearse(connection: Connection, units: Sequence[int]) -> Rehearsal:
    """Count a distribution list; nothing is kept."""
    reached = and_(
        Person.standing == IN_OFFICE, or_(Person.email.is_not(None), Person.phone.is_not(None))
    )
    query = (
        select(
            Institution.name,
            func.count(User.id).label("coordinators"),
            func.count(User.id).filter(reached).label("reached"),
        )
        .outerjoin(
            User,
            and_(User.institution_id == Institution.id, User.active, User.roles == [COORDINATOR]),
        )
        .outerjoin(Person, Person.id == User.person_id)
        .where(Institution.id.in_(list(units)))
        .group_by(Institution.id)
        .order_by(Institution.path)
    )
    found = connection.execute(query).all()
    return Rehearsal(
        len(found),
        tuple(row.name for row in found if not row.coordinators),
        tuple(row.name for row in found if row.coordinators and not row.reached),
    )
