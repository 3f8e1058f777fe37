"""The lines of the radar: what the sweep finds of people, written where it differs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import ARRAY, BigInteger, Boolean, Date, Text, any_, bindparam, text

from handlers.radar.needs import COUNTED, known_columns, needs
from handlers.radar.standing import Facts, RadarStanding, radar_standing
from handlers.ways import facts, router
from handlers.ways.days import apply_by, apply_from
from handlers.ways.fit import by_id
from states.people.person import Person

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Row

    from handlers.ways.way import RoutingDay

    Known = Row[*tuple[Any, ...]]

_PEOPLE = bindparam("people", type_=ARRAY(BigInteger))

_KEEP = text("""
WITH fresh AS (
    SELECT * FROM unnest(:certificates, :holders, :units, :standings, :consents, :ends)
        AS f (certificate_id, person_id, institution_id, standing, consented, ends_on)
), gone AS (
    DELETE FROM radar_line l WHERE l.person_id = ANY(:people)
        AND NOT EXISTS (SELECT 1 FROM fresh f WHERE f.certificate_id = l.certificate_id)
    RETURNING l.institution_id
), before AS (
    SELECT l.institution_id FROM radar_line l JOIN fresh f USING (certificate_id)
    WHERE l.institution_id <> f.institution_id
), kept AS (
    INSERT INTO radar_line AS l
        (certificate_id, person_id, institution_id, standing, consented, ends_on)
    SELECT certificate_id, person_id, institution_id, standing, consented, ends_on FROM fresh
    ON CONFLICT (certificate_id) DO UPDATE SET person_id = excluded.person_id,
        institution_id = excluded.institution_id, standing = excluded.standing,
        consented = excluded.consented, ends_on = excluded.ends_on
    WHERE (l.person_id, l.institution_id, l.standing, l.consented, l.ends_on)
        IS DISTINCT FROM (excluded.person_id, excluded.institution_id, excluded.standing,
            excluded.consented, excluded.ends_on)
    RETURNING l.institution_id
)
SELECT institution_id FROM gone UNION SELECT institution_id FROM before
UNION SELECT institution_id FROM kept
""").bindparams(
    _PEOPLE,
    bindparam("certificates", type_=ARRAY(BigInteger)),
    bindparam("holders", type_=ARRAY(BigInteger)),
    bindparam("units", type_=ARRAY(BigInteger)),
    bindparam("standings", type_=ARRAY(Text)),
    bindparam("consents", type_=ARRAY(Boolean)),
    bindparam("ends", type_=ARRAY(Date)),
)


def refresh(connection: Connection, people: Sequence[int], routing: RoutingDay) -> set[int]:
    """Bring the lines of some people up to what is so now; return the units whose lines changed."""
    query = (
        needs()
        .with_only_columns(*known_columns(), Person.institution_id)
        .where(COUNTED.person_id == any_(_PEOPLE), COUNTED.ends_on.is_not(None))
    )
    rows = connection.execute(query, {"people": list(people)}).all()
    overdue = overdue_of(connection, [row for row in rows if _may_be_late(row, routing)], routing)
    found = [(row, standing_of(row, routing, overdue=row.id in overdue)) for row in rows]
    given = {
        "people": list(people),
        "certificates": [row.id for row, _ in found],
        "holders": [row.person_id for row, _ in found],
        "units": [row.institution_id for row, _ in found],
        "standings": [standing.value for _, standing in found],
        "consents": [row.consented for row, _ in found],
        "ends": [row.ends_on for row, _ in found],
    }
    return set(connection.scalars(_KEEP, given))


def standing_of(row: Known, routing: RoutingDay, *, overdue: bool) -> RadarStanding:
    """Return where the radar counts a row of ``known_columns``."""
    return radar_standing(facts_of(row, routing), routing.today, row.ends_on, overdue=overdue)


def facts_of(row: Known, routing: RoutingDay) -> Facts:
    """Return what the standing of a row of ``known_columns`` is told from."""
    opens = apply_from(row.ends_on, routing.window)
    return Facts(opens, row.consented, row.application, row.production_opens_on)


def _may_be_late(row: Known, routing: RoutingDay) -> bool:
    """Say whether the router has to be asked: the day is over, nothing is seen under way."""
    return (
        row.application is None
        and row.ends_on >= routing.today
        and apply_by(row.ends_on, routing.window) < routing.today
    )


def overdue_of(
    connection: Connection, rows: Sequence[Known], routing: RoutingDay
) -> frozenset[int]:
    """Return those whose last day to apply is over with nothing under way, as the router sees it.

    The persons are read at once.
    """
    persons = facts.read_all(connection, [row.person_id for row in rows])
    found = ((row.id, persons[row.person_id]) for row in rows)
    return frozenset(
        number
        for number, person in found
        if (old := by_id(person, number)) is not None and router.overdue(person, old, routing)
    )
