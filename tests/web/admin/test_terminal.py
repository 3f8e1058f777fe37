"""The first administrators, opened from the terminal of an office that has none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from states.grant import RoleGrant
from states.user import User
from tests.web.test_cli import Terminal

if TYPE_CHECKING:
    from states.settings import Settings
    from tests.handlers.world import World
    from tests.postgres import Database


@pytest.fixture
def terminal(database: Database, settings: Settings) -> Terminal:
    """Give a terminal of the test's office."""
    return Terminal({**database.environment, "NES_VAR": str(settings.var)})


def test_a_new_office_has_no_account_of_anybody(terminal: Terminal) -> None:
    assert terminal.json("user", "list") == []


def test_two_administrators_are_opened_and_the_third_is_refused(
    world: World, terminal: Terminal
) -> None:
    opened = terminal.json("user", "first", " Ayşe Örnek ", "--subject", "s-1")
    (grant,) = world.all(RoleGrant)
    (one,) = world.all(User)
    assert opened == {"account": f"user:{one.id}", "reference": grant.reference}
    assert (one.name, one.roles, one.subject) == ("Ayşe Örnek", ["administrator"], "s-1")
    assert grant.state == "granted"
    said = terminal.run("user", "first", "Bora Örnek", "--subject", "s-2").stdout
    assert "is open; the journal has it as Y" in said
    assert "first two administrators only" in terminal.refused(
        "user", "first", "Cem", "--subject", "s-3"
    )
    assert len(world.all(User)) == 2


def test_a_subject_that_has_an_account_is_refused(world: World, terminal: Terminal) -> None:
    terminal.run("user", "first", "Ayşe", "--subject", "s-1")
    assert "has an account" in terminal.refused("user", "first", "Bora", "--subject", "s-1")
    assert len(world.all(User)) == 1


def test_accounts_are_listed_with_their_role(world: World, terminal: Terminal) -> None:
    terminal.run("user", "first", "Ayşe", "--subject", "s-1")
    (one,) = terminal.json("user", "list")
    assert (one["name"], one["role"], one["open"]) == ("Ayşe", "administrator", True)
    world.write("UPDATE office_user SET active = false")
    assert terminal.run("user", "list").stdout.strip().endswith("Ayşe, administrator (closed)")
