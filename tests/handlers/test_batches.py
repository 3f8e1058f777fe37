"""Owns the tests of who may go on with a batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from handlers.batches import account_open
from handlers.people import enter_user

if TYPE_CHECKING:
    from tests.handlers.world import World


def test_an_account_may_act_until_it_is_closed(world: World) -> None:
    with world.office.database.begin() as connection:
        number = enter_user(connection, "Zeynep Görevli", ["officer"], world.clock.now())
    assert account_open(world.office, f"user:{number}") is True
    world.write("UPDATE office_user SET active = false")
    assert account_open(world.office, f"user:{number}") is False


@pytest.mark.parametrize("name", ["user:987654", "user:", "user:x", "user:²", "system:timer", ""])
def test_who_has_no_account_may_not_act(world: World, name: str) -> None:
    assert account_open(world.office, name) is False
