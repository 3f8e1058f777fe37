"""Until when a certificate is valid: to the second, or to the end of its last day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from handlers.validity import in_force, last_moment, valid_of
from states.certificate import Certificate

if TYPE_CHECKING:
    from tests.handlers.world import World

END = date(2026, 4, 10)
LAST = datetime(2026, 4, 10, 20, 59, 59, tzinfo=UTC)
"""The last second of that day in Istanbul."""

FACTS = ("old_certificate_ends_at", "person_valid_until", "person_signs_until")


def facts(world: World, case: int) -> list[Any]:
    known = world.office.library.workflow("application").facts
    columns = ", ".join(known[name].sql for name in FACTS)
    with world.office.database.connect() as connection:
        found = connection.execute(text(f"SELECT {columns} FROM application c WHERE id = {case}"))
        return list(found.one())


def test_a_certificate_is_valid_until_the_end_of_its_last_day_or_to_the_second(
    world: World,
) -> None:
    me = world.person()
    old = world.certificate(me, END)
    case = world.file(me, "renewal", old)
    assert facts(world, case) == [LAST, LAST, LAST]
    assert last_moment(world.read(Certificate, old)) == LAST
    morning = datetime(2026, 4, 10, 7, 0, tzinfo=UTC)
    world.write("UPDATE certificate SET not_after = :morning", morning=morning)
    assert facts(world, case) == [morning, morning, morning]
    assert last_moment(world.read(Certificate, old)) == morning


def test_of_several_certificates_the_one_that_lasts_longest_counts(world: World) -> None:
    me = world.person()
    old = world.certificate(me, END)
    other = world.certificate(me, END + timedelta(days=30), "b2c3d4")
    case = world.file(me, "renewal", old)
    later = LAST + timedelta(days=30)
    assert facts(world, case) == [LAST, later, later]
    world.write("UPDATE certificate SET state = 'suspended' WHERE id = :id", id=other)
    assert facts(world, case) == [LAST, later, LAST]
    world.write("UPDATE certificate SET state = 'revoked'")
    assert facts(world, case) == [LAST, None, None]


@pytest.mark.parametrize("state", ["active", "suspended", "reserved", "revoked", "expired", "void"])
def test_in_force_is_what_its_holder_has_until_its_very_last_second(
    world: World, state: str
) -> None:
    me = world.person()
    old = world.certificate(me, END)
    world.write("UPDATE certificate SET state = :state", state=state)
    certificate = world.read(Certificate, old)
    held = state in {"active", "suspended"}
    assert in_force(certificate, LAST) is held
    assert not in_force(certificate, LAST + timedelta(seconds=1))
    with world.office.database.connect() as connection:
        assert (valid_of(connection, me, LAST) is not None) is held
        assert valid_of(connection, me, LAST + timedelta(seconds=1)) is None


def test_what_ends_at_an_unknown_moment_is_not_in_force(world: World) -> None:
    me = world.person()
    old = world.certificate(me, END)
    world.write("UPDATE certificate SET ends_on = NULL")
    assert not in_force(world.read(Certificate, old), LAST)
    assert not in_force(None, LAST)
    assert last_moment(None) is None
