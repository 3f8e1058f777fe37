"""The names behind the keys of the journal (``user:3``), as a screen shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from web.kit.people import names_of

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from tests.kit.web.staff import Staff


def test_accounts_and_persons_are_named_each_by_its_own_key(world: World, staff: Staff) -> None:
    me = world.person()
    keys = [f"user:{staff.officer}", f"person:{me}", f"user:{staff.auditor}"]
    assert names_of(world.engine.database, [*keys, keys[0]]) == {
        keys[0]: "Zeynep Görevli",
        keys[1]: "AYŞE ÖRNEKOĞLU",
        keys[2]: "Çağrı Denetçi",
    }


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("system:timer", "Sistem (süre)"),
        ("system:sweep", "Sistem (süre)"),
        ("system:effect", "Sistem (arka plan işi)"),
        ("system:terminal", "Sistem (komut satırı)"),
        ("system:else", "Sistem"),
        ("system", "Sistem"),
        ("user:999", "user:999"),
        ("person:999", "person:999"),
        ("user:", "user:"),
        ("user:x", "user:x"),
        ("user:٣", "user:٣"),  # an Arabic three is no number of ours
        ("api:3", "api:3"),
        ("", ""),
    ],
)
def test_a_key_that_nobody_bears_is_its_own_name_or_the_systems(
    world: World, key: str, name: str
) -> None:
    assert names_of(world.engine.database, [key]) == {key: name}


def test_nobody_is_asked_for_nothing(world: World) -> None:
    assert names_of(world.engine.database, []) == {}
