"""The tests of who still is who he was when he asked for what happens later."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from handlers.kit import entitlement
from handlers.people.register import enter_user

if TYPE_CHECKING:
    from tests.kit.handlers.world import World


def why_not(world: World, actor: str, role: str = "officer") -> str | None:
    with world.engine.database.connect() as connection:
        return entitlement.why_not(connection, actor, role)


def test_an_account_acts_in_its_one_role_until_it_loses_it_or_is_closed(world: World) -> None:
    with world.engine.database.begin() as connection:
        number = enter_user(connection, "Zeynep Görevli", ["officer"], world.clock.now())
    name = f"user:{number}"
    assert why_not(world, name) is None
    assert why_not(world, name, "operator") == "role_lost"
    world.write("UPDATE office_user SET roles = '{officer,operator}'")
    assert why_not(world, name) == "role_lost"
    world.write("UPDATE office_user SET active = false, roles = '{officer}'")
    assert why_not(world, name) == "account_closed"


@pytest.mark.parametrize("name", ["user:987654", "user:", "user:x", "user:²", "system:timer", ""])
def test_who_has_no_account_may_not_act(world: World, name: str) -> None:
    assert why_not(world, name) == "account_closed"
