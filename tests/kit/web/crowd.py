"""The many applications that the lists of the office are tested on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from states.kit.text import sort_key, upper
from workflow.model.clock import day_in_istanbul

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from tests.kit.postgres import Database

SURNAMES = ("Çelik", "Ilgaz", "İnce", "Ozan", "Özer", "Şahin", "Zorlu")
GIVEN = ("Can", "Deniz")

_PEOPLE = """
INSERT INTO person (given_name, surname, sort_key, tckn_sealed, tckn_hash, tckn_masked, created_at)
SELECT :given, :surname, :key, '', sha256(gen_random_uuid()::text::bytea), '100******46', :now
FROM generate_series(1, :count)
"""

# Each state has its share; neighbours share a deadline and a moment, and some have no deadline.
_CASES = """
INSERT INTO application (kind, method, person_id, definition, state, version, head, entered_at,
    created_at, old_ends_on, applicant_key)
SELECT CASE WHEN n % 3 = 0 THEN 'first' ELSE 'renewal' END, 'e_onay', p.id, :definition,
    (CAST(:states AS text[]))[1 + n % cardinality(CAST(:states AS text[]))], 1, '',
    :now - (n / 2 % 50) * interval '1 minute', :now,
    CASE WHEN n % 7 > 0 THEN CAST(:today AS date) - 10 + (n / 2 * 3 % 40)::int END,
    p.sort_key
FROM (SELECT id, sort_key, row_number() OVER (ORDER BY sha256(id::text::bytea)) AS n FROM person
      WHERE tckn_sealed = ''
      AND NOT EXISTS (SELECT FROM application a WHERE a.person_id = person.id)) p
"""


def fill(world: World, each: int, *states: str) -> None:
    """Enter so many people of each of fourteen names, and an application for every one."""
    now = world.clock.now()
    for surname in SURNAMES:
        for given in GIVEN:
            names = {"given": upper(given), "surname": upper(surname)}
            key = sort_key(f"{surname} {given}")
            world.write(_PEOPLE, now=now, count=each, key=key, **names)
    sha256 = world.engine.library.workflow("application").sha256
    today = day_in_istanbul(now)
    world.write(_CASES, now=now, definition=sha256, states=list(states), today=today)


def analyze(database: Database) -> None:
    """Let the planner know what stands in the tables, as the server does by itself in time."""
    owner = database.owner.execution_options(isolation_level="AUTOCOMMIT")
    with owner.connect() as connection:
        connection.exec_driver_sql("VACUUM ANALYZE application, person, certificate")
