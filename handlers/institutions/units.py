"""Whom the people of an institution ask: the unit that it has named, or the nearest one above."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import ARRAY, Text, any_, select
from sqlalchemy.dialects.postgresql import distinct_on

from handlers.kit import rows
from states.cases.requests.support_change import SupportChange
from states.people.institution import Institution

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class SupportUnit:
    """Whom people ask: the unit's name, its telephone number and e-mail address, either or both.

    ``institution_id`` is the institution that named it, which may stand above that of the people.
    """

    institution_id: int
    unit: str
    phone: str | None
    email: str | None


def ancestors(path: str) -> list[str]:
    """Return the paths of an institution and of all above it, itself first."""
    parts = path.strip("/").split("/")
    return [f"/{'/'.join(parts[:n])}/" for n in range(len(parts), 0, -1)]


def unit_of(connection: Connection, institution_id: int) -> SupportUnit | None:
    """Return the support unit that counts for an institution, None where nobody has named one."""
    place = rows.fetch(connection, Institution, institution_id)
    # A longer path is the greater one among those that begin with each other.
    for row in _newest().ask(connection, paths=ancestors(place.path)):
        if row["unit"] is not None:
            return SupportUnit(**row)
    return None


@cache
def _newest() -> rows.Question:
    return rows.Question.of(
        select(
            SupportChange.institution_id, SupportChange.unit, SupportChange.phone,
            SupportChange.email,
        )
        .join(Institution, SupportChange.institution_id == Institution.id)
        .where(
            Institution.path == any_(rows.given("paths", ARRAY(Text))),
            SupportChange.state == "approved",
        )
        .ext(distinct_on(Institution.path))
        .order_by(Institution.path.desc(), SupportChange.id.desc())
    )  # fmt: skip


def line_of(connection: Connection, institution_id: int | None) -> str:
    """Return what a message says of the support unit of its reader: a last line, "" without one."""
    unit = None if institution_id is None else unit_of(connection, institution_id)
    if unit is None:
        return ""
    reached = " · ".join(part for part in (unit.unit, unit.phone, unit.email) if part)
    return f"\nDestek / Support: {reached}\n"
