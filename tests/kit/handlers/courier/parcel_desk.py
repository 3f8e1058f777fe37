"""Parcels that wait in the house, as many as a day has, and people who scan them themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from states.cases.handover import Handover
from states.cases.parcel import Parcel
from tests.kit.handlers.world import operator

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from workflow.model.actor import Actor

_PEOPLE = """
INSERT INTO person (given_name, surname, sort_key, tckn_sealed, tckn_hash, tckn_masked, created_at)
SELECT 'İĞNECİ', 'KİŞİ', 'deneme', '', sha256(('kurye' || n)::bytea), '100******46', :now
FROM generate_series(1, :count) n RETURNING id
"""
_CERTIFICATES = """
INSERT INTO certificate (person_id, serial, definition, state, version, head, entered_at,
    created_at, not_before, ends_at, not_after)
SELECT id, 'c0' || id, :certificate, 'suspended', 1, decode(repeat('00', 32), 'hex'), :now, :now,
    :now, :now + interval '3 years', :now + interval '3 years'
FROM person WHERE id = ANY(:people)
"""
_APPLICATIONS = """
INSERT INTO application (kind, method, person_id, certificate_id, delivery_address, definition,
    state, version, head, entered_at, created_at)
SELECT 'renewal', 'e_onay', p.id, c.id, 'TEST Sokağı ' || p.id || ', Iğdır', :application,
    'booked', 1, decode(repeat('00', 32), 'hex'), :now, :now
FROM person p JOIN certificate c ON c.person_id = p.id WHERE p.id = ANY(:people)
"""
_MADE_HERE = """
UPDATE certificate c SET application_id = a.id, seen = 'made', seen_at = a.created_at,
    checked_at = a.created_at FROM application a
WHERE a.certificate_id = c.id AND c.person_id = ANY(:people)
"""
_PARCELS = """
INSERT INTO parcel (person_id, application_id, tracking_number, definition, state, version, head,
    entered_at, created_at)
SELECT person_id, id, 'YK' || lpad((row_number() OVER (ORDER BY id))::text, 14, '0'), :parcel,
    'booked', 1, decode(repeat('00', 32), 'hex'), :now, :now
FROM application WHERE person_id = ANY(:people) ORDER BY id
"""


def number(place: int) -> str:
    """Return the tracking number of the parcel of a place, beginning with 1."""
    return f"YK{place:014}"


def fill_house(world: World, count: int) -> list[Parcel]:
    """Put parcels of as many people into the house, booked; return them in their order."""
    library, now = world.engine.library, world.clock.now()
    hashes = {
        name: library.workflow(name).sha256 for name in ("certificate", "application", "parcel")
    }
    with world.engine.database.begin() as connection:
        values = {"now": now, "count": count}
        people = list(connection.scalars(text(_PEOPLE), values))
        for statement in (_CERTIFICATES, _APPLICATIONS, _MADE_HERE, _PARCELS):
            given = {"now": now, **hashes}
            needed = {name: value for name, value in given.items() if f":{name}" in statement}
            needed["people"] = people
            connection.execute(text(statement), needed)
    return [world.read(Parcel, row.id) for row in world.all(Parcel)]


def begin_list(world: World, actor: Actor | None = None) -> Handover:
    """Begin a hand-over list."""
    made = world.engine.open("handover", "begin", actor or operator(), {})
    return world.read(Handover, made)
