"""The many cases that the pages of bulk moves are tested on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.kit.handlers.world import World

_PEOPLE = """
INSERT INTO person (given_name, surname, sort_key, tckn_sealed, tckn_hash, tckn_masked, created_at)
SELECT 'DENEME', 'KİŞİ', 'deneme', '', sha256(gen_random_uuid()::text::bytea), '100******46', :now
FROM generate_series(1, :count)
"""
_CASES = """
INSERT INTO application (kind, method, person_id, production_opens_on, definition, state,
    version, head, entered_at, created_at)
SELECT 'renewal', 'e_onay', p.id, DATE '2027-01-01', :definition, :state, 1,
    decode(repeat('00', 32), 'hex'), :now, :now
FROM person p
WHERE p.id < 900000 AND NOT EXISTS (SELECT FROM application a WHERE a.person_id = p.id)
"""


@pytest.fixture
def many(world: World) -> Callable[..., list[int]]:
    """Give the making of many applications that stand in one state, each of another person."""

    def make(count: int, state: str = "held") -> list[int]:
        now, sha256 = world.clock.now(), world.engine.library.workflow("application").sha256
        before = set(ids(state))
        world.write(_PEOPLE, now=now, count=count)
        world.write(_CASES, now=now, definition=sha256, state=state)
        return [number for number in ids(state) if number not in before]

    def ids(state: str) -> list[int]:
        with world.engine.database.connect() as connection:
            found = connection.exec_driver_sql(
                "SELECT id FROM application WHERE state = %s ORDER BY id", (state,)
            )
            return list(found.scalars())

    return make
