"""What is read of many persons at once is what the definition reads of one case."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import text

from handlers.ways import facts
from handlers.ways.rules import own_facts
from states.cases.application import Application
from tests.kit.handlers.world import ISMAIL, applicant
from workflow.rules.evaluation import binds

if TYPE_CHECKING:
    from tests.kit.handlers.world import World

ENDS_ON = date(2026, 8, 10)


def read(world: World, person_id: int) -> facts.PersonFacts:
    """Return what is known of a person."""
    with world.engine.database.connect() as connection:
        found = facts.read(connection, person_id)
    assert found is not None
    return found


def by_definition(world: World, case_id: int) -> dict[str, object]:
    """Return the facts of an application as its definition reads them."""
    definition = world.engine.library.workflow("application")
    columns = ", ".join(f"{fact.sql} AS {name}" for name, fact in definition.facts.items())
    given = {**binds(definition, world.clock.now()), "id": case_id}
    with world.engine.database.connect() as connection:
        query = text(f"SELECT {columns} FROM application c WHERE c.id = :id")
        return dict(connection.execute(query, given).mappings().one())


def agree(world: World, person_id: int, case_id: int) -> None:
    """Compare each fact that the room gives with the definition's own reading."""
    person = read(world, person_id)
    about = world.read(Application, case_id).old_certificate_id
    old = next((one for one in person.certificates if one.id == about), None)
    mine = own_facts(person, old)
    assert mine == {name: by_definition(world, case_id)[name] for name in mine}


def test_nobody_is_nobody(world: World) -> None:
    with world.engine.database.connect() as connection:
        assert facts.read(connection, 424242) is None
        assert facts.read_all(connection, []) == {}


def test_the_facts_are_those_of_the_definition(world: World) -> None:
    me, other = world.person(), world.person(ISMAIL, "İsmail", "Iraksak")
    first = world.file(other, "first")
    agree(world, other, first)
    held = world.card(me, ENDS_ON)
    case = world.file(me, "renewal", held.certificate_id)
    agree(world, me, case)
    world.consent(me, held)
    assert read(world, me).has_consent
    agree(world, me, case)
    for change in (
        "state = 'suspended'", "state = 'revoked', revoked_at = ends_at", "state = 'expired'",
        "state = 'active', seen = NULL", "der = NULL, checked_at = ends_at",
    ):  # fmt: skip
        world.write(f"UPDATE certificate SET {change} WHERE id = :id", id=held.certificate_id)
        agree(world, me, case)
    world.write("UPDATE person SET standing = 'left' WHERE id = :id", id=me)
    world.write("UPDATE institution SET closed_on = '2026-01-01'")
    agree(world, me, case)
    world.write("UPDATE person SET institution_id = NULL WHERE id = :id", id=other)
    assert read(world, other).institution_open


def test_several_are_read_as_each_alone(world: World) -> None:
    me, other = world.person(), world.person(ISMAIL, "İsmail", "Iraksak")
    world.certificate(me, ENDS_ON)
    world.certificate(other, ENDS_ON, "b2")
    world.file(other, "renewal", read(world, other).certificates[0].id)
    with world.engine.database.connect() as connection:
        found = facts.read_all(connection, [me, other, 424242])
    assert found == {me: read(world, me), other: read(world, other)}
    assert [one.serial for one in found[me].certificates] == ["a1b2c3"]
    assert found[me].applications == ()
    (open_one,) = found[other].applications
    row = world.read(Application, open_one.id)
    for field in fields(open_one):
        assert getattr(open_one, field.name) == getattr(row, field.name)
    world.engine.fire(open_one.id, "cancel", applicant(other))
    assert read(world, other).applications == ()
